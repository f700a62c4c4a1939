package dev.curfew.contract;

import static dev.curfew.contract.Installation.GATEWAY;
import static dev.curfew.contract.Installation.PSM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Workers outside that stop for longer than they are believed, as a process does that is sent
 * SIGSTOP, and then go on as if nothing were; and gateways that never come back. The limits are a
 * second each.
 */
class PausedWorkerTest {
  private static final String WORKER = "worker-1";

  private static Installation at;

  @BeforeAll
  static void start() {
    at =
        Installation.start(
            Map.of(
                "node.roles", "api,sessions,claims,watchdog,alerts,delivery",
                "recording.lease", "1s",
                "recording.max-attempts", "2",
                "watchdog.interval", "100ms",
                "watchdog.limits.encoding", "1s",
                "watchdog.limits.uploading", "1s"));
  }

  @AfterAll
  static void stop() {
    at.close();
  }

  private static String recorded() {
    String session = at.psmSession();
    JsonObject of = new JsonObject().put("session", session);
    at.gateway.post(PSM + "savekeystrokes", of.copy().put("text", "select 1;")).is(200);
    at.gateway.post(PSM + "EndSession", of.copy().put("processInstance", GATEWAY)).is(200);
    return session;
  }

  private static JsonObject recording(String session) {
    return at.admin.get("/api/v1/recordings/" + session).is(200).json();
  }

  private static String stage(String session) {
    return recording(session).getString("stage");
  }

  private static void awaitStage(String session, String stage) {
    Await.until(stage, () -> stage(session).equals(stage));
  }

  private static JsonObject claim(String call, String session) {
    JsonObject[] found = new JsonObject[1];
    JsonObject asked = new JsonObject().put("processInstance", WORKER).put("waitSeconds", 1);
    Await.until(
        "claimed",
        () -> {
          JsonArray claims =
              at.worker.post(PSM + call, asked).is(200).json().getJsonArray("Claims");
          found[0] = claims.isEmpty() ? null : claims.getJsonObject(0);
          return found[0] != null;
        });
    assertThat(found[0].getString("SessionId")).isEqualTo(session);
    return found[0];
  }

  private static Reply report(String session, String token, String stage) {
    JsonObject said =
        new JsonObject()
            .put("privSessionId", session)
            .put("processInstance", WORKER)
            .put("recordingStatus", stage)
            .put("claimToken", token);
    if (stage.equals("Done-Uploaded")) {
      said.put("destination", "file:///kept/" + session);
    }
    return at.worker.send("PUT", PSM + "UpdateRecordingProcessStatus", said.encode());
  }

  private static Reply deliver(String session, String token, String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    return at.worker
        .with("X-Claim-Token", token)
        .with(
            "Content-Digest", "sha-256=:" + Base64.getEncoder().encodeToString(sha256(body)) + ":")
        .with("Content-Type", "video/mp4")
        .send("PUT", "/api/v1/recordings/" + session + "/artifacts/video", body);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Reply poll(String session, String token) {
    return at.worker.post(
        PSM + "Polling",
        new JsonObject()
            .put("session", session)
            .put("processInstance", WORKER)
            .put("claimToken", token));
  }

  /** All that the resumed worker would say; nothing of it changes anything. */
  private static void everyLateWordIsRefused(String session, String token) {
    JsonObject before = recording(session);
    poll(session, token).is(409);
    deliver(session, token, "late").is(409);
    for (String stage : List.of("Done-Encoded", "Done-Uploaded", "Encoding", "Uploading")) {
      assertThat(report(session, token, stage).is(409).json().getString("Stage"))
          .isEqualTo(before.getString("stage"));
    }
    assertThat(recording(session)).isEqualTo(before);
  }

  private static List<String> told(String session) {
    return at
        .admin
        .get("/api/v1/events?session=" + session + "&limit=100")
        .is(200)
        .json()
        .getJsonArray("items")
        .stream()
        .map(event -> (JsonObject) event)
        .filter(event -> event.getString("type").contains(".recording."))
        .map(
            event -> {
              String name = event.getJsonObject("data").getJsonObject("by").getString("name");
              return event.getString("type").replace("dev.curfew.recording.", "") + " by " + name;
            })
        .filter(event -> !event.startsWith("captured") && !event.startsWith("read"))
        .toList();
  }

  /** PITFALLS 19, 20, 21: the worker that takes over has the same name. */
  @Test
  void workerThatResumes_changesNothingAtAnyStage() {
    String session = recorded();
    String encoding = claim("EncoderClaim", session).getString("ClaimToken");
    deliver(session, encoding, "half a video").is(200);
    awaitStage(session, "Ended");
    everyLateWordIsRefused(session, encoding);

    JsonObject second = claim("EncoderClaim", session);
    assertThat(second.getInteger("Attempt")).isEqualTo(2);
    String token = second.getString("ClaimToken");
    poll(session, encoding).is(409);
    deliver(session, encoding, "late").is(409);
    report(session, encoding, "Done-Encoded").is(409);
    report(session, encoding, "Failed").is(409);
    poll(session, token).is(200);
    deliver(session, token, "the video").is(200);
    report(session, token, "Done-Encoded").is(200);
    everyLateWordIsRefused(session, encoding);

    String uploading = claim("UploaderClaim", session).getString("ClaimToken");
    deliver(session, uploading, "an uploader's").is(409);
    everyLateWordIsRefusedOfUploader(session, uploading);

    assertThat(at.user.get("/api/v1/recordings/" + session + "/video").is(200).text())
        .isEqualTo("the video");
    assertThat(told(session))
        .containsExactly(
            "encoding by " + WORKER,
            "requeued by watchdog",
            "encoding by " + WORKER,
            "encoded by " + WORKER,
            "uploading by " + WORKER,
            "requeued by watchdog",
            "uploading by " + WORKER,
            "uploaded by " + WORKER);
  }

  private static void everyLateWordIsRefusedOfUploader(String session, String uploading) {
    awaitStage(session, "Done-Encoded");
    poll(session, uploading).is(409);
    report(session, uploading, "Done-Uploaded").is(409);
    String next = claim("UploaderClaim", session).getString("ClaimToken");
    poll(session, uploading).is(409);
    report(session, uploading, "Done-Uploaded").is(409);
    report(session, next, "Done-Uploaded").is(200);
    JsonObject before = recording(session);
    poll(session, uploading).is(409);
    report(session, uploading, "Done-Uploaded").is(409);
    report(session, uploading, "Failed").is(409);
    assertThat(recording(session)).isEqualTo(before);
  }

  @Test
  void workerThatPolls_keepsItsClaimBeyondItsLease() {
    String session = recorded();
    String token = claim("EncoderClaim", session).getString("ClaimToken");
    long until = System.nanoTime() + 3_000_000_000L;
    Await.until(
        "three leases are over",
        () -> {
          poll(session, token).is(200);
          return System.nanoTime() > until;
        });
    report(session, token, "Done-Encoded").is(200);
    assertThat(told(session)).containsExactly("encoding by worker-1", "encoded by worker-1");
    String upload = claim("UploaderClaim", session).getString("ClaimToken");
    report(session, upload, "Done-Uploaded").is(200);
  }

  @Test
  void lastAttempt_leavesItFailedVisiblyUntilAnAdministratorRetries() {
    String session = recorded();
    claim("EncoderClaim", session);
    awaitStage(session, "Ended");
    String last = claim("EncoderClaim", session).getString("ClaimToken");
    awaitStage(session, "Failed");
    assertThat(recording(session).getString("failure")).contains("silent");
    everyLateWordIsRefused(session, last);
    at.admin.post("/api/v1/admin/recordings/" + session + "/retry").is(200);
    JsonObject again = claim("EncoderClaim", session);
    assertThat(again.getInteger("Attempt")).isEqualTo(1);
    report(session, again.getString("ClaimToken"), "Done-Encoded").is(200);
    String upload = claim("UploaderClaim", session).getString("ClaimToken");
    report(session, upload, "Done-Uploaded").is(200);
    assertThat(told(session))
        .startsWith(
            "encoding by " + WORKER,
            "requeued by watchdog",
            "encoding by " + WORKER,
            "failed by watchdog",
            "requeued by admin");
    assertThat(at.admin.get("/metrics").is(200).text())
        .contains("curfew_watchdog_moves_total{stage=\"Encoding\",to=\"Failed\"}")
        .contains("curfew_watchdog_active 1.0")
        .contains("curfew_watchdog_last_sweep_age_seconds");
  }

  @Test
  void sessionOfASilentGateway_isTerminatedAndItsRecordingEnded() {
    int policy =
        at.admin
            .post(
                "/api/v1/admin/policies",
                new JsonObject().put("name", Installation.fresh("policy")).put("staleAfter", "1s"))
            .is(201)
            .json()
            .getInteger("id");
    String session =
        at.session(
            new JsonObject()
                .put("kind", "psm")
                .put("processInstance", GATEWAY)
                .put("policy", policy));
    awaitStage(session, "Ended");
    JsonObject ended = at.shown(session);
    assertThat(ended.getString("state")).isEqualTo("ended");
    assertThat(at.admin.get("/api/v1/events?session=" + session).is(200).text())
        .contains("dev.curfew.session.lost");
    JsonObject late =
        at.gateway
            .post(
                PSM + "Polling",
                new JsonObject().put("session", session).put("processInstance", GATEWAY))
            .is(200)
            .json();
    assertThat(late.getBoolean("TerminateSession")).isTrue();
    String token = claim("EncoderClaim", session).getString("ClaimToken");
    report(session, token, "Done-Encoded").is(200);
    String upload = claim("UploaderClaim", session).getString("ClaimToken");
    report(session, upload, "Done-Uploaded").is(200);
  }
}
