package dev.curfew.contract;

import static dev.curfew.contract.AmInstallation.COOKIE;
import static dev.curfew.contract.AmInstallation.DEAD;
import static dev.curfew.contract.AmInstallation.PASSWORD;
import static dev.curfew.contract.AmInstallation.act;
import static dev.curfew.contract.AmInstallation.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The AM dialect of a running node, every call, as its document says. */
class AmContractTest {
  private static AmInstallation at;

  @BeforeAll
  static void start() {
    at = AmInstallation.start(Map.of());
    at.service(
        "",
        "amSessionPropertyWhitelist",
        json().put("sessionPropertyWhitelist", new JsonArray().add("AuthLevel").add("foo")));
  }

  @AfterAll
  static void stop() {
    try {
      assertThat(at.node.dialects.am.neverSucceeded())
          .as("what is driven elsewhere: the agents' service")
          .containsExactly("serveAgents");
    } finally {
      at.close();
    }
  }

  private static JsonObject json() {
    return new JsonObject();
  }

  // Authenticate

  @Test
  void login_answersATokenAndACookie() {
    Reply reply = at.authenticate("/realms/root", "demo", PASSWORD).is(200);
    String token = reply.json().getString("tokenId");
    assertThat(reply.json().getString("successUrl")).isEqualTo("/openam/console");
    assertThat(reply.json().getString("realm")).isEqualTo("/");
    assertThat(reply.header("Set-Cookie"))
        .startsWith(COOKIE + "=" + token + ";")
        .contains("Path=/", "HttpOnly")
        .doesNotContain("Secure");
    assertThat(reply.header("Content-API-Version")).isEqualTo("resource=2.1");
    Reply byCookie =
        at.anonymous()
            .with("Cookie", "other=1; " + COOKIE + "=" + token)
            .send("POST", "/json/sessions?_action=getSessionInfo")
            .is(200);
    assertThat(byCookie.json().getString("username")).isEqualTo("demo");
  }

  @ParameterizedTest
  @CsvSource({"'', ''", "{}, text/plain", "{}, application/json", "'', application/xml"})
  void login_takesAnyContentType(String body, String type) {
    Caller caller =
        at.anonymous().with("X-OpenAM-Username", "demo").with("X-OpenAM-Password", PASSWORD);
    (type.isEmpty() ? caller : caller.with("Content-Type", type))
        .send("POST", "/am/json/authenticate/", body)
        .is(200);
  }

  @Test
  void login_takesEncodedWords() {
    at.user("j\u00fcrgen", "root", "USER");
    at.anonymous()
        .with("X-OpenAM-Username", "=?UTF-8?B?asO8cmdlbg==?=")
        .with("X-OpenAM-Password", "=?UTF-8?Q?Ch4ng31t=2C_please?=")
        .send("POST", "/json/authenticate?authIndexType=service&authIndexValue=ldapService")
        .is(200);
  }

  @Test
  void login_withTheWrongPassword_tellsNothing() {
    for (String name : List.of("demo", "nobody-at-all", "acme-demo")) {
      Reply reply = at.authenticate("", name, "wrong").is(401);
      assertThat(reply.json())
          .isEqualTo(
              json()
                  .put("code", 401)
                  .put("reason", "Unauthorized")
                  .put("message", "Authentication Failed"));
    }
    assertThat(
            at.anonymous()
                .with("Accept-API-Version", "resource=1.0")
                .with("X-OpenAM-Username", "nobody")
                .with("X-OpenAM-Password", "wrong")
                .send("POST", "/json/authenticate")
                .is(401)
                .json()
                .getString("errorMessage"))
        .isEqualTo("Authentication Failed");
  }

  @Test
  void login_withoutSession_opensNone() {
    Reply reply =
        at.anonymous()
            .with("X-OpenAM-Username", "demo")
            .with("X-OpenAM-Password", PASSWORD)
            .send("POST", "/json/authenticate?noSession=true")
            .is(200);
    assertThat(reply.json().fieldNames()).containsExactly("message", "successUrl", "realm");
    assertThat(reply.header("Set-Cookie")).isNull();
  }

  private static JsonObject filled(JsonObject questions, String name, String password) {
    JsonObject filled = questions.copy();
    JsonArray callbacks = filled.getJsonArray("callbacks");
    callbacks.getJsonObject(0).getJsonArray("input").getJsonObject(0).put("value", name);
    callbacks.getJsonObject(1).getJsonArray("input").getJsonObject(0).put("value", password);
    return filled.put("extra", json().put("ignored", true));
  }

  @Test
  void callbacks_areAnsweredOnce() {
    JsonObject questions = at.anonymous().send("POST", "/json/authenticate").is(200).json();
    assertThat(questions.getJsonArray("callbacks").getJsonObject(0).getString("type"))
        .isEqualTo("NameCallback");
    String answers = filled(questions, "demo", PASSWORD).encode();
    at.anonymous().send("POST", "/json/realms/root/realms/acme/authenticate", answers).is(401);
    Reply reply = at.anonymous().send("POST", "/json/authenticate", answers).is(200);
    assertThat(reply.json().getString("tokenId")).isNotEmpty();
    at.anonymous().send("POST", "/json/authenticate", answers).is(401);
    questions.put("authId", questions.getString("authId") + "x");
    at.anonymous()
        .send("POST", "/json/authenticate", filled(questions, "demo", PASSWORD).encode())
        .is(401);
    JsonObject again = at.anonymous().send("POST", "/json/authenticate", "{}").is(200).json();
    at.anonymous()
        .send("POST", "/json/authenticate", filled(again, "demo", "wrong").encode())
        .is(401);
    at.anonymous()
        .post("/json/authenticate", json().put("authId", again.getString("authId")))
        .refuses(400, "callbacks");
    at.anonymous().post("/json/authenticate", json().put("authId", 7)).refuses(400, "authId");
  }

  @Test
  void login_byGet_isNotAllowed() {
    Reply reply = at.anonymous().sendAstray("GET", "/json/authenticate").is(405);
    assertThat(reply.header("Allow")).isEqualTo("POST");
  }

  @Test
  void login_byAnUnknownChain_fails() {
    Caller demo =
        at.anonymous().with("X-OpenAM-Username", "demo").with("X-OpenAM-Password", PASSWORD);
    demo.send("POST", "/json/authenticate?authIndexType=service&authIndexValue=nope").is(401);
    demo.send(
            "POST",
            "/json/authenticate?authIndexType=module&authIndexValue=DataStore&ForceAuth=true")
        .is(200);
    demo.send("POST", "/json/authenticate?authIndexType=nonsense&authIndexValue=x").is(400);
  }

  // Realms and versions

  @Test
  void realm_isFoundByPathAndByParameter() {
    String token = at.acmeLogin("acme-demo");
    for (String path :
        List.of(
            "/json/realms/root/realms/acme/sessions?_action=validate",
            "/openam/json/sessions/?realm=/acme&_action=validate",
            "/am/json/realms/root/sessions?realm=acme&_action=VALIDATE")) {
      JsonObject valid = at.holder(token).send("POST", path, "{}").is(200).json();
      assertThat(valid.getString("realm")).isEqualTo("/acme");
    }
    for (String path :
        List.of(
            "/json/realms/root/realms/nope/sessions?_action=validate",
            "/json/sessions?realm=/nope&_action=getSessionInfo",
            "/json/realms/root/realms/nope/authenticate")) {
      assertThat(at.holder(token).send("POST", path, "{}").is(404).json().getString("message"))
          .isEqualTo("Realm \"/nope\" not found");
    }
    at.anonymous().get("/json/realms/root/realms/a/realms/b/serverinfo/version").is(404);
    at.anonymous().get("/json/realms/root/realms/root/serverinfo/version").is(404);
  }

  @Test
  void version_isNegotiated() {
    Caller demo = at.holder(at.login("demo"));
    Map<String, String> served =
        Map.of("1", "1.2", "2.0", "2.1", "3", "3.1", "4.0", "4.0", "5.0", "5.1");
    served.forEach(
        (asked, answered) ->
            assertThat(act(demo, asked, "nothing", "").is(501).header("Content-API-Version"))
                .isEqualTo("resource=" + answered));
    act(demo, "6", "validate", "").is(404);
    act(demo, "x", "validate", "").is(400);
    demo.with("Accept-API-Version", "protocol=9")
        .send("POST", "/json/sessions?_action=validate")
        .is(404);
  }

  // Actions

  @Test
  void validate_asksForNoCaller() {
    String token = at.login("demo");
    for (String version : List.of("1", "3", "3.1", "4", "5")) {
      JsonObject valid = act(at.anonymous(), version, "validate", token).is(200).json();
      assertThat(valid.getBoolean("valid")).isTrue();
      assertThat(valid.getString("uid")).isEqualTo("demo");
      assertThat(valid.getString("realm")).isEqualTo("/");
      assertThat(valid.containsKey("sessionUid")).isEqualTo(!version.equals("1"));
      assertThat(act(at.anonymous(), version, "validate", DEAD).is(200).json())
          .isEqualTo(json().put("valid", false));
    }
    assertThat(
            at.anonymous()
                .post("/json/sessions?_action=validate", json().put("tokenId", token))
                .is(200)
                .json()
                .getBoolean("valid"))
        .isTrue();
    assertThat(
            at.anonymous()
                .with("Accept-API-Version", "resource=1.2")
                .send("POST", "/json/sessions/" + encoded(token) + "?_action=validate", "{}")
                .is(200)
                .json())
        .isEqualTo(json().put("valid", true).put("uid", "demo").put("realm", "/"));
    act(at.holder(token), "2.0", "validate", "").is(501);
    assertThat(act(at.anonymous(), "3", "validate", "").is(400).json().getString("message"))
        .isEqualTo("iPlanetDirectoryCookie not set on request");
  }

  @Test
  void firstVersion_answersItsActions() {
    String token = at.login("demo");
    Caller admin = at.holder(at.kept("amadmin"));
    assertThat(act(admin, "1", "isActive", token).is(200).json())
        .isEqualTo(json().put("active", true));
    assertThat(act(admin, "1", "isActive&refresh=true", token).is(200).json().getBoolean("active"))
        .isTrue();
    assertThat(act(admin, "1", "getTimeLeft", token).is(200).json().getInteger("maxtime"))
        .isBetween(7_100, 7_200);
    assertThat(act(admin, "1", "getMaxTime", token).is(200).json().getInteger("maxtime"))
        .isBetween(7_100, 7_200);
    assertThat(act(admin, "1", "getMaxSessionTime", token).is(200).json())
        .isEqualTo(json().put("maxsessiontime", 120));
    assertThat(act(admin, "1", "getMaxIdle", token).is(200).json())
        .isEqualTo(json().put("maxidletime", 30));
    assertThat(act(admin, "1", "getIdle", token).is(200).json().getInteger("idletime"))
        .isBetween(0, 60);
    act(at.holder(token), "1", "getTimeLeft", "").is(200);
    act(at.holder(token), "1", "getMaxIdle", "").is(200);
  }

  private static Reply withBody(Caller caller, String version, String action, JsonObject body) {
    return caller
        .with("Accept-API-Version", "resource=" + version)
        .post("/json/sessions?_action=" + action, body);
  }

  @Test
  void firstVersion_readsAndWritesProperties() {
    Caller demo = at.holder(at.login("demo"));
    JsonObject names = json().put("properties", new JsonArray().add("foo"));
    assertThat(act(demo, "1", "getPropertyNames", "").is(200).json())
        .isEqualTo(json().put("properties", new JsonArray().add("AuthLevel").add("foo")));
    assertThat(withBody(demo, "1", "getProperty", names).is(200).json())
        .isEqualTo(json().put("foo", ""));
    assertThat(withBody(demo, "1", "setProperty", json().put("foo", "1")).is(200).json())
        .isEqualTo(json().put("success", true));
    assertThat(withBody(demo, "1", "getProperty", names).is(200).json())
        .isEqualTo(json().put("foo", "1"));
    assertThat(withBody(demo, "1", "getProperty", json()).is(200).json())
        .isEqualTo(json().put("AuthLevel", "0").put("foo", "1"));
    assertThat(withBody(demo, "1", "deleteProperty", names).is(200).json())
        .isEqualTo(json().put("success", true));
    assertThat(withBody(demo, "1", "getProperty", names).is(200).json())
        .isEqualTo(json().put("foo", ""));
    JsonObject unlisted = json().put("properties", new JsonArray().add("UserToken"));
    withBody(demo, "1", "getProperty", unlisted).is(403);
    withBody(demo, "1", "deleteProperty", unlisted).is(403);
    withBody(demo, "1", "setProperty", json().put("bar", "1")).is(403);
    withBody(demo, "1", "setProperty", json().put("foo", 1)).refuses(400, "foo");
    withBody(demo, "1", "deleteProperty", json()).refuses(400, "properties");
  }

  @Test
  void sessionProperties_areUpdatedAllAtOnce() {
    Caller demo = at.holder(at.login("demo"));
    JsonObject both = json().put("AuthLevel", "0").put("foo", "x");
    for (String version : List.of("2", "3", "4", "5")) {
      assertThat(withBody(demo, version, "updateSessionProperties", both).is(200).json())
          .isEqualTo(both);
      assertThat(act(demo, version, "getSessionProperties", "").is(200).json()).isEqualTo(both);
      withBody(demo, version, "updateSessionProperties", json().put("foo", "y")).is(403);
      withBody(demo, version, "updateSessionProperties", both.copy().put("bar", "")).is(403);
    }
  }

  @Test
  void whatALoginSets_isChangedByAdministratorsOnly() {
    String token = at.login("demo");
    JsonObject raised = json().put("AuthLevel", "9").put("foo", "");
    withBody(at.holder(token), "3", "updateSessionProperties", raised).is(403);
    withBody(at.holder(token), "1", "setProperty", json().put("AuthLevel", "9")).is(403);
    withBody(
            at.holder(token),
            "1",
            "deleteProperty",
            json().put("properties", new JsonArray().add("AuthLevel")))
        .is(403);
    assertThat(
            withBody(
                    at.holder(at.login("amadmin")),
                    "3",
                    "updateSessionProperties",
                    raised.copy().put("tokenId", token))
                .is(200)
                .json())
        .isEqualTo(raised);
  }

  @Test
  void sessionInfo_hasItsVersionsFields() {
    String token = at.login("demo");
    JsonObject second = act(at.holder(token), "2", "getSessionInfo", "").is(200).json();
    assertThat(second.getString("sessionHandle")).startsWith("shandle:");
    assertThat(second.containsKey("properties")).isFalse();
    for (String version : List.of("3", "4", "5")) {
      JsonObject info = act(at.holder(token), version, "getSessionInfo", "").is(200).json();
      assertThat(info.fieldNames())
          .containsExactly(
              "username",
              "universalId",
              "realm",
              "latestAccessTime",
              "maxIdleExpirationTime",
              "maxSessionExpirationTime",
              "properties");
      assertThat(info.getString("universalId"))
          .isEqualTo("id=demo,ou=user,dc=openam,dc=forgerock,dc=org");
      assertThat(info.getInstant("maxIdleExpirationTime"))
          .isEqualTo(info.getInstant("latestAccessTime").plusSeconds(1_800));
      assertThat(info.getJsonObject("properties"))
          .isEqualTo(json().put("AuthLevel", "0").put("foo", ""));
    }
    act(at.holder(token), "4", "getSessionInfoAndResetIdleTime", "").is(200);
    act(at.holder(token), "3", "getSessionInfoAndResetIdleTime", "").is(501);
    withBody(at.anonymous(), "4", "getSessionInfo", json().put("tokenId", token)).is(200);
    withBody(at.anonymous(), "4", "getSessionInfo", json().put("tokenId", DEAD)).is(401);
    withBody(at.anonymous(), "3", "getSessionInfo", json().put("tokenId", token)).is(401);
  }

  @Test
  void logout_endsTheSessionOnce() {
    for (String version : List.of("1", "2", "3", "4", "5")) {
      Caller demo = at.holder(at.login("demo"));
      assertThat(act(demo, version, "logout", "").is(200).json())
          .isEqualTo(json().put("result", "Successfully logged out"));
      assertThat(act(demo, version, "logout", "").is(401).json().getString("message"))
          .isEqualTo("Access Denied");
      assertThat(act(demo, "5", "validate", "").is(200).json().getBoolean("valid")).isFalse();
    }
    String token = at.login("demo");
    act(at.holder(at.login("other")), "3", "logout", token).is(403);
    act(at.holder(at.login("amadmin")), "3", "logout", token).is(200);
    act(at.holder(token), "3", "logout", "").is(401);
    act(at.anonymous(), "3", "logout", "").is(401);
  }

  @Test
  void logoutByHandle_isForAdministrators() {
    String token = at.login("demo");
    String handle =
        act(at.holder(token), "2", "getSessionInfo", "").is(200).json().getString("sessionHandle");
    JsonObject handles =
        json().put("sessionHandles", new JsonArray().add(handle).add("shandle:unknown"));
    withBody(at.holder(token), "2", "logoutByHandle", handles).is(403);
    withBody(at.anonymous(), "2", "logoutByHandle", handles).is(401);
    withBody(at.holder(at.acmeLogin("acme-admin")), "2", "logoutByHandle", handles).is(200);
    act(at.holder(token), "2", "getSessionInfo", "").is(200);
    Caller admin = at.holder(at.kept("amadmin"));
    assertThat(withBody(admin, "2", "logoutByHandle", handles).is(200).json())
        .isEqualTo(json().put("result", json().put(handle, true).put("shandle:unknown", true)));
    act(at.holder(token), "2", "getSessionInfo", "").is(401);
    withBody(admin, "2", "logoutByHandle", json()).refuses(400, "sessionHandles");
  }

  @Test
  void logoutByUser_isForTheUserAndAdministrators() {
    at.user("leaver", "root", "USER");
    String one = at.login("leaver");
    String two = at.login("leaver");
    JsonObject leaver = json().put("username", "leaver");
    withBody(at.holder(at.login("demo")), "5.1", "logoutByUser", leaver).is(403);
    withBody(at.holder(at.acmeLogin("acme-admin")), "5.1", "logoutByUser", leaver).is(403);
    withBody(at.holder(one), "4", "logoutByUser", leaver).is(501);
    assertThat(withBody(at.holder(one), "5.1", "logoutByUser", leaver).is(200).json())
        .isEqualTo(json().put("result", true));
    act(at.holder(two), "3", "getSessionInfo", "").is(401);
    String three = at.login("leaver");
    withBody(at.holder(at.login("amadmin")), "5.1", "logoutByUser", leaver).is(200);
    act(at.holder(three), "3", "getSessionInfo", "").is(401);
  }

  // Query

  @Test
  void query_listsSessionsOfARealm() {
    at.user("queried", "root", "USER");
    at.login("queried");
    Caller admin = at.holder(at.kept("amadmin"));
    String filter = encoded("username eq \"queried\" and realm eq \"/\"").replace("+", "%20");
    JsonObject list = admin.get("/json/sessions?_queryFilter=" + filter).is(200).json();
    assertThat(list.getInteger("resultCount")).isEqualTo(1);
    JsonObject found = list.getJsonArray("result").getJsonObject(0);
    assertThat(found.getString("username")).isEqualTo("queried");
    assertThat(found.getString("sessionHandle")).startsWith("shandle:");
    assertThat(
            admin
                .get("/json/sessions?_fields=username,/realm&_queryFilter=" + filter)
                .is(200)
                .json()
                .getJsonArray("result")
                .getJsonObject(0))
        .isEqualTo(json().put("username", "queried").put("realm", "/"));
    assertThat(
            admin
                .with("Accept-API-Version", "resource=1.0")
                .get("/json/sessions?_queryId=all&_pageSize=1")
                .is(200)
                .json()
                .getInteger("resultCount"))
        .isEqualTo(1);
    String acme = encoded("realm eq \"/acme\"").replace("+", "%20");
    at.holder(at.acmeLogin("acme-admin")).get("/json/sessions?_queryFilter=" + acme).is(200);
    at.holder(at.acmeLogin("acme-admin")).get("/json/sessions?_queryFilter=" + filter).is(403);
    at.holder(at.login("demo")).get("/json/sessions?_queryFilter=" + filter).is(403);
    at.anonymous().get("/json/sessions?_queryFilter=" + filter).is(401);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "username eq \"demo\",The query filter must specify the realm",
        "foo eq \"x\" and realm eq \"/\",foo is not supported in query filter",
        "realm co \"/\",co is not supported in query filter",
        "realm eq,_queryFilter"
      })
  void query_refusesOtherFilters(String filter, String message) {
    Caller admin = at.holder(at.kept("amadmin"));
    admin
        .get("/json/sessions?_queryFilter=" + encoded(filter).replace("+", "%20"))
        .refuses(400, message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "DELETE", "PUT"})
  void sessionByItsToken_isNotAResource(String method) {
    Reply reply = at.holder(DEAD).sendUndocumented(method, "/json/sessions/abc").is(501);
    assertThat(reply.json().getString("reason")).isEqualTo("Not Implemented");
  }

  // Configuration

  @Test
  void sessionService_isAddedReadReplacedAndRemoved() {
    String acme = "/json/realms/root/realms/acme/realm-config/services";
    String session = acme + "/session";
    Caller admin = at.holder(at.acmeLogin("acme-admin"));
    admin.get(session).is(404);
    JsonObject wanted =
        new JsonObject(
            """
            {"dynamic": {"maxSessionTime": 90, "maxIdleTime": 20, "quotaLimit": 5,
              "maxCachingTime": 3}}
            """);
    Reply created = admin.post(session + "?_action=create", wanted).is(201);
    assertThat(created.json().getJsonObject("dynamic")).isEqualTo(wanted.getJsonObject("dynamic"));
    admin.post(session + "?_action=create", wanted).is(409);
    Reply read = admin.get(session).is(200);
    String revision = read.json().getString("_rev");
    assertThat(read.header("ETag")).isEqualTo('"' + revision + '"');
    assertThat(read.json().getString("_id")).isEmpty();
    assertThat(
            at.anonymous()
                .with(COOKIE, at.acmeLogin("acme-demo"))
                .with("Accept-API-Version", "resource=2")
                .post("/json/sessions?_action=refresh", json())
                .is(200)
                .json()
                .getInteger("maxidletime"))
        .isEqualTo(20);
    JsonObject changed = json().put("dynamic", json().put("maxIdleTime", 10));
    admin.with("If-None-Match", "*").send("PUT", session, changed.encode()).is(412);
    admin.with("If-Match", "\"nonsense\"").send("PUT", session, changed.encode()).is(412);
    Reply put = admin.with("If-Match", '"' + revision + '"').send("PUT", session, changed.encode());
    assertThat(put.is(200).json().getJsonObject("dynamic").getInteger("maxIdleTime")).isEqualTo(10);
    assertThat(put.json().getString("_rev")).isNotEqualTo(revision);
    admin.with("If-Match", '"' + revision + '"').send("PUT", session, changed.encode()).is(412);
    JsonObject listed = admin.post(acme + "?_action=nextdescendents", json()).is(200).json();
    assertThat(listed.getJsonArray("result").getJsonObject(0).getString("_id"))
        .isEqualTo("session");
    assertThat(admin.get(acme + "?_queryFilter=true").is(200).json().getInteger("resultCount"))
        .isEqualTo(1);
    assertThat(admin.post(session + "?_action=nextdescendents", json()).is(200).json())
        .isEqualTo(json().put("result", new JsonArray()));
    at.holder(at.acmeLogin("acme-demo")).get(session).is(403);
    at.holder(at.login("demo")).delete(session).is(403);
    at.anonymous().get(session).is(401);
    admin.get("/json/realm-config/services/session").is(403);
    admin.with("If-Match", '"' + revision + '"').delete(session).is(412);
    admin.delete(session).is(200);
    admin.delete(session).is(404);
    admin.get(acme + "/nope").is(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"maxSessionTime", "maxIdleTime", "quotaLimit", "maxCachingTime"})
  void sessionService_refusesBadValues(String attribute) {
    Caller admin = at.holder(at.kept("amadmin"));
    for (Object bad : List.of(-1, "many", 1.5, Long.MAX_VALUE, true)) {
      Reply reply =
          admin
              .send(
                  "PUT",
                  "/json/realm-config/services/session",
                  json().put("dynamic", json().put(attribute, bad)).encode())
              .is(400);
      assertThat(reply.json().getString("message"))
          .isEqualTo("Data validation failed for the attribute, " + attribute);
    }
    admin.get("/json/realm-config/services/session").is(404);
  }

  @Test
  void quota_mayDenyAccess() {
    String acme = "/realms/root/realms/acme";
    at.user("crowd", "acme", "USER");
    at.service(
        acme,
        "session",
        json().put("dynamic", json().put("quotaLimit", 1).put("quotaAction", "DENY_ACCESS")));
    try {
      at.acmeLogin("crowd");
      assertThat(at.authenticate(acme, "crowd", PASSWORD).is(401).json().getString("message"))
          .isEqualTo("You have reached your session limit.");
    } finally {
      at.holder(at.login("amadmin"))
          .delete("/json" + acme + "/realm-config/services/session")
          .is(200);
    }
  }

  // Server info

  @Test
  void serverInfo_needsNoToken() {
    JsonObject info = at.anonymous().get("/json/serverinfo/*").is(200).json();
    assertThat(info.getString("cookieName")).isEqualTo(COOKIE);
    assertThat(info.getString("realm")).isEqualTo("/");
    assertThat(
            at.anonymous()
                .get("/openam/json/realms/root/realms/acme/serverinfo/%2A")
                .is(200)
                .json()
                .getString("realm"))
        .isEqualTo("/acme");
    assertThat(at.anonymous().get("/json/serverinfo/version").is(200).json().getString("version"))
        .matches("\\d+\\.\\d+\\.\\d+");
    at.anonymous().get("/json/serverinfo/nope").is(404);
  }

  // Refusals

  @ParameterizedTest
  @CsvSource({
    "1, isActive, ADMIN, '{\"active\":false}'",
    "1, getTimeLeft, OWNER, '{\"maxtime\":-1}'",
    "1, getMaxTime, ADMIN, '{\"maxtime\":-1}'",
    "1, getMaxSessionTime, ADMIN, '{\"maxsessiontime\":-1}'",
    "1, getMaxIdle, OWNER, '{\"maxidletime\":-1}'",
    "1, getIdle, ADMIN, '{\"idletime\":-1}'",
    "1, getPropertyNames, OWNER, '{}'",
    "1, getProperty, OWNER, '{}'",
    "1, setProperty, OWNER, '{\"success\":false}'",
    "1, deleteProperty, OWNER, '{\"success\":false}'",
    "2, getSessionInfo, OWNER, '{\"valid\":false}'",
    "3, getSessionInfo, OWNER, '{\"valid\":false}'",
    "4, getSessionInfoAndResetIdleTime, OWNER, '{\"valid\":false}'",
    "2, refresh, OWNER, '{\"valid\":false}'",
    "3, refresh, OWNER, '{\"valid\":false}'",
    "3, getSessionProperties, OWNER, ''",
    "3, updateSessionProperties, OWNER, ''"
  })
  void refusals_areTheContracts(String version, String action, String who, String dead) {
    String mine = at.kept("demo");
    String others = at.kept("other");
    String admins = at.kept("amadmin");
    assertThat(act(at.anonymous(), version, action, "").is(401).json().getString("message"))
        .isEqualTo("Access Denied");
    act(at.anonymous(), version, action, mine).is(401);
    act(at.holder(DEAD), version, action, "").is(401);
    act(at.holder(DEAD), version, action, mine).is(401);
    assertThat(act(at.holder(mine), version, action, others).is(403).json().getString("message"))
        .isEqualTo("Forbidden");
    act(at.holder(mine), version, action, DEAD).is(403);
    act(at.holder(at.kept("acme-admin")), version, action, mine).is(403);
    if (who.equals("ADMIN")) {
      act(at.holder(mine), version, action, "").is(403);
      act(at.holder(mine), version, action, mine).is(403);
    }
    Reply told = act(at.holder(admins), version, action, DEAD);
    if (dead.isEmpty()) {
      told.is(400);
    } else {
      assertThat(told.is(200).json()).isEqualTo(new JsonObject(dead));
    }
    act(at.holder(mine), version, "destroy", "").is(501);
  }

  // Idle time

  private static final List<String> READING =
      List.of(
          "1, validate",
          "3, validate&refresh=false",
          "5, validate&refresh=false",
          "1, isActive",
          "1, isActive&refresh=false",
          "1, getTimeLeft",
          "1, getMaxTime",
          "1, getMaxSessionTime",
          "1, getMaxIdle",
          "1, getIdle",
          "1, getPropertyNames",
          "1, getProperty",
          "2, getSessionInfo",
          "3, getSessionInfo",
          "4, getSessionInfo",
          "2, getSessionProperties",
          "5, getSessionProperties");
  private static final List<String> ACTIVITY =
      List.of(
          "1, isActive&refresh=true",
          "3, validate",
          "5, validate&refresh=true",
          "2, refresh",
          "5, refresh",
          "4, getSessionInfoAndResetIdleTime");

  /** A token each, so that all lie idle at the same time. */
  @Test
  void idleTime_isResetByActivityOnly() {
    Map<String, String> tokens = new LinkedHashMap<>();
    READING.forEach(row -> tokens.put(row, at.login("amadmin")));
    ACTIVITY.forEach(row -> tokens.put(row, at.login("amadmin")));
    Map<String, String> before = new LinkedHashMap<>();
    tokens.forEach((row, token) -> before.put(row, latestAccess(token)));
    Await.until("all have been idle", () -> tokens.values().stream().allMatch(t -> idle(t) >= 1));
    tokens.forEach(
        (row, token) -> {
          String[] cells = row.split(", ");
          act(at.holder(token), cells[0], cells[1], "").is(200);
          if (ACTIVITY.contains(row)) {
            assertThat(latestAccess(token)).as(row).isNotEqualTo(before.get(row));
          } else {
            assertThat(latestAccess(token)).as(row).isEqualTo(before.get(row));
          }
        });
  }

  private static String latestAccess(String token) {
    return act(at.holder(token), "3", "getSessionInfo", "").json().getString("latestAccessTime");
  }

  private static int idle(String token) {
    return act(at.holder(token), "1", "getIdle", "").json().getInteger("idletime");
  }

  // Bad input

  @Test
  void badBodies_areRefused() {
    Caller demo = at.holder(at.login("demo"));
    for (String body : List.of("{", "[]", "nonsense", "\u0000", "{\"tokenId\":7}")) {
      demo.send("POST", "/json/sessions?_action=getSessionInfo", body)
          .tellsNothingOfTheInside()
          .is(400);
    }
    demo.send("POST", "/json/sessions?_action=logout", " ".repeat(2 << 20)).is(413);
    demo.send("POST", "/json/sessions", "{}").is(501);
    at.holder("x".repeat(7_000)).send("POST", "/json/sessions?_action=getSessionInfo").is(401);
    at.holder(at.login("demo")).send("POST", "/json/sessions?_action=%00").is(400);
    demo.sendAstray("GET", "/json/nothing").is(404);
    assertThat(Set.of(200)).contains(act(demo, "3", "getSessionInfo", "").status());
  }
}
