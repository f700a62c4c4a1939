package dev.curfew.contract;

import static dev.curfew.contract.Installation.GATEWAY;
import static dev.curfew.contract.Installation.PSM;
import static dev.curfew.contract.Installation.STATUS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every call of a running node, as its documents say: the answers are held against them as they
 * come in. When all tests have run, nothing that is documented may be left out.
 */
class ApiContractTest {
  /** Calls that need what an encoder has made, or a WebSocket's handshake. */
  private static final Set<String> SUCCEED_ELSEWHERE =
      Set.of(
          "getVideo",
          "getTimeline",
          "getCaptions",
          "getThumbnail",
          "getRawRecording",
          "listChunks",
          "getChunk",
          "putArtifact",
          "getArtifact",
          "retryRecording",
          "listRecordings",
          "getRecording",
          "openAlerts");

  private static Installation at;

  @BeforeAll
  static void start() {
    at = Installation.start(Map.of());
  }

  @AfterAll
  static void everythingWasDriven() {
    try {
      at.dialects.access.assertEveryOperationSucceeded();
      at.dialects.pra.assertEveryOperationSucceeded();
      assertThat(at.dialects.psm.neverSucceeded())
          .containsExactlyInAnyOrder(
              "saveClipboard",
              "saveKeystrokes",
              "saveScreenshot",
              "saveSessionRecording",
              "getRecordingProcessStatus",
              "updateRecordingProcessStatus");
      assertThat(at.dialects.admin.neverSucceeded())
          .containsExactlyInAnyOrderElementsOf(SUCCEED_ELSEWHERE);
    } finally {
      at.close();
    }
  }

  private static JsonObject json() {
    return new JsonObject();
  }

  // Access

  @Test
  void accessSession_isStartedReadExtendedAndStopped() {
    JsonObject started =
        at.user
            .post(
                "/api/v1/sessions",
                json().put("durationHours", 2).put("ipv4Address", "203.0.113.42"))
            .is(201)
            .json();
    String id = started.getString("id");
    assertThat(started.getString("userId")).isEqualTo(at.userRecord.getString("id"));
    assertThat(started.getString("ipv4Address")).isEqualTo("203.0.113.42");
    assertThat(at.user.get("/api/v1/sessions/" + id).is(200).json()).isEqualTo(started);
    assertThat(at.user.get("/api/v1/sessions?status=ACTIVE&limit=1").is(200).array()).hasSize(1);
    JsonObject extended =
        at.user
            .post("/api/v1/sessions/" + id + "/extend", json().put("additionalSeconds", 600))
            .is(200)
            .json();
    assertThat(seconds(extended, "expiresAt")).isEqualTo(seconds(started, "expiresAt") + 600);
    JsonObject stopped = at.user.post("/api/v1/sessions/" + id + "/stop").is(200).json();
    assertThat(stopped.getString("endedReason")).isEqualTo("MANUAL");
    Await.until(
        "the session is cancelled",
        () ->
            at.user
                .get("/api/v1/sessions/" + id)
                .json()
                .getString("status")
                .equals("CANCELLED"));
    at.user.post("/api/v1/sessions/" + id + "/stop").is(400);
    at.user.post("/api/v1/sessions/" + id + "/extend", json().put("additionalHours", 1)).is(409);
  }

  private static long seconds(JsonObject session, String field) {
    return session.getInstant(field).getEpochSecond();
  }

  @Test
  void accessSession_ofAnotherUser_isForbidden() {
    String id = at.accessSession(at.user, 1).getString("id");
    at.other.get("/api/v1/sessions/" + id).is(403);
    at.other.post("/api/v1/sessions/" + id + "/extend", json().put("additionalHours", 1)).is(403);
    at.other.post("/api/v1/sessions/" + id + "/stop").is(403);
    at.auditor.get("/api/v1/sessions/" + id).is(200);
    at.auditor.post("/api/v1/sessions/" + id + "/stop").is(403);
  }

  @Test
  void accessSession_ofAnotherRealm_isUnknown() {
    String id = at.accessSession(at.user, 1).getString("id");
    at.stranger.get("/api/v1/sessions/" + id).is(404);
    at.stranger.post("/api/v1/sessions/" + id + "/extend", json().put("additionalHours", 1)).is(404);
    at.stranger.post("/api/v1/sessions/" + id + "/stop").is(404);
    at.organisation.post("/api/v1/sessions/admin/" + id + "/stop").is(404);
    String nobodys = Installation.unknownId();
    at.user.get("/api/v1/sessions/" + nobodys).is(404);
    at.user.post("/api/v1/sessions/" + nobodys + "/stop").is(404);
  }

  @Test
  void accessSession_forSomebodyElse_isForAdministrators() {
    JsonObject wanted = json().put("durationSeconds", 600).put("userId", "jdoe");
    assertThat(at.admin.post("/api/v1/sessions", wanted).is(201).json().getString("userId"))
        .isEqualTo(at.userRecord.getString("id"));
    at.other.post("/api/v1/sessions", wanted).is(403);
    at.stranger.post("/api/v1/sessions", wanted).is(404);
  }

  @Test
  void administrator_listsAndStopsEverySession() {
    String id = at.accessSession(at.user, 1).getString("id");
    assertThat(
            at.admin.get("/api/v1/sessions/admin?user=jdoe&status=ACTIVE").is(200).array().stream()
                .map(session -> ((JsonObject) session).getString("id")))
        .contains(id);
    at.admin.post("/api/v1/sessions/admin/" + id + "/stop").is(200);
    assertThat(at.user.get("/api/v1/sessions/" + id).is(200).json().getString("endedReason"))
        .isEqualTo("ADMIN");
    at.user.get("/api/v1/sessions/admin").is(403);
    at.user.post("/api/v1/sessions/admin/" + id + "/stop").is(403);
  }

  @Test
  void apiKey_isMadeListedAndRevoked() {
    JsonObject made =
        at.admin
            .post(
                "/api/v1/api-keys",
                json()
                    .put("name", "short-lived")
                    .put("description", "to be revoked")
                    .put("scopes", new JsonArray().add("sessions:read"))
                    .put("expiresAt", "2100-01-01T00:00:00Z")
                    .put("userId", "jdoe"))
            .is(201)
            .json();
    Caller holder = at.anonymous.withKey(made.getString("plainTextKey"));
    holder.get("/api/v1/sessions").is(200);
    holder.post("/api/v1/sessions", json().put("durationHours", 1)).refuses(403, "sessions:write");
    assertThat(at.admin.get("/api/v1/api-keys").is(200).text())
        .contains(made.getString("keyPrefix"))
        .doesNotContain(made.getString("plainTextKey"));
    at.admin.delete("/api/v1/api-keys/" + made.getString("id")).is(204);
    Await.until("the key opens nothing", () -> holder.get("/api/v1/sessions").status() == 401);
    at.admin.delete("/api/v1/api-keys/" + made.getString("id")).is(404);
    at.organisation.delete("/api/v1/api-keys/" + Installation.unknownId()).is(404);
  }

  @Test
  void apiKey_grantsNoScopeThatItsMakerLacks() {
    Caller limited = at.key("admin", List.of("admin"));
    JsonObject wanted =
        json().put("name", "more").put("scopes", new JsonArray().add("recording:encrypt"));
    limited.post("/api/v1/api-keys", wanted).refuses(403, "recording:encrypt");
    at.organisation
        .post("/api/v1/api-keys", wanted.copy().put("userId", "jdoe"))
        .is(404);
  }

  // Who may ask at all

  @Test
  void everyDialect_withoutCredential_answers401() {
    String id = Installation.unknownId();
    for (Caller nobody : List.of(at.anonymous, at.anonymous.withKey("cfw_nonsense"))) {
      nobody.get("/api/v1/sessions/" + id).is(401);
      nobody.post("/api/v1/sessions/" + id + "/extend", json()).is(401);
      nobody.get("/api/v1/admin/users").is(401);
      nobody.get("/api/v1/recordings/" + id).is(401);
      nobody.get("/metrics").is(401);
      nobody.get("/api/v1/alerts").is(401);
      nobody.get(STATUS + "1").is(401);
      nobody.send("HEAD", STATUS + "1").is(401);
      nobody.post(PSM + "Polling", json()).is(401);
      nobody.get(PSM + "GetIP").is(401);
    }
  }

  @Test
  void bearer_isAsGoodAsTheKeyHeader() {
    at.anonymous
        .with("Authorization", "Bearer " + at.node.adminKey())
        .get("/api/v1/sessions")
        .is(200);
  }

  @Test
  void auditor_readsAndChangesNothing() {
    String id = at.psmSession();
    at.auditor.get("/api/v1/admin/users").is(200);
    at.auditor.get("/api/v1/admin/sessions").is(200);
    at.auditor.get("/api/v1/admin/sessions/" + id).is(200);
    at.auditor.get("/api/v1/events").is(200);
    at.auditor.post("/api/v1/admin/users", json().put("username", "nobody")).is(403);
    at.auditor.post("/api/v1/admin/sessions/" + id + "/revoke", json()).is(403);
    at.auditor
        .post("/api/v1/admin/sessions/" + id + "/extend", json().put("additionalSeconds", 60))
        .is(403);
    at.auditor.post("/api/v1/sessions", json().put("durationHours", 1)).is(403);
    at.auditor
        .post(PSM + "EndSession", json().put("session", id).put("processInstance", GATEWAY))
        .is(403);
    assertThat(at.shown(id).getString("state")).isEqualTo("active");
  }

  @Test
  void strayRequest_isRefusedInTheDialectsOwnShape() {
    for (String path :
        List.of("/api/v1/nothing", "/api/v1/sessions/a/b/c", STATUS + "1/more", PSM + "Nothing")) {
      at.admin.sendAstray("GET", path).is(404);
    }
    assertThat(at.admin.sendAstray("DELETE", "/api/v1/sessions").is(405).header("Allow"))
        .isEqualTo("GET, POST");
    assertThat(at.admin.sendAstray("PUT", "/api/v1/admin/users/7").is(405).header("Allow"))
        .isEqualTo("DELETE, GET, PATCH");
    assertThat(at.admin.sendAstray("POST", STATUS + "1").is(405).header("Allow"))
        .isEqualTo("GET, HEAD, OPTIONS");
    assertThat(at.admin.sendAstray("GET", PSM + "polling").is(405).header("Allow"))
        .isEqualTo("POST");
    assertThat(at.admin.sendAstray("POST", "/api/v1/alerts").is(405).header("Allow"))
        .isEqualTo("GET");
    at.admin.sendAstray("POST", "/health/live").is(405);
  }

  // Administration

  @Test
  void realm_isMadeListedAndChanged() {
    JsonObject wanted = json().put("name", Installation.fresh("realm")).put("tier", "business");
    at.admin.post("/api/v1/admin/realms", wanted).is(201);
    at.admin.post("/api/v1/admin/realms", wanted).is(409);
    at.organisation.post("/api/v1/admin/realms", wanted).is(403);
    String path = "/api/v1/admin/realms/" + wanted.getString("name");
    assertThat(
            at.admin
                .send("PATCH", path, json().put("tier", "premium").encode())
                .is(200)
                .json()
                .getString("tier"))
        .isEqualTo("premium");
    at.admin
        .send("PATCH", "/api/v1/admin/realms/none", json().put("tier", "free").encode())
        .is(404);
    assertThat(at.organisation.get("/api/v1/admin/realms").is(200).json().getJsonArray("items"))
        .hasSize(1);
  }

  @Test
  void users_arePagedToTheEnd() {
    Set<String> seen = new HashSet<>();
    String after = "";
    while (after != null) {
      JsonObject page = at.admin.get("/api/v1/admin/users?limit=2" + after).is(200).json();
      page.getJsonArray("items")
          .forEach(user -> assertThat(seen.add(((JsonObject) user).getString("id"))).isTrue());
      after = page.getString("next") == null ? null : "&after=" + page.getString("next");
    }
    assertThat(seen).contains(at.userRecord.getString("id"), at.strangerRecord.getString("id"));
  }

  @Test
  void user_isMadeChangedAndRemovedWithItsSessions() {
    String name = Installation.fresh("user");
    JsonObject made =
        at.admin
            .post(
                "/api/v1/admin/users",
                json().put("username", name).put("password", "a password").putNull("email"))
            .is(201)
            .json();
    at.admin.post("/api/v1/admin/users", json().put("username", name)).is(409);
    String path = "/api/v1/admin/users/" + made.getString("id");
    for (Object form : List.of(made.getString("id"), made.getInteger("numericId"), name)) {
      assertThat(at.admin.get("/api/v1/admin/users/" + form).is(200).json()).isEqualTo(made);
    }
    JsonObject changed =
        at.admin
            .send("PATCH", path, json().put("displayName", "Renamed").encode())
            .is(200)
            .json();
    assertThat(changed.getString("displayName")).isEqualTo("Renamed");
    assertThat(
            at.admin
                .send("PATCH", path, json().putNull("displayName").encode())
                .is(200)
                .json()
                .getString("displayName"))
        .isNull();
    assertThat(at.admin.get("/api/v1/admin/users?q=" + name).is(200).json().getJsonArray("items"))
        .hasSize(1);
    at.organisation.get(path).is(404);
    at.organisation.delete(path).is(404);
    String session = at.session(json().put("kind", "psm").put("userId", name));
    at.admin.delete(path).is(204);
    Await.until(
        "the user's session has ended", () -> at.shown(session).getString("state").equals("ended"));
    at.admin.get(path).is(404);
    at.admin.delete(path).is(404);
  }

  @Test
  void policy_isMadeReadReplacedAndGoverns() {
    JsonObject wanted =
        json()
            .put("name", Installation.fresh("policy"))
            .put("maxDuration", "30m")
            .put("maxIdle", "5m")
            .put("staleAfter", "10m")
            .put("warnBefore", new JsonArray().add("5m").add("1m"))
            .put("quota", 1);
    JsonObject made = at.admin.post("/api/v1/admin/policies", wanted).is(201).json();
    at.admin.post("/api/v1/admin/policies", wanted).is(409);
    int id = made.getInteger("id");
    String path = "/api/v1/admin/policies/" + id;
    assertThat(at.admin.get(path).is(200).json()).isEqualTo(made);
    at.admin.get("/api/v1/admin/policies/2000000000").is(404);
    at.organisation.get(path).is(404);
    at.admin.get("/api/v1/admin/policies?limit=1").is(200);
    JsonObject session =
        json().put("kind", "access").put("userId", "mallory").put("durationSeconds", 3_600);
    at.admin
        .post("/api/v1/admin/sessions", session.copy().put("policy", id))
        .refuses(400, "30 minutes");
    session.put("durationSeconds", 600).put("policy", id);
    at.admin.post("/api/v1/admin/sessions", session).is(201);
    at.admin.post("/api/v1/admin/sessions", session).refuses(409, "limit");
    at.admin
        .send("PUT", path, json().put("name", wanted.getString("name")).encode())
        .is(200);
    at.admin
        .send("PUT", "/api/v1/admin/policies/2000000000", json().put("name", "x").encode())
        .is(404);
    at.admin
        .post(
            "/api/v1/admin/jump-items",
            json()
                .put("jumpItemId", 8)
                .put("jumpItemType", "jump_client")
                .put("name", "db1")
                .put("jumpPolicyId", id))
        .is(201);
    at.organisation
        .post(
            "/api/v1/admin/jump-items",
            json()
                .put("jumpItemId", 8)
                .put("jumpItemType", "jump_client")
                .put("name", "db1")
                .put("jumpPolicyId", id))
        .is(404);
  }

  @Test
  void session_ofEveryKind_isMadeExtendedAndRevoked() {
    for (String kind : List.of("psm", "jump", "access", "device_admin", "timed_access")) {
      String id =
          at.session(
              json()
                  .put("kind", kind)
                  .put("attributes", json().put("deviceName", "build-mac-3").put("jumpItemId", 3)));
      String path = "/api/v1/admin/sessions/" + id;
      JsonObject before = at.shown(id);
      if (kind.equals("jump")) {
        assertThat(before.getString("state")).isEqualTo("approved");
        assertThat(at.admin.post(path + "/activate").is(200).json().getString("state"))
            .isEqualTo("active");
      }
      JsonObject extended =
          at.admin.post(path + "/extend", json().put("additionalSeconds", 60)).is(200).json();
      assertThat(seconds(extended, "expiresAt")).isEqualTo(seconds(before, "expiresAt") + 60);
      at.admin.post(path + "/revoke", json().put("reason", "the incident is over")).is(200);
      Await.until("it has ended", () -> at.shown(id).getString("state").equals("ended"));
      JsonObject ended = at.shown(id);
      assertThat(ended.getString("endReason")).isEqualTo("revoked");
      assertThat(ended.getJsonArray("history").encode()).contains("the incident is over");
      at.admin.post(path + "/extend", json().put("additionalSeconds", 60)).is(409);
      at.admin.post(path + "/activate").is(409);
      at.admin.post(path + "/revoke").is(200);
    }
  }

  @Test
  void sessions_areFound() {
    String id =
        at.session(
            json().put("kind", "device_admin").put("attributes", json().put("deviceName", "zx81")));
    for (String filter : List.of("q=zx81", "user=jdoe&kind=device_admin&q=ZX", "realm=root&q=zx81")) {
      assertThat(at.admin.get("/api/v1/admin/sessions?" + filter).is(200).text()).contains(id);
    }
    assertThat(at.admin.get("/api/v1/admin/sessions?realm=acme").is(200).text()).doesNotContain(id);
    assertThat(at.organisation.get("/api/v1/admin/sessions?q=zx81").is(200).text())
        .doesNotContain(id);
    at.organisation.get("/api/v1/admin/sessions/" + id).is(404);
    at.organisation.post("/api/v1/admin/sessions/" + id + "/revoke").is(404);
    at.user.get("/api/v1/admin/sessions").is(403);
    at.admin.get("/api/v1/admin/sessions?state=sleeping").refuses(400, "state");
    at.admin.get("/api/v1/admin/sessions/" + Installation.unknownId()).is(404);
  }

  @Test
  void credential_isLentAndTakenBack() {
    int credential = at.credential();
    JsonObject checkout = at.checkout(credential);
    String id = checkout.getString("checkOutId");
    String session = checkout.getString("sessionId");
    assertThat(at.user.get("/api/v1/checkouts/" + id).is(200).json().getString("state"))
        .isEqualTo("open");
    at.other.get("/api/v1/checkouts/" + id).is(403);
    at.stranger.get("/api/v1/checkouts/" + id).is(404);
    assertThat(at.admin.get("/api/v1/admin/credentials").is(200).text())
        .doesNotContain("correct horse");
    at.admin.delete("/api/v1/admin/credentials/" + credential).is(409);

    JsonObject secret =
        at.gateway.post(PSM + "GetCredential", json().put("session", session)).is(200).json();
    assertThat(secret.getString("Password")).isEqualTo("correct horse battery staple");
    at.strangeGateway.post(PSM + "GetCredential", json().put("session", session)).is(404);
    JsonObject named = json().put("checkOutId", id);
    assertThat(
            at.user
                .post(PSM + "GetRemainingMinutesForCheckout", named)
                .is(200)
                .json()
                .getInteger("RemainingMinutes"))
        .isBetween(58, 60);
    at.strangeGateway.post(PSM + "Checkin", named).is(404);
    at.other.post(PSM + "Checkin", named).is(403);
    assertThat(at.gateway.post(PSM + "Checkin", named).is(200).json().getString("Result"))
        .isEqualTo("Success");
    at.gateway.post(PSM + "Checkin", named).is(200);
    assertThat(
            at.gateway
                .post(PSM + "Checkin", json().put("checkOutId", "999999999"))
                .is(404)
                .json()
                .getString("Result"))
        .isEqualTo("Failure");
    at.gateway.post(PSM + "GetCredential", json().put("session", session)).is(403);
    assertThat(at.shown(session).getString("endReason")).isEqualTo("checked_in");
    assertThat(
            at.user
                .post(PSM + "GetRemainingMinutesForCheckout", named)
                .is(200)
                .json()
                .getInteger("RemainingMinutes"))
        .isZero();
    at.admin.delete("/api/v1/admin/credentials/" + credential).is(204);
    at.admin.delete("/api/v1/admin/credentials/" + credential).is(404);
  }

  @Test
  void checkout_isCheckedInThroughTheAdministrationToo() {
    String id = at.checkout(at.credential()).getString("checkOutId");
    at.other.post("/api/v1/checkouts/" + id + "/checkin").is(403);
    at.user.post("/api/v1/checkouts/" + id + "/checkin").is(200);
    at.user.post("/api/v1/checkouts/" + id + "/checkin").is(200);
    at.user.post("/api/v1/checkouts/999999999/checkin").is(404);
    at.user
        .post("/api/v1/checkouts", json().put("credentialId", 2_000_000_000).put("durationSeconds", 1))
        .is(404);
  }

  @Test
  void resource_appliesItsRuleToSessions() {
    JsonObject resource =
        at.admin
            .post(
                "/api/v1/admin/resources",
                json()
                    .put("name", Installation.fresh("resource"))
                    .put("provider", "none")
                    .put("settings", json())
                    .put("users", new JsonArray().add("mallory")))
            .is(201)
            .json();
    assertThat(at.admin.get("/api/v1/admin/resources").is(200).text())
        .contains(resource.getString("id"));
    JsonObject session = at.accessSession(at.other, 1);
    JsonObject rule = session.getJsonArray("resourceIps").getJsonObject(0);
    assertThat(rule.getString("resourceId")).isEqualTo(resource.getString("id"));
    String path = "/api/v1/sessions/" + session.getString("id");
    at.other.post(path + "/stop").is(200);
    Await.until(
        "the rule is removed",
        () -> at.other.get(path).is(200).json().encode().contains("\"REMOVED\""));
    at.admin
        .post(
            "/api/v1/admin/resources",
            json().put("name", resource.getString("name")).put("provider", "none"))
        .is(409);
    at.admin
        .post(
            "/api/v1/admin/resources",
            json().put("name", "x").put("provider", "aws-security-group"))
        .refuses(400, "provider");
  }

  @Test
  void events_arePolledFromACursor() {
    String id = at.psmSession();
    at.admin.post("/api/v1/admin/sessions/" + id + "/revoke").is(200);
    Await.until(
        "the end is in the log",
        () -> at.admin.get("/api/v1/events?session=" + id).text().contains("session.ended"));
    JsonObject page = at.admin.get("/api/v1/events?limit=1&session=" + id).is(200).json();
    JsonObject rest =
        at.admin
            .get("/api/v1/events?session=" + id + "&after=" + page.getString("next"))
            .is(200)
            .json();
    assertThat(rest.getJsonArray("items").encode())
        .doesNotContain(page.getJsonArray("items").getJsonObject(0).getString("id"))
        .contains("dev.curfew.session.revoked");
    assertThat(at.stranger.get("/api/v1/events?session=" + id).is(200).json().getJsonArray("items"))
        .isEmpty();
  }

  @Test
  void node_tellsOfItself() {
    at.anonymous.get("/health/live").is(200);
    at.anonymous.get("/health/ready").is(200);
    assertThat(at.admin.get("/metrics").is(200).text()).contains("curfew_sessions_live");
    at.user.get("/metrics").is(403);
    at.anonymous.get("/openapi/psm.yaml").is(200);
    at.admin.get("/api/v1/alerts").refuses(400, "Upgrade");
  }

  // PSM

  @Test
  void heartbeat_tellsWhatIsLeft_andOwns() {
    String id = at.session(json().put("kind", "psm"));
    JsonObject mine = json().put("session", id).put("processInstance", "first");
    JsonObject answer = at.gateway.post(PSM + "Polling", mine).is(200).json();
    assertThat(answer.getBoolean("TerminateSession")).isFalse();
    assertThat(answer.getInteger("TimeRemainingSeconds")).isBetween(3_500, 3_600);
    JsonObject theirs = json().put("session", id).put("processInstance", "second");
    at.gateway.post(PSM + "pOLLING", theirs).is(409);
    at.gateway.post(PSM + "EndSession", theirs).is(409);
    at.strangeGateway.post(PSM + "Polling", mine).is(404);
    at.gateway.post(PSM + "UpdateSession", json().put("session", id)).is(200);
    at.strangeGateway.post(PSM + "UpdateSession", json().put("session", id)).is(404);
    at.strangeGateway.post(PSM + "EndSession", mine).is(404);
    at.gateway.post(PSM + "endsession", mine).is(200);
    at.gateway.post(PSM + "EndSession", mine).is(200);
    Await.until("it has ended", () -> at.shown(id).getString("state").equals("ended"));
    assertThat(at.shown(id).getString("endReason")).isEqualTo("stopped");
    at.gateway.post(PSM + "UpdateSession", json().put("session", id)).is(409);
  }

  @Test
  void claim_withNothingReady_isEmpty() {
    JsonObject who = json().put("processInstance", Installation.fresh("worker"));
    at.worker.post(PSM + "UploderClaim", who).is(200);
    at.worker.post(PSM + "UploaderClaim", who.copy().put("maxSessions", 10)).is(200);
    assertThat(at.worker.post(PSM + "EncoderClaim", who.copy().put("maxSessions", 1)).is(200).json())
        .isNotNull();
    at.gateway.post(PSM + "EncoderClaim", who).refuses(403, "recording:encode");
    at.organisation.post(PSM + "EncoderClaim", who).is(403);
  }

  @Test
  void join_isOfferedToWhoMayJoinALiveSession() {
    String id = at.psmSession();
    JsonObject wanted =
        json()
            .put("PrivSessionID", id)
            .put("GatewayServerAddress", "gateway.example.com")
            .put("Width", "1024")
            .put("Height", "768")
            .put("Dpi", "96");
    assertThat(at.user.post(PSM + "JoinSession", wanted).is(200).text())
        .startsWith("\"https://gateway.example.com/");
    at.other.post(PSM + "JoinSession", wanted).is(403);
    at.stranger.post(PSM + "JoinSession", wanted).is(404);
    at.admin.post("/api/v1/admin/sessions/" + id + "/revoke").is(200);
    at.user.post(PSM + "JoinSession", wanted).is(409);
  }

  @Test
  void client_learnsOfItself() {
    Caller browser =
        at.user.with("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0");
    assertThat(browser.get(PSM + "GetUserPlatform").is(200).json().getString("Platform"))
        .isEqualTo("Windows");
    browser.post(PSM + "GetUserPlatform").is(200);
    Caller behindNoProxy = at.user.with("X-Forwarded-For", "198.51.100.7");
    assertThat(behindNoProxy.get(PSM + "GetIP").is(200).json().getString("IP"))
        .isEqualTo("127.0.0.1");
    at.user.post(PSM + "GetIP").is(200);
    assertThat(at.gateway.get(PSM + "GetPAMSettings").is(200).json().getValue("PSMEncryptionKey"))
        .isNull();
    at.user.get(PSM + "GetPAMSettings").is(403);
  }

  // PRA

  @Test
  void sessionStatus_showsWhatIsLeft_andFollowsAnExtension() {
    String name = Installation.fresh("jumper");
    int userId =
        at.admin
            .post("/api/v1/admin/users", json().put("username", name))
            .is(201)
            .json()
            .getInteger("numericId");
    assertThat(at.user.get(STATUS + userId).is(200).array()).isEmpty();
    String id =
        at.session(
            json()
                .put("kind", "jump")
                .put("userId", userId)
                .put("durationSeconds", 300)
                .put(
                    "attributes",
                    json().put("jumpItemId", 8).put("jumpItemType", "jump_client")));
    JsonObject status = at.user.get(STATUS + userId).is(200).array().getJsonObject(0);
    assertThat(status.getString("state")).isEqualTo("approved");
    assertThat(status.getInteger("duration")).isEqualTo(300);
    assertThat(status.getInteger("created_by_user_id")).as("who opened it").isEqualTo(1);
    assertThat(status.getLong("end_timestamp")).isEqualTo(status.getLong("start_timestamp") + 300);
    at.admin
        .post("/api/v1/admin/sessions/" + id + "/extend", json().put("additionalSeconds", 100))
        .is(200);
    at.admin.post("/api/v1/admin/sessions/" + id + "/activate").is(200);
    JsonObject extended = at.user.get(STATUS + userId).is(200).array().getJsonObject(0);
    assertThat(extended.getInteger("duration")).isEqualTo(400);
    assertThat(extended.getString("state")).isEqualTo("in_use");
    assertThat(extended.getLong("end_timestamp"))
        .isEqualTo(extended.getLong("start_timestamp") + 400);
    at.admin.post("/api/v1/admin/sessions/" + id + "/revoke").is(200);
    assertThat(at.user.get(STATUS + userId).is(200).array()).isEmpty();
  }

  @Test
  void sessionStatus_refuses() {
    int mine = at.userRecord.getInteger("numericId");
    at.user.get(STATUS + "999999").refuses(422, "user_id");
    at.user.get(STATUS + "0").refuses(422, "user_id");
    at.user.get(STATUS + "-3").refuses(422, "user_id");
    at.user.get(STATUS + "jdoe").refuses(422, "user_id");
    at.user.get(STATUS + "99999999999999999999").refuses(422, "user_id");
    at.user.get(STATUS + mine + "?sort=id").refuses(422, "sort");
    at.user.get(STATUS + mine + "?user_id=" + mine).refuses(422, "user_id");
    at.stranger.get(STATUS + mine).refuses(422, "user_id");
    at.gateway.get(STATUS + mine).is(403);
    at.user.send("HEAD", STATUS + mine).is(200);
    assertThat(at.user.send("OPTIONS", STATUS + mine).is(204).header("Allow"))
        .isEqualTo("GET, HEAD, OPTIONS");
  }
}
