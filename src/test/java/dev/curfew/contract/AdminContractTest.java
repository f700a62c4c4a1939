package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The administration of a running node, every call, as its document says. Recordings have a test of
 * their own, and so have the WebSocket and the stream of events.
 */
class AdminContractTest {
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
          "openAlerts",
          "streamEvents",
          "listSeals",
          "verifyLog",
          "deleteRecording",
          "holdRecording",
          "releaseRecording",
          "getAsciicast",
          "verifyRecording",
          "showStorage",
          "showCluster");

  private static Installation at;

  @BeforeAll
  static void start() {
    at = Installation.start(Map.of());
  }

  @AfterAll
  static void stop() {
    try {
      assertThat(at.dialects.admin.neverSucceeded())
          .containsExactlyInAnyOrderElementsOf(SUCCEED_ELSEWHERE);
    } finally {
      at.close();
    }
  }

  private static JsonObject json() {
    return new JsonObject();
  }

  private static long seconds(JsonObject session, String field) {
    return session.getInstant(field).getEpochSecond();
  }

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
        at.admin.send("PATCH", path, json().put("displayName", "Renamed").encode()).is(200).json();
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
    at.admin.send("PUT", path, json().put("name", wanted.getString("name")).encode()).is(200);
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
    for (String filter :
        List.of("q=zx81", "user=jdoe&kind=device_admin&q=ZX", "realm=root&q=zx81")) {
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
  void checkout_isCheckedInThroughTheAdministrationToo() {
    String id = at.checkout(at.credential()).getString("checkOutId");
    at.other.post("/api/v1/checkouts/" + id + "/checkin").is(403);
    at.user.get("/api/v1/checkouts/" + id).is(200);
    at.user.post("/api/v1/checkouts/" + id + "/checkin").is(200);
    at.user.post("/api/v1/checkouts/" + id + "/checkin").is(200);
    at.user.post("/api/v1/checkouts/999999999/checkin").is(404);
    int unused = at.credential();
    assertThat(at.admin.get("/api/v1/admin/credentials?limit=1").is(200).text())
        .doesNotContain("correct horse");
    at.admin.delete("/api/v1/admin/credentials/" + unused).is(204);
    at.user
        .post(
            "/api/v1/checkouts",
            json().put("credentialId", 2_000_000_000).put("durationSeconds", 1))
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
        .refuses(400, "settings.groupId");
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
  void events_arePolledByRealmAndTime() {
    String id = at.psmSession();
    String started = "/api/v1/events?types=dev.curfew.session.started&session=" + id;
    Await.until(
        "the start is in the log",
        () -> !at.admin.get(started).json().getJsonArray("items").isEmpty());
    JsonObject event = at.admin.get(started).is(200).json().getJsonArray("items").getJsonObject(0);
    String time = event.getString("time");
    String next = Instant.parse(time).plusMillis(1).toString();

    assertThat(items(started + "&realm=root&from=" + time + "&to=" + next)).containsExactly(event);
    assertThat(items(started + "&from=" + next)).isEmpty();
    assertThat(items(started + "&to=" + time)).isEmpty();
    assertThat(items(started + "&realm=acme")).isEmpty();
    at.organisation.get("/api/v1/events?realm=acme").is(200);
    at.organisation.get("/api/v1/events?realm=root").is(404).tellsNothingOfTheInside();
    at.stranger.get("/api/v1/events?realm=root").is(404);
    at.admin.get("/api/v1/events?realm=nowhere").is(404);
  }

  private static List<Object> items(String target) {
    return at.admin.get(target).is(200).json().getJsonArray("items").stream().toList();
  }

  @Test
  void node_tellsOfItself() {
    at.anonymous.get("/health/live").is(200);
    at.anonymous.get("/health/ready").is(200);
    assertThat(at.admin.get("/metrics").is(200).text()).contains("curfew_sessions_live");
    at.user.get("/metrics").is(403);
    at.anonymous.get("/openapi").is(200);
    at.anonymous.get("/openapi/psm.yaml").is(200);
    assertThat(at.anonymous.get("/docs").is(200).text()).contains("/docs/documents.js");
    at.admin.get("/api/v1/alerts").refuses(400, "Upgrade");
  }

  @Test
  void oauthClient_isMadeListedAndEnded() {
    JsonObject wanted =
        new JsonObject()
            .put("name", Installation.fresh("client"))
            .put("scopes", new JsonArray().add("pra:read"));
    JsonObject made = at.admin.post("/api/v1/admin/oauth-clients", wanted).is(201).json();
    assertThat(at.admin.get("/api/v1/admin/oauth-clients?limit=500").is(200).text())
        .contains(made.getString("clientId"))
        .doesNotContain(made.getString("clientSecret"));
    String path = "/api/v1/admin/oauth-clients/" + made.getString("clientId");
    at.organisation.delete(path).is(404);
    at.user.delete(path).is(403);
    at.admin.delete(path).is(204);
    at.admin.delete(path).is(404);
  }

  @Test
  void oauthClient_grantsNoScopeThatItsMakerLacks() {
    Caller limited = at.key("admin", List.of("admin"));
    JsonObject wanted =
        new JsonObject().put("name", "more").put("scopes", new JsonArray().add("pra:read"));
    limited.post("/api/v1/admin/oauth-clients", wanted).refuses(403, "pra:read");
    for (Object scopes : List.of("pra:read", new JsonArray(), new JsonArray().add("all"))) {
      at.admin
          .post("/api/v1/admin/oauth-clients", wanted.copy().put("scopes", scopes))
          .refuses(400, "scopes");
    }
    at.admin
        .post("/api/v1/admin/oauth-clients", wanted.copy().put("name", " "))
        .refuses(400, "name");
  }
}
