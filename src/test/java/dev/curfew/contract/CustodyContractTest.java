package dev.curfew.contract;

import static dev.curfew.contract.Installation.GATEWAY;
import static dev.curfew.contract.Installation.PSM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings as evidence: how long they are kept, what is on hold, what is deleted and how. */
class CustodyContractTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir static Path data;
  private static Installation at;

  @BeforeAll
  static void start() {
    at = Installation.start(Map.of("data.dir", data.toString(), "watchdog.interval", "200ms"));
  }

  @AfterAll
  static void everythingWasDriven() {
    try {
      assertThat(at.dialects.admin.neverSucceeded())
          .doesNotContain("holdRecording", "releaseRecording", "deleteRecording");
    } finally {
      at.close();
    }
  }

  private static JsonObject json() {
    return new JsonObject();
  }

  private static String path(String session) {
    return "/api/v1/recordings/" + session;
  }

  private static String administered(String session) {
    return "/api/v1/admin/recordings/" + session;
  }

  private static JsonObject shown(String session) {
    return at.admin.get(path(session)).is(200).json();
  }

  private static Reply put(String path, JsonObject body) {
    return at.admin.send("PUT", path, body.encode());
  }

  private static JsonObject reason(String reason) {
    return json().put("reason", reason);
  }

  private static String uploaded(JsonObject more) {
    String session =
        at.session(json().put("kind", "psm").put("processInstance", GATEWAY).mergeIn(more));
    JsonObject of = json().put("session", session);
    at.gateway.post(PSM + "SaveKeyStrokes", of.copy().put("text", "drop table x;")).is(200);
    at.gateway.post(PSM + "EndSession", of.copy().put("processInstance", GATEWAY)).is(200);
    Await.until(
        "it is at its destination",
        LONG,
        () -> shown(session).getString("stage").equals("Done-Uploaded"));
    return session;
  }

  private static Path delivered(String session) {
    return Path.of(java.net.URI.create(shown(session).getString("destination")));
  }

  private static List<String> files(Path folder) throws Exception {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(Path::toString).toList();
    }
  }

  private static List<String> events(String session) {
    return at
        .admin
        .get("/api/v1/events?limit=500&session=" + session)
        .is(200)
        .json()
        .getJsonArray("items")
        .stream()
        .map(event -> ((JsonObject) event).getString("type").replace("dev.curfew.recording.", ""))
        .toList();
  }

  @Test
  void hold_keepsWhatADeletionWouldTake() throws Exception {
    String session = uploaded(json());
    assertThat(files(delivered(session))).isNotEmpty();
    assertThat(shown(session).getValue("retainUntil")).isNull();
    at.admin.post(administered(session) + "/hold", json()).is(400);
    at.admin.post(administered(session) + "/hold", reason("  ")).is(400);
    at.admin.post(administered(session) + "/release", reason("never held")).is(409);
    JsonObject held =
        at.admin.post(administered(session) + "/hold", reason("case 17")).is(200).json();
    assertThat(held.getJsonObject("legalHold").getString("reason")).isEqualTo("case 17");
    assertThat(held.getJsonObject("legalHold").getString("by")).isEqualTo("admin");
    assertThat(at.user.get(path(session)).is(200).json().getValue("legalHold")).isNotNull();
    at.admin.post(administered(session) + "/hold", reason("case 18")).is(409);
    assertThat(at.admin.delete(administered(session) + "?reason=asked").is(409).text())
        .contains("legal hold", "case 17");
    assertThat(files(delivered(session))).isNotEmpty();

    at.admin.post(administered(session) + "/release", reason("closed")).is(200);
    at.admin.delete(administered(session)).is(400);
    at.admin.delete(administered(session) + "?reason=%00").is(400);
    Path folder = delivered(session);
    JsonObject gone = at.admin.delete(administered(session) + "?reason=asked").is(200).json();
    assertThat(gone.getJsonObject("deletion").getString("reason")).isEqualTo("asked");
    assertThat(gone.getJsonArray("artifacts")).isEmpty();
    assertThat(files(folder)).isEmpty();
    assertThat(at.user.get(path(session) + "/timeline").is(404).text())
        .contains("was deleted on", "asked");
    at.admin.get(path(session) + "/chunks/1").is(404);
    JsonObject manifest = at.admin.get(path(session) + "/chunks").is(200).json();
    assertThat(manifest.getJsonArray("items")).hasSize(1);
    assertThat(at.admin.get("/api/v1/recordings?text=drop+table").is(200).text())
        .doesNotContain(session);
    at.admin.post(administered(session) + "/retry", json()).is(409);
    at.admin.post(administered(session) + "/hold", reason("late")).is(409);
    at.admin.delete(administered(session) + "?reason=again").is(200);
    assertThat(events(session)).endsWith("held", "released", "deleted").doesNotContain("read");
  }

  @Test
  void recordingOfALiveSession_isNotDeleted() {
    String session = at.psmSession();
    assertThat(at.admin.delete(administered(session) + "?reason=asked").is(409).text())
        .contains("Connected");
    at.admin.delete(administered(Installation.unknownId()) + "?reason=asked").is(404);
  }

  @Test
  void storeThatIsAway_isToldAndTriedAgain() throws Exception {
    String session = uploaded(json());
    Path stored = data.resolve("recordings/stored");
    Path away = data.resolve("elsewhere");
    Files.move(stored, away);
    JsonObject deleting;
    try {
      deleting = at.admin.delete(administered(session) + "?reason=asked").is(202).json();
      at.admin.get(path(session) + "/timeline").is(404);
    } finally {
      Files.move(away, stored);
    }
    assertThat(deleting.getJsonObject("deletion").getValue("deletedAt")).isNull();
    Path folder = delivered(session);
    Await.until(
        "the deletion goes on by itself",
        LONG,
        () -> shown(session).getJsonObject("deletion").getValue("deletedAt") != null);
    assertThat(files(folder)).isEmpty();
  }

  @Test
  void retentionThatIsOver_deletes() {
    int policy =
        at.admin
            .post(
                "/api/v1/admin/policies",
                json()
                    .put("name", Installation.fresh("policy"))
                    .put("recordingRetentionSeconds", 2))
            .is(201)
            .json()
            .getInteger("id");
    String session = uploaded(json().put("policy", policy));
    Await.until(
        "its retention is over",
        LONG,
        () -> {
          JsonObject deletion = shown(session).getJsonObject("deletion");
          return deletion != null && deletion.getValue("deletedAt") != null;
        });
    assertThat(shown(session).getJsonObject("deletion").getString("by")).isEqualTo("policy");
    assertThat(events(session)).endsWith("deleted");
  }

  @Test
  void retention_isSetForRealmsAndPolicies() {
    String realm = Installation.fresh("realm");
    JsonObject made =
        at.admin
            .post(
                "/api/v1/admin/realms",
                json().put("name", realm).put("tier", "free").put("recordingRetention", "365d"))
            .is(201)
            .json();
    assertThat(made.getString("recordingRetention")).isEqualTo("365d");
    JsonObject terms = json().put("name", Installation.fresh("policy")).put("realm", realm);
    JsonObject policy = at.admin.post("/api/v1/admin/policies", terms).is(201).json();
    String path = "/api/v1/admin/policies/" + policy.getInteger("id");
    assertThat(policy.getString("recordingRetention")).isEqualTo("365d");
    assertThat(policy.getString("recordingRetentionFrom")).isEqualTo("realm");
    terms.remove("realm");
    JsonObject kept = put(path, terms.copy().put("recordingRetention", "forever")).is(200).json();
    assertThat(kept.getString("recordingRetention")).isEqualTo("forever");
    assertThat(kept.getString("recordingRetentionFrom")).isEqualTo("policy");
    put(path, terms).is(200);
    JsonObject none = json().putNull("recordingRetention");
    JsonObject changed =
        at.admin.send("PATCH", "/api/v1/admin/realms/" + realm, none.encode()).is(200).json();
    assertThat(changed.getValue("recordingRetention")).isNull();
    assertThat(at.admin.get(path).is(200).json().getString("recordingRetentionFrom"))
        .isEqualTo("configuration");
    for (String bad : List.of("", "0s", "36501d", "for ever", "-1d", "1y")) {
      assertThat(put(path, terms.copy().put("recordingRetention", bad)).is(400).text())
          .contains("recordingRetention");
    }
    for (Object bad : List.of(0, -1, 3_153_600_001L, Long.MAX_VALUE)) {
      assertThat(put(path, terms.copy().put("recordingRetentionSeconds", bad)).is(400).text())
          .contains("recordingRetentionSeconds");
    }
    assertThat(at.admin.get(path).is(200).json().getString("recordingRetention"))
        .isEqualTo("forever");
  }

  @Test
  void recording_saysUntilWhenItIsKept() {
    int policy =
        at.admin
            .post(
                "/api/v1/admin/policies",
                json().put("name", Installation.fresh("policy")).put("recordingRetention", "7d"))
            .is(201)
            .json()
            .getInteger("id");
    JsonObject recording = shown(uploaded(json().put("policy", policy)));
    assertThat(recording.getInstant("retainUntil"))
        .isBetween(
            Instant.now().plus(Duration.ofDays(7)).minusSeconds(120),
            Instant.now().plus(Duration.ofDays(7)).plusSeconds(10));
  }
}
