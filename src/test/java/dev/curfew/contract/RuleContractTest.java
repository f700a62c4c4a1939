package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import dev.curfew.testing.RuleServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Resource rules over HTTP: what administrators configure, and what users see of it. */
class RuleContractTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static Installation at;
  private RuleServer server;

  /** A user for whom alone this test's resources are. */
  private String username;

  private Caller user;

  @BeforeAll
  static void start() {
    at = Installation.start(Map.of("webhooks.allow-private-targets", "true"));
  }

  @AfterAll
  static void stop() {
    at.close();
  }

  @BeforeEach
  void prepare() {
    server = RuleServer.start();
    username = Installation.fresh("john");
    at.admin
        .post(
            "/api/v1/admin/users",
            json()
                .put("username", username)
                .put("displayName", "John Doe")
                .put("email", username + "@example.com"))
        .is(201);
    user = at.key(username, List.of("sessions:read", "sessions:write"));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static JsonObject json() {
    return new JsonObject();
  }

  private JsonObject wanted(String provider, JsonObject settings) {
    return json()
        .put("name", Installation.fresh("resource"))
        .put("provider", provider)
        .put("settings", settings)
        .put("users", new JsonArray().add(username));
  }

  private JsonObject webhook() {
    return at.admin
        .post("/api/v1/admin/resources", wanted("webhook", server.settings()))
        .is(201)
        .json();
  }

  private JsonObject open() {
    return user.post(
            "/api/v1/sessions", json().put("durationHours", 2).put("ipv4Address", "203.0.113.42"))
        .is(201)
        .json();
  }

  private JsonObject shown(String id) {
    return user.get("/api/v1/sessions/" + id).is(200).json();
  }

  private void awaitStatus(String id, String status) {
    Await.until(
        "session " + id + " is " + status, () -> shown(id).getString("status").equals(status));
  }

  @Test
  void extend_asPrinted_fieldByField() {
    server.namesRules("sgr-0123456789abcdef0");
    JsonObject resource =
        at.admin
            .post(
                "/api/v1/admin/resources",
                wanted("webhook", server.settings()).put("name", "Production Database SG"))
            .is(201)
            .json();
    JsonObject started = open();

    JsonObject extended =
        user.send(
                "POST",
                "/api/v1/sessions/" + started.getString("id") + "/extend",
                "{\n\"additionalHours\": 2\n}")
            .is(200)
            .json();

    JsonObject rule = started.getJsonArray("resourceIps").getJsonObject(0);
    JsonObject printed =
        new JsonObject(
            """
            {
            "id": "3fa85f64-5717-4362-b98f-9ddd36e4b010",
            "userId": "7c8b3f21-4d92-4a8e-9f3a-1e6c5b9d0a2b",
            "userName": "John Doe",
            "userEmail": "[email protected]",
            "ipv4Address": "203.0.113.42",
            "ipv6Address": null,
            "status": "ACTIVE",
            "startedAt": "2026-02-18T10:30:00Z",
            "expiresAt": "2026-02-18T14:30:00Z",
            "endedAt": null,
            "endedReason": null,
            "resourceIps": [
            {
            "id": "8e9f2a3b-1c4d-5e6f-7a8b-9c0d1e2f3a4b",
            "resourceId": "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
            "resourceName": "Production Database SG",
            "ipVersion": 4,
            "ipAddress": "203.0.113.42",
            "status": "APPLIED",
            "providerRuleId": "sgr-0123456789abcdef0",
            "appliedAt": "2026-02-18T10:30:15Z",
            "removedAt": null,
            "errorMessage": null
            }
            ],
            "createdAt": "2026-02-18T10:30:00Z"
            }
            """);
    // What no two installations share: ids, the address of the user, and times.
    for (String own : List.of("id", "userId", "userEmail", "startedAt", "createdAt")) {
      assertThat(extended.getString(own)).as(own).isNotBlank();
      printed.put(own, started.getString(own));
    }
    printed.put("expiresAt", extended.getInstant("startedAt").plusSeconds(4 * 3_600).toString());
    JsonObject printedRule = printed.getJsonArray("resourceIps").getJsonObject(0);
    printedRule.put("id", rule.getString("id")).put("appliedAt", rule.getString("appliedAt"));
    printedRule.put("resourceId", resource.getString("id"));
    assertThat(rule.getInstant("appliedAt")).isAfterOrEqualTo(started.getInstant("startedAt"));
    assertThat(extended.put("expiresAt", extended.getInstant("expiresAt").toString()))
        .isEqualTo(printed);
  }

  @Test
  void status_isFilteredExactly() throws Exception {
    webhook();
    String active = open().getString("id");
    String cancelled = open().getString("id");
    user.post("/api/v1/sessions/" + cancelled + "/stop").is(200);
    awaitStatus(cancelled, "CANCELLED");
    String expired =
        user.post(
                "/api/v1/sessions",
                json().put("durationSeconds", 1).put("ipv4Address", "203.0.113.42"))
            .is(201)
            .json()
            .getString("id");
    awaitStatus(expired, "EXPIRED");
    String expiring = open().getString("id");
    server.is("remove", RuleServer.Mood.BROKEN);
    user.post("/api/v1/sessions/" + expiring + "/stop").is(200);
    server.is("apply", RuleServer.Mood.BROKEN);
    String failed = open().getString("id");
    try (RuleServer other = RuleServer.start()) {
      at.admin.post("/api/v1/admin/resources", wanted("webhook", other.settings())).is(201);
      String partial = open().getString("id");
      other.is("apply", RuleServer.Mood.SILENT);
      String pending = open().getString("id");

      Map<String, String> expected =
          Map.of(
              "ACTIVE", active,
              "CANCELLED", cancelled,
              "EXPIRED", expired,
              "EXPIRING", expiring,
              "FAILED", failed,
              "PARTIAL", partial,
              "PENDING", pending);
      expected.forEach(
          (status, id) -> {
            assertThat(ids(user.get("/api/v1/sessions?status=" + status).is(200)))
                .as(status)
                .containsExactly(id);
            assertThat(shown(id).getString("status")).isEqualTo(status);
          });
      user.get("/api/v1/sessions?status=active").refuses(400, "status");

      for (String id : List.of(pending, expiring, failed, cancelled, expired)) {
        user.post("/api/v1/sessions/" + id + "/extend", json().put("additionalHours", 1)).is(409);
      }
      for (String id : List.of(active, partial)) {
        user.post("/api/v1/sessions/" + id + "/extend", json().put("additionalHours", 1)).is(200);
      }
      for (String id : List.of(expiring, failed, cancelled, expired)) {
        user.post("/api/v1/sessions/" + id + "/stop").is(400);
      }
      for (String id : List.of(active, partial, pending)) {
        user.post("/api/v1/sessions/" + id + "/stop").is(200);
        assertThat(shown(id).getString("endedReason")).isEqualTo("MANUAL");
      }
    }
  }

  private static Set<String> ids(Reply reply) {
    return reply.array().stream()
        .map(session -> ((JsonObject) session).getString("id"))
        .collect(Collectors.toSet());
  }

  @Test
  void secret_isNeverShownAgain() {
    JsonObject wanted = wanted("webhook", server.settings().put("secret", SECRET));
    Reply made = at.admin.post("/api/v1/admin/resources", wanted).is(201);
    assertThat(made.text()).doesNotContain(SECRET);
    assertThat(made.json().getJsonObject("settings"))
        .isEqualTo(server.settings().put("secretSet", true));
    assertThat(at.admin.get("/api/v1/admin/resources").is(200).text()).doesNotContain(SECRET);

    JsonObject group =
        json()
            .put("groupId", "sg-0123456789abcdef0")
            .put("region", "eu-central-1")
            .put("protocol", "tcp")
            .put("fromPort", 5432)
            .put("toPort", 5433)
            .put("accessKeyId", "AKIAIOSFODNN7EXAMPLE")
            .put("secretAccessKey", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    Reply groupMade =
        at.admin.post("/api/v1/admin/resources", wanted("aws-security-group", group)).is(201);
    JsonObject settings = groupMade.json().getJsonObject("settings");
    assertThat(groupMade.text()).doesNotContain("wJalrXUtnFEMI");
    assertThat(settings.getBoolean("secretAccessKeySet")).isTrue();
    assertThat(settings.getInteger("toPort")).isEqualTo(5433);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{} | settings.applyUrl",
        "{'applyUrl':'http://127.0.0.1/a'} | settings.removeUrl",
        "{'applyUrl':5,'removeUrl':'http://127.0.0.1/'} | settings.applyUrl",
        "{'applyUrl':'ftp://127.0.0.1/','removeUrl':'http://127.0.0.1/'} | settings.applyUrl",
        "{'applyUrl':'http://127.0.0.1/','removeUrl':'http://u:p@127.0.0.1/'} | settings.removeUrl",
        "{'applyUrl':'http://127.0.0.1/','removeUrl':'http://127.0.0.1/','secret':'x'} | settings.secret",
        "{'applyUrl':'http://127.0.0.1/','removeUrl':'http://127.0.0.1/\\u0000'} | settings.removeUrl",
        "{'applyUrl':'http://nowhere.invalid/','removeUrl':'http://127.0.0.1/'} | settings.applyUrl"
      })
  void webhook_withBadSettings_isRefused(String caseOf) {
    refused("webhook", caseOf);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{} | settings.groupId",
        "{'groupId':'sg-1'} | settings.groupId",
        "{'groupId':'sg-0123456789abcdef0'} | settings.region",
        "{'groupId':'sg-0123456789abcdef0','region':'evil.example.com/'} | settings.region",
        "{'groupId':'sg-0123456789abcdef0','region':'eu-west-1'} | settings.protocol",
        "{'groupId':'sg-0123456789abcdef0','region':'eu-west-1','protocol':'icmp'} | settings.protocol",
        "{'groupId':'sg-0123456789abcdef0','region':'eu-west-1','protocol':'tcp'} | settings.port",
        "{'groupId':'sg-0123456789abcdef0','region':'eu-west-1','protocol':'tcp','port':65536} | settings.port",
        "{'groupId':'sg-0123456789abcdef0','region':'eu-west-1','protocol':'tcp','port':99999999999999999999} | settings.port",
        "{'groupId':'sg-0123456789abcdef0','region':'eu-west-1','protocol':'tcp','fromPort':2,'toPort':1} | settings.toPort",
        "{'groupId':'sg-0123456789abcdef0','region':'eu-west-1','protocol':'tcp','port':1,'toPort':1} | settings.toPort",
        "{'groupId':'sg-0123456789abcdef0','region':'eu-west-1','protocol':'all','port':1} | settings.port",
        "{'groupId':'sg-0123456789abcdef0','region':'eu-west-1','protocol':'tcp','port':1,'accessKeyId':'AKIAIOSFODNN7EXAMPLE'} | settings.secretAccessKey",
        "{'groupId':'sg-0123456789abcdef0','region':'eu-west-1','protocol':'tcp','port':1,'secretAccessKey':'x'} | settings.accessKeyId",
        "{'groupId':'sg-0123456789abcdef0','region':'eu-west-1','protocol':'tcp','port':1,'endpoint':'http://127.0.0.1/'} | settings.endpoint"
      })
  void securityGroup_withBadSettings_isRefused(String caseOf) {
    refused("aws-security-group", caseOf);
  }

  private void refused(String provider, String caseOf) {
    String[] parts = caseOf.split(" \\| ");
    String before = at.admin.get("/api/v1/admin/resources").is(200).text();
    JsonObject refusal =
        at.admin
            .send(
                "POST",
                "/api/v1/admin/resources",
                wanted(provider, json())
                    .encode()
                    .replace("\"settings\":{}", "\"settings\":" + parts[0].replace('\'', '"')))
            .refuses(400, parts[1])
            .json();
    assertThat(refusal.getJsonObject("validationErrors").fieldNames()).containsExactly(parts[1]);
    assertThat(at.admin.get("/api/v1/admin/resources").is(200).text()).isEqualTo(before);
  }

  /** The node's own credentials reach what is not a realm's. */
  @Test
  void securityGroup_withTheNodesCredentials_isForAdministratorsOfAll() {
    JsonObject group =
        json()
            .put("groupId", "sg-0123456789abcdef0")
            .put("region", "eu-central-1")
            .put("protocol", "all");
    JsonObject wanted =
        json()
            .put("name", Installation.fresh("resource"))
            .put("provider", "aws-security-group")
            .put("settings", group)
            .put("users", new JsonArray().add("stranger"));
    at.organisation.post("/api/v1/admin/resources", wanted).refuses(400, "settings.accessKeyId");
    at.admin.post("/api/v1/admin/resources", wanted("aws-security-group", group)).is(201);
  }

  @Test
  void privateTarget_isRefusedUnlessTheConfigurationAllowsIt() {
    try (Installation strict = Installation.start(Map.of())) {
      for (String target :
          List.of(
              "http://127.0.0.1:1/",
              "http://localhost/",
              "http://[::1]/",
              "http://169.254.169.254/latest/meta-data/",
              "http://[fd00:ec2::254]/",
              "http://10.0.0.1/")) {
        JsonObject settings = json().put("applyUrl", target).put("removeUrl", target);
        strict
            .admin
            .post(
                "/api/v1/admin/resources",
                json().put("name", "x").put("provider", "webhook").put("settings", settings))
            .refuses(400, "settings.applyUrl");
      }
    }
  }

  // Organisation

  @Test
  void organisation_isForItsAdministratorsAndAuditors() {
    JsonObject started = at.accessSession(at.stranger, 1);
    String path = "/api/v1/sessions/admin/" + started.getString("id") + "/stop";
    assertThat(ids(at.organisation.get("/api/v1/sessions/admin").is(200)))
        .contains(started.getString("id"));
    assertThat(ids(at.auditor.get("/api/v1/sessions/admin?limit=500").is(200)))
        .as("another realm's")
        .doesNotContain(started.getString("id"));
    at.auditor.post("/api/v1/sessions/admin/" + open().getString("id") + "/stop").is(403);
    at.stranger.get("/api/v1/sessions/admin").is(403);
    at.stranger.post(path).is(403);
    at.user.post(path).is(404);
    at.anonymous.get("/api/v1/sessions/admin").is(401);
    at.anonymous.post(path).is(401);
    at.organisation.post("/api/v1/sessions/admin/" + Installation.unknownId() + "/stop").is(404);
    at.organisation.post(path).is(200);
    assertThat(
            at.stranger
                .get("/api/v1/sessions/" + started.getString("id"))
                .is(200)
                .json()
                .getString("endedReason"))
        .isEqualTo("ADMIN");
    at.organisation.post(path).is(400);
  }

  @Test
  void administrator_whoStopsTheirOwnAsOne_isNamedSo() {
    String id = at.accessSession(at.organisation, 1).getString("id");
    assertThat(
            at.organisation
                .post("/api/v1/sessions/admin/" + id + "/stop")
                .is(200)
                .json()
                .getString("endedReason"))
        .isEqualTo("ADMIN");
  }

  @Test
  void scopeToWrite_doesNotInclude_scopeToRead() {
    Caller writer = at.key(username, List.of("sessions:write"));
    Caller reader = at.key(username, List.of("sessions:read"));
    JsonObject wanted = json().put("durationHours", 1).put("ipv4Address", "203.0.113.1");
    String id = writer.post("/api/v1/sessions", wanted).is(201).json().getString("id");
    writer.get("/api/v1/sessions").refuses(403, "sessions:read");
    writer.get("/api/v1/sessions/" + id).refuses(403, "sessions:read");
    reader.get("/api/v1/sessions/" + id).is(200);
    reader.post("/api/v1/sessions", wanted).refuses(403, "sessions:write");
    reader
        .post("/api/v1/sessions/" + id + "/extend", json().put("additionalHours", 1))
        .refuses(403, "sessions:write");
    reader.post("/api/v1/sessions/" + id + "/stop").refuses(403, "sessions:write");
  }

  // Tiers

  @ParameterizedTest
  @CsvSource({
    "free,2,Free",
    "business,24,Business",
    "premium,24,Premium",
    "enterprise,24,Enterprise"
  })
  void tier_boundsTheTotalToTheSecond(String tier, int hours, String spelled) {
    String realm = Installation.fresh(tier);
    at.admin.post("/api/v1/admin/realms", json().put("name", realm).put("tier", tier)).is(201);
    String name = Installation.fresh("member");
    String id =
        at.admin
            .post("/api/v1/admin/users", json().put("username", name).put("realm", realm))
            .is(201)
            .json()
            .getString("id");
    Caller member =
        at.anonymous.withKey(
            at.admin
                .post(
                    "/api/v1/api-keys",
                    json()
                        .put("name", "k")
                        .put("scopes", new JsonArray().add("sessions:write").add("sessions:read"))
                        .put("userId", id))
                .is(201)
                .json()
                .getString("plainTextKey"));
    int most = hours * 3_600;
    String limit = " of " + hours + " hours for " + spelled + " tier";

    member.post("/api/v1/sessions", json().put("durationSeconds", most + 1)).refuses(400, limit);
    member.post("/api/v1/sessions", json().put("durationHours", hours + 1)).refuses(400, limit);
    member.post("/api/v1/sessions", json().put("durationHours", hours)).is(201);
    String session =
        member
            .post("/api/v1/sessions", json().put("durationSeconds", 1_800))
            .is(201)
            .json()
            .getString("id");
    String extend = "/api/v1/sessions/" + session + "/extend";
    for (Object absurd :
        List.of(
            hours,
            24,
            8_784,
            1_000_000,
            Integer.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE / 3_600)) {
      member
          .post(extend, json().put("additionalHours", absurd))
          .refuses(400, "Extension would exceed maximum session duration" + limit);
    }
    member
        .send("POST", extend, "{\"additionalHours\":99999999999999999999999}")
        .refuses(400, "additionalHours");
    for (String wrong : List.of("0", "-1", "1.5", "\"1\"", "true", "[]", "-9223372036854775808")) {
      member
          .send("POST", extend, "{\"additionalHours\":" + wrong + "}")
          .refuses(400, "additionalHours");
    }
    member.post(extend, json().put("additionalSeconds", most - 1_800 + 1)).refuses(400, limit);
    JsonObject longest =
        member.post(extend, json().put("additionalSeconds", most - 1_800)).is(200).json();
    assertThat(longest.getInstant("expiresAt"))
        .isEqualTo(longest.getInstant("startedAt").plusSeconds(most));
    member.post(extend, json().put("additionalSeconds", 1)).refuses(400, limit);
  }
}
