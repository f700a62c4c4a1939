package dev.curfew.contract;

import static dev.curfew.contract.AmInstallation.COOKIE;
import static dev.curfew.contract.AmInstallation.PASSWORD;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The requests that the original's article on session tokens prints, sent as printed but for the
 * tokens, and the answers beside what is printed there.
 */
class AmSeedTest {
  private static AmInstallation at;
  private static Caller admin;

  @BeforeAll
  static void start() {
    at = AmInstallation.start(Map.of());
    admin = at.holder(at.login("amadmin")).with("Content-Type", "application/json");
  }

  @AfterAll
  static void stop() {
    at.close();
  }

  private static void assertSameShape(JsonObject answer, String printed) {
    JsonObject expected = new JsonObject(printed);
    assertThat(answer.fieldNames()).containsExactlyElementsOf(expected.fieldNames());
    for (String field : expected.fieldNames()) {
      assertThat(answer.getValue(field)).as(field).hasSameClassAs(expected.getValue(field));
    }
  }

  @Test
  void authenticate_asPrinted() {
    JsonObject answer =
        at.anonymous()
            .with("X-OpenAM-Username", "amadmin")
            .with("X-OpenAM-Password", PASSWORD)
            .with("Content-Type", "application/json")
            .with("Accept-API-Version", "resource=2.1")
            .send(
                "POST",
                "/openam/json/realms/root/authenticate"
                    + "?authIndexType=service&authIndexValue=adminconsoleservice")
            .is(200)
            .json();
    assertSameShape(
        answer,
        """
        { "tokenId": "AQIC5wM2LY4SfcxsuvGEjcsppDSFR8H8DYBSouTtz3m64PI.*AAJTSQACMDIAAlNLABQt*",
          "successUrl": "/openam/console", "realm": "/" }
        """);
    assertThat(answer.getString("successUrl")).isEqualTo("/openam/console");
    assertThat(answer.getString("realm")).isEqualTo("/");
  }

  @ParameterizedTest
  @CsvSource({"3, true", "3, false", "2, true", "2, false"})
  void getSessionInfo_asPrinted(String version, boolean ofAnother) {
    String token = at.login("demo");
    JsonObject answer = ask("getSessionInfo", version, token, ofAnother).is(200).json();
    answer.remove("sessionHandle");
    if (version.equals("2")) {
      answer.put("properties", new JsonObject());
    }
    String printed =
        """
        {  "username": "demo",   "universalId": "id=demo,ou=user,dc=openam,dc=forgerock,dc=org",
           "realm": "/",   "latestAccessTime": "2019-02-25T11:08:36Z",
           "maxIdleExpirationTime": "2019-02-25T11:38:36Z",
           "maxSessionExpirationTime": "2019-02-25T12:45:10Z",   "properties": {} }
        """;
    assertSameShape(answer, printed);
    JsonObject expected = new JsonObject(printed);
    for (String same : new String[] {"username", "universalId", "realm", "properties"}) {
      assertThat(answer.getValue(same)).isEqualTo(expected.getValue(same));
    }
    for (String time : expected.fieldNames()) {
      if (time.endsWith("Time")) {
        assertThat(answer.getString(time)).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
      }
    }
  }

  @Test
  void getSessionInfo_ofADeadSession_asPrinted() {
    assertThat(ask("getSessionInfo", "3", AmInstallation.DEAD, true).is(200).json())
        .isEqualTo(new JsonObject("{ \"valid\": false }"));
  }

  @ParameterizedTest
  @CsvSource({"3, true", "3, false", "2, true", "2, false"})
  void refresh_asPrinted(String version, boolean ofAnother) {
    JsonObject answer = ask("refresh", version, at.login("demo"), ofAnother).is(200).json();
    String printed =
        """
        { "uid": "demo",   "realm": "/",   "idletime": 21,   "maxidletime": 30,
          "maxsessiontime": 120,   "maxtime": 6973 }
        """;
    assertSameShape(answer, printed);
    for (String same : new String[] {"uid", "realm", "maxidletime", "maxsessiontime"}) {
      assertThat(answer.getValue(same)).isEqualTo(new JsonObject(printed).getValue(same));
    }
  }

  @Test
  void sessionService_asPrinted() {
    String path = "/openam/json/realms/root/realms/acme/realm-config/services/session";
    admin.get(path).is(404);
    admin
        .post(
            path + "?_action=create",
            new JsonObject().put("dynamic", new JsonObject().put("quotaLimit", 5)))
        .is(201);
    JsonObject answer = admin.get(path).is(200).json();
    String printed =
        """
        {  "_id": "",   "_rev": "-548141562",   "dynamic": {     "maxSessionTime": 120,
             "maxIdleTime": 30,     "quotaLimit": 5,     "maxCachingTime": 3   },
           "_type": {     "_id": "session",     "name": "Session",     "collection": false   } }
        """;
    assertThat(answer.copy().put("_rev", "-548141562")).isEqualTo(new JsonObject(printed));
    assertSameShape(answer, printed);
  }

  @ParameterizedTest
  @CsvSource({"3, true", "3, false", "2, true", "2, false"})
  void getSessionProperties_asPrinted(String version, boolean ofAnother) {
    at.service(
        "/realms/root/realms/acme",
        "amSessionPropertyWhitelist",
        new JsonObject().put("sessionPropertyWhitelist", new JsonArray().add("AuthLevel")));
    String token = at.acmeLogin("acme-demo");
    assertThat(ask("getSessionProperties", version, token, ofAnother).is(200).json())
        .isEqualTo(new JsonObject("{\"AuthLevel\":\"0\"}"));
  }

  /** Of another's session as an administrator, or of one's own. */
  private static Reply ask(String action, String version, String token, boolean ofAnother) {
    Caller caller =
        (ofAnother ? admin : at.anonymous().with(COOKIE, token))
            .with("Content-Type", "application/json")
            .with("Accept-API-Version", "resource=" + version);
    String path = "/openam/json/realms/root/sessions?_action=" + action;
    return version.equals("2")
        ? caller.send("POST", path + "&tokenId=" + AmInstallation.encoded(token))
        : caller.send("POST", path, "{\"tokenId\" : \"" + token + "\"}");
  }
}
