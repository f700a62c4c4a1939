package dev.curfew.contract;

import static dev.curfew.contract.Installation.GATEWAY;
import static dev.curfew.contract.Installation.PSM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What is recorded of a session, by all who have a hand in it: gateway, encoder, uploader, viewer.
 * The node's own workers are off, so that the test can be the worker.
 */
class RecordingContractTest {
  private static final String PNG =
      "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

  private static final Map<String, String> TYPES =
      Map.of(
          "video", "video/mp4",
          "captions", "text/vtt",
          "timeline", "application/json",
          "thumbnail", "image/png",
          "asciicast", "application/x-asciicast");

  private static Installation at;

  @BeforeAll
  static void start() {
    at =
        Installation.start(
            Map.of(
                "node.roles", "api,sessions,claims,watchdog,alerts,delivery",
                "recording.max-attempts", "1"));
  }

  @AfterAll
  static void everythingWasDriven() {
    try {
      assertThat(at.dialects.psm.neverSucceeded())
          .doesNotContain(
              "saveClipboard",
              "saveKeystrokes",
              "saveScreenshot",
              "saveSessionRecording",
              "getRecordingProcessStatus",
              "updateRecordingProcessStatus",
              "releaseClaim");
      assertThat(at.dialects.admin.neverSucceeded())
          .doesNotContain(
              "getVideo",
              "getTimeline",
              "getCaptions",
              "getThumbnail",
              "getAsciicast",
              "getRawRecording",
              "listChunks",
              "getChunk",
              "putArtifact",
              "getArtifact",
              "retryRecording",
              "verifyRecording",
              "listRecordings",
              "getRecording");
    } finally {
      at.close();
    }
  }

  private static JsonObject of(String session) {
    return new JsonObject().put("session", session);
  }

  private static void record(String session) {
    at.gateway.post(PSM + "SaveKeyStrokes", of(session).put("text", "select 1;")).is(200);
    at.gateway.post(PSM + "saveclipboard", of(session).put("text", "copied")).is(200);
    at.gateway.post(PSM + "savescreenshot", of(session).put("image", PNG)).is(200);
    at.gateway
        .post(PSM + "savesessionrecording", of(session).put("recording", "SGVsbG8gd29ybGQ="))
        .is(200);
  }

  private static void end(String session) {
    at.gateway.post(PSM + "EndSession", of(session).put("processInstance", GATEWAY)).is(200);
    Await.until("it has ended", () -> at.shown(session).getString("state").equals("ended"));
  }

  /** Claims until the wanted one is among what was given out. */
  private static JsonObject claim(String call, String session) {
    JsonObject[] found = new JsonObject[1];
    Await.until(
        "the recording is claimed",
        () -> {
          JsonArray claims =
              at.worker
                  .post(
                      PSM + call,
                      new JsonObject()
                          .put("processInstance", "worker-1")
                          .put("maxSessions", 100)
                          .put("waitSeconds", 1))
                  .is(200)
                  .json()
                  .getJsonArray("Claims");
          for (Object claim : claims) {
            if (((JsonObject) claim).getString("SessionId").equals(session)) {
              found[0] = (JsonObject) claim;
            }
          }
          return found[0] != null;
        });
    return found[0];
  }

  private static Reply report(String session, String token, String stage, JsonObject more) {
    return at.worker.send(
        "PUT",
        PSM + "UpdateRecordingProcessStatus",
        new JsonObject()
            .put("privSessionId", session)
            .put("processInstance", "worker-1")
            .put("recordingStatus", stage)
            .put("claimToken", token)
            .mergeIn(more)
            .encode());
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Reply deliver(
      String session, String kind, String token, byte[] body, byte[] digested) {
    return at.worker
        .with("X-Claim-Token", token)
        .with(
            "Content-Digest",
            "sha-256=:" + Base64.getEncoder().encodeToString(sha256(digested)) + ":")
        .with("Content-Type", TYPES.getOrDefault(kind, "application/octet-stream"))
        .send("PUT", "/api/v1/recordings/" + session + "/artifacts/" + kind, body);
  }

  private static String stage(String session) {
    return at.gateway
        .post(
            PSM + "GetRecordingProcessStatus",
            new JsonObject().put("privSessionIds", new JsonArray().add(session)))
        .is(200)
        .array()
        .getJsonObject(0)
        .getString("RecordingStatus");
  }

  @Test
  void capture_isInTheManifest() {
    String session = at.psmSession();
    record(session);
    String path = "/api/v1/recordings/" + session;
    JsonObject recording = at.user.get(path).is(200).json();
    assertThat(recording.getString("stage")).isEqualTo("Connected");
    assertThat(recording.getJsonObject("chunks").getInteger("count")).isEqualTo(4);
    assertThat(at.user.get("/api/v1/recordings?session=" + session).is(200).text())
        .contains(session);
    JsonObject first = at.user.get(path + "/chunks?limit=2").is(200).json();
    JsonObject rest = at.user.get(path + "/chunks?after=" + first.getString("next")).is(200).json();
    assertThat(rest.getJsonArray("items")).hasSize(2);
    String chunk = path + "/chunks/" + first.getJsonArray("items").getJsonObject(0).getLong("seq");
    assertThat(at.user.get(chunk).is(200).text()).isEqualTo("select 1;");
    assertThat(at.user.with("Range", "bytes=7-").get(chunk).is(206).text()).isEqualTo("1;");
    at.user.with("Range", "bytes=100-").get(chunk).is(416);
    assertThat(at.user.get(path + "/raw").is(200).text()).isEqualTo("Hello world");
    at.user.get(path + "/chunks/99").is(404);
    at.user.get(path + "/video").is(404);
    at.user.get(path + "/asciicast").is(404);
  }

  @Test
  void recordingOfOthers_isNotShown() {
    String session = at.psmSession();
    record(session);
    for (String part :
        List.of("", "/chunks", "/chunks/0", "/raw", "/video", "/asciicast", "/artifacts/video")) {
      String path = "/api/v1/recordings/" + session + part;
      at.other.get(path).is(403);
      at.stranger.get(path).is(404);
      at.organisation.get(path).is(404);
      at.anonymous.get(path).is(401);
    }
    assertThat(at.other.get("/api/v1/recordings").is(200).text()).doesNotContain(session);
    assertThat(at.organisation.get("/api/v1/recordings").is(200).text()).doesNotContain(session);
    JsonObject asked = new JsonObject().put("privSessionIds", new JsonArray().add(session));
    assertThat(at.gateway.post(PSM + "GetRecordingProcessStatus", asked).is(200).array())
        .hasSize(1);
    assertThat(at.strangeGateway.post(PSM + "GetRecordingProcessStatus", asked).is(200).array())
        .as("stages of another realm are nobody's business")
        .isEmpty();
    for (String call : List.of("saveclipboard", "savekeystrokes")) {
      at.strangeGateway.post(PSM + call, of(session).put("text", "x")).is(404);
    }
    at.strangeGateway.post(PSM + "savescreenshot", of(session).put("image", PNG)).is(404);
    at.strangeGateway
        .post(PSM + "savesessionrecording", of(session).put("recording", "AA=="))
        .is(404);
  }

  @Test
  void rawRecording_isRepeatableByOffset() {
    String session = at.psmSession();
    JsonObject piece = of(session).put("recording", "SGVsbG8gd29ybGQ=");
    at.gateway.post(PSM + "savesessionrecording", piece.copy().put("offset", 0)).is(200);
    at.gateway.post(PSM + "savesessionrecording", piece.copy().put("offset", 0)).is(200);
    JsonObject gap =
        at.gateway
            .post(PSM + "savesessionrecording", piece.copy().put("offset", 22))
            .is(409)
            .json();
    assertThat(gap.getLong("ExpectedOffset")).isEqualTo(11);
    assertThat(at.user.get("/api/v1/recordings/" + session + "/raw").is(200).text())
        .isEqualTo("Hello world");
  }

  @Test
  void capture_afterTheEnd_isNotStored() {
    String session = at.psmSession();
    end(session);
    assertThat(
            at.gateway
                .post(PSM + "savescreenshot", of(session).put("image", PNG))
                .is(200)
                .json()
                .getBoolean("TerminateSession"))
        .isTrue();
    JsonObject poll = of(session).put("processInstance", GATEWAY);
    assertThat(at.gateway.post(PSM + "Polling", poll).is(200).json().getBoolean("TerminateSession"))
        .isTrue();
    at.gateway.post(PSM + "Polling", poll.copy().put("processInstance", "another")).is(409);
    assertThat(
            at.user
                .get("/api/v1/recordings/" + session)
                .is(200)
                .json()
                .getJsonObject("chunks")
                .getInteger("count"))
        .isZero();
  }

  @Test
  void recording_isEncodedAndUploadedByWorkers() {
    String session = at.psmSession();
    record(session);
    end(session);
    JsonObject claim = claim("EncoderClaim", session);
    String token = claim.getString("ClaimToken");
    assertThat(claim.getInteger("Attempt")).isEqualTo(1);
    assertThat(claim.getInstant("LeaseUntil")).isAfter(Instant.now());
    assertThat(stage(session)).isEqualTo("Encoding");
    JsonObject poll = of(session).put("processInstance", "worker-1");
    assertThat(at.worker.post(PSM + "Polling", poll).is(200).json().getString("Stage"))
        .isEqualTo("Encoding");

    byte[] video = "not really a video".getBytes(StandardCharsets.UTF_8);
    byte[] other = "something else".getBytes(StandardCharsets.UTF_8);
    deliver(session, "video", token, video, other).is(422);
    deliver(session, "video", "zzz", video, video).is(409);
    deliver(session, "poster", token, video, video).is(404);
    JsonObject stored = deliver(session, "video", token, video, video).is(200).json();
    assertThat(stored.getString("sha256")).isEqualTo(HexFormat.of().formatHex(sha256(video)));
    byte[] captions = "WEBVTT\n".getBytes(StandardCharsets.UTF_8);
    deliver(session, "captions", token, captions, captions).is(200);
    byte[] timeline = "{}".getBytes(StandardCharsets.UTF_8);
    deliver(session, "timeline", token, timeline, timeline).is(200);
    deliver(session, "thumbnail", token, video, video).is(200);
    byte[] cast = "{\"version\":2,\"width\":80,\"height\":24}\n".getBytes(StandardCharsets.UTF_8);
    deliver(session, "asciicast", token, cast, cast).is(200);
    report(session, "zzz", "Done-Encoded", new JsonObject()).is(409);
    report(session, token, "Done-Uploaded", new JsonObject()).is(409);
    JsonObject encoded = new JsonObject().put("recordingFormat", ".mp4").put("skippedChunks", 2);
    report(session, token, "Done-Encoded", encoded.copy().put("skippedChunks", -1)).is(400);
    report(session, token, "Done-Encoded", encoded).is(200);
    report(session, token, "Done-Encoded", new JsonObject()).is(200);
    deliver(session, "video", token, other, other).is(409);

    String path = "/api/v1/recordings/" + session;
    assertThat(at.user.get(path + "/video").is(200).text()).isEqualTo("not really a video");
    assertThat(at.user.with("Range", "bytes=4-9").get(path + "/video").is(206).text())
        .isEqualTo("really");
    at.user.get(path + "/captions.vtt").is(200);
    at.user.get(path + "/timeline").is(200);
    at.user.get(path + "/thumbnail").is(200);
    Reply terminal = at.user.get(path + "/asciicast").is(200);
    assertThat(terminal.text()).isEqualTo(new String(cast, StandardCharsets.UTF_8));
    assertThat(terminal.header("Content-Type")).isEqualTo("application/x-asciicast");
    at.user.with("Range", "bytes=0-9").get(path + "/asciicast").is(206);
    assertThat(
            at.admin
                .get("/api/v1/events?types=dev.curfew.recording.encoded&session=" + session)
                .is(200)
                .json()
                .getJsonArray("items")
                .getJsonObject(0)
                .getJsonObject("data")
                .getInteger("skipped"))
        .isEqualTo(2);
    assertThat(
            at.admin
                .get("/api/v1/events?types=dev.curfew.recording.read&session=" + session)
                .text())
        .contains("dev.curfew.recording.read");

    String upload = claim("UploaderClaim", session).getString("ClaimToken");
    assertThat(at.worker.get(path + "/artifacts/video").is(200).text())
        .isEqualTo("not really a video");
    JsonObject done =
        new JsonObject()
            .put("destination", "file:///nowhere/" + session)
            .put("sha256", HexFormat.of().formatHex(sha256(other)));
    report(session, upload, "Done-Uploaded", done).is(422);
    done.put("sha256", HexFormat.of().formatHex(sha256(video)));
    report(session, upload, "Done-Uploaded", done).is(200);
    assertThat(at.user.get(path).is(200).json().getString("destination"))
        .isEqualTo("file:///nowhere/" + session);
    at.admin.post("/api/v1/admin/recordings/" + session + "/retry").is(409);
  }

  @Test
  void claim_isGivenBackUnharmedAndTakenAgain() {
    String session = at.psmSession();
    record(session);
    end(session);
    JsonObject claim = claim("EncoderClaim", session);
    assertThat(claim.getDouble("LeaseSeconds")).isEqualTo(120.0);
    String token = claim.getString("ClaimToken");
    JsonObject poll = of(session).put("processInstance", "worker-1");
    at.worker.post(PSM + "Polling", poll.copy().put("claimToken", token)).is(200);
    at.worker.post(PSM + "Polling", poll.copy().put("claimToken", "zzz")).is(409);
    at.worker.post(PSM + "Polling", poll.copy().put("claimToken", "?")).is(400);

    release(session, "zzz", new JsonObject()).is(409);
    release(session, token, new JsonObject().put("retryAfterSeconds", -1)).is(400);
    release(session, "?", new JsonObject()).is(400);
    at.gateway.post(PSM + "ReleaseClaim", released(session, token)).is(403);
    assertThat(stage(session)).isEqualTo("Encoding");
    release(session, token, new JsonObject().put("reason", "shutting down")).is(200);
    assertThat(stage(session)).isEqualTo("Ended");
    assertThat(release(session, token, new JsonObject()).is(409).json().getString("Stage"))
        .isEqualTo("Ended");
    report(session, token, "Done-Encoded", new JsonObject()).is(409);

    JsonObject again = claim("EncoderClaim", session);
    assertThat(again.getInteger("Attempt")).as("the first one does not count").isEqualTo(1);
    release(session, again.getString("ClaimToken"), new JsonObject().put("retryAfterSeconds", 3600))
        .is(200);
    JsonArray none =
        at.worker
            .post(
                PSM + "EncoderClaim",
                new JsonObject().put("processInstance", "worker-1").put("maxSessions", 100))
            .is(200)
            .json()
            .getJsonArray("SessionIds");
    assertThat(none.contains(session)).as("claimed while it rests").isFalse();
  }

  private static Reply release(String session, String token, JsonObject more) {
    return at.worker.post(PSM + "ReleaseClaim", released(session, token).mergeIn(more));
  }

  private static JsonObject released(String session, String token) {
    return new JsonObject()
        .put("privSessionId", session)
        .put("processInstance", "worker-1")
        .put("claimToken", token);
  }

  @Test
  void manifest_bringsTheTextsAlongWhereTheyAreAskedFor() {
    String session = at.psmSession();
    record(session);
    String path = "/api/v1/recordings/" + session;
    JsonArray items =
        at.worker.get(path + "/chunks?text=true").is(200).json().getJsonArray("items");
    assertThat(items.stream().map(item -> ((JsonObject) item).getString("text")))
        .containsExactly("select 1;", "copied", null, null);
    assertThat(at.worker.get(path + "/chunks?text=false").is(200).text()).doesNotContain("copied");
    at.worker.get(path + "/chunks?text=maybe").is(400);
    assertThat(at.worker.get(path + "/chunks?kind=clipboard&text=true").is(200).text())
        .contains("copied")
        .doesNotContain("select");
    at.worker.get(path + "/chunks?kind=mouse").is(400);
    assertThat(at.worker.get(path).is(200).json().getString("title")).startsWith("Session ");
    assertThat(at.worker.get(PSM + "GetPAMSettings").is(200).json().getValue("PSMEncryptionKey"))
        .isNull();
  }

  @Test
  void manifest_endsAPageOfTextsEarlyAndGoesOnFromThere() {
    String session = at.psmSession();
    for (int i = 0; i < 3; i++) {
      at.gateway
          .post(PSM + "saveclipboard", of(session).put("text", (i + "-").repeat(300_000)))
          .is(200);
    }
    String path = "/api/v1/recordings/" + session + "/chunks?text=true&limit=3";
    JsonObject first = at.worker.get(path).is(200).json();
    assertThat(first.getJsonArray("items")).hasSize(1);
    JsonObject second = at.worker.get(path + "&after=" + first.getString("next")).is(200).json();
    assertThat(second.getJsonArray("items").getJsonObject(0).getString("text")).startsWith("1-");
    JsonObject third = at.worker.get(path + "&after=" + second.getString("next")).is(200).json();
    assertThat(third.getJsonArray("items").getJsonObject(0).getInteger("seq")).isEqualTo(3);
    assertThat(third.getString("next")).isNull();
  }

  @Test
  void workerOfTheInstallation_mayReadWhatItClaims() {
    String session =
        at.session(
            new JsonObject()
                .put("userId", at.strangerRecord.getString("id"))
                .put("kind", "psm")
                .put("processInstance", GATEWAY));
    at.strangeGateway
        .post(PSM + "SaveKeyStrokes", of(session).put("text", "another realm's"))
        .is(200);
    at.strangeGateway.post(PSM + "EndSession", of(session).put("processInstance", GATEWAY)).is(200);
    String token = claim("EncoderClaim", session).getString("ClaimToken");

    String path = "/api/v1/recordings/" + session;
    assertThat(at.worker.get(path + "/chunks/1").is(200).text()).isEqualTo("another realm's");
    at.user.get(path + "/chunks/1").is(404);
    JsonObject poll = of(session).put("processInstance", "worker-1");
    at.worker.post(PSM + "Polling", poll).is(200);
    at.gateway.post(PSM + "Polling", poll).is(404);
    byte[] captions = "WEBVTT\n".getBytes(StandardCharsets.UTF_8);
    deliver(session, "captions", token, captions, captions).is(200);
    report(session, token, "Done-Encoded", new JsonObject()).is(200);
  }

  @Test
  void failedRecording_isTriedAgainByAnAdministrator() {
    String session = at.psmSession();
    record(session);
    end(session);
    String token = claim("EncoderClaim", session).getString("ClaimToken");
    report(session, token, "Failed", new JsonObject().put("failure", "no codec")).is(200);
    assertThat(stage(session)).isEqualTo("Failed");
    at.organisation.post("/api/v1/admin/recordings/" + session + "/retry").is(404);
    at.user.post("/api/v1/admin/recordings/" + session + "/retry").is(403);
    assertThat(
            at.admin
                .post("/api/v1/admin/recordings/" + session + "/retry")
                .is(200)
                .json()
                .getString("stage"))
        .isEqualTo("Ended");
  }

  // Verification

  @Test
  void recording_isVerifiedAndThatIsAudited() {
    String session = at.psmSession();
    record(session);
    String path = "/api/v1/recordings/" + session + "/verification";
    at.anonymous.get(path).is(401);
    at.other.get(path).is(403);
    at.stranger.get(path).is(404);
    at.worker.get(path).is(403);
    at.user.get(path + "?waitSeconds=61").is(400);
    end(session);
    JsonObject found = at.user.get(path).is(200).json();
    assertThat(found.getString("result")).isEqualTo("intact");
    assertThat(found.getJsonObject("manifest").getLong("lines")).isPositive();
    assertThat(found.getJsonObject("contents").getLong("verified"))
        .isEqualTo(found.getJsonObject("manifest").getLong("lines"));
    assertThat(at.admin.get("/api/v1/events?session=" + session + "&limit=500").is(200).text())
        .contains("dev.curfew.recording.read")
        .contains("\"verification\"");
  }

  /**
   * PITFALLS 17: a gateway that dies leaves no end marker. Its session ends by its silence, and the
   * recording is listed, whole, verifiable and handed to an encoder like any other.
   */
  @Test
  void recordingOfAGatewayThatDied_isListedVerifiedAndEncoded() {
    int policy =
        at.admin
            .post(
                "/api/v1/admin/policies",
                new JsonObject().put("name", "short-silence").put("staleAfter", "2s"))
            .is(201)
            .json()
            .getInteger("id");
    String session =
        at.session(
            new JsonObject()
                .put("kind", "psm")
                .put("durationSeconds", 600)
                .put("policy", policy)
                .put("processInstance", GATEWAY));
    record(session);
    Await.until("the session was given up", () -> stage(session).equals("Ended"));
    assertThat(
            at.admin.get("/api/v1/admin/sessions/" + session).is(200).json().getString("endReason"))
        .isEqualTo("lost");
    JsonObject listed =
        at.admin
            .get("/api/v1/recordings?session=" + session)
            .is(200)
            .json()
            .getJsonArray("items")
            .getJsonObject(0);
    assertThat(listed.getString("stage")).isEqualTo("Ended");
    assertThat(listed.getString("endedAt")).isNotNull();
    JsonObject verified =
        at.admin.get("/api/v1/recordings/" + session + "/verification").is(200).json();
    assertThat(verified.getString("result")).isEqualTo("intact");
    assertThat(verified.getJsonObject("manifest").getLong("lines"))
        .isEqualTo(listed.getJsonObject("chunks").getLong("count"))
        .isPositive();
    String token = claim("EncoderClaim", session).getString("ClaimToken");
    report(session, token, "Done-Encoded", new JsonObject()).is(200);
    assertThat(stage(session)).isEqualTo("Done-Encoded");
  }

  // Searching

  private static List<JsonObject> found(Caller caller, String text) {
    return caller
        .get("/api/v1/recordings?text=" + URLEncoder.encode(text, StandardCharsets.UTF_8))
        .is(200)
        .json()
        .getJsonArray("items")
        .stream()
        .map(JsonObject.class::cast)
        .toList();
  }

  private static void type(String session, String text) {
    for (String key : text.split("")) {
      at.gateway.post(PSM + "SaveKeyStrokes", of(session).put("text", key)).is(200);
    }
    at.gateway.post(PSM + "SaveKeyStrokes", of(session).put("text", "Enter")).is(200);
  }

  @Test
  void typedAndCopiedText_isFoundWithTheTimeOfEachHit() {
    String session = at.session(new JsonObject().put("kind", "psm").put("durationSeconds", 600));
    at.gateway.post(PSM + "savescreenshot", of(session).put("image", PNG)).is(200);
    type(session, "sudo cat /etc/shadow7");
    at.gateway
        .post(PSM + "saveclipboard", of(session).put("text", "GRANT ALL ON ledger7 TO mallory7"))
        .is(200);
    assertThat(found(at.admin, "shadow7")).as("not before it has ended").isEmpty();
    end(session);
    Await.until("its text was taken in", () -> !found(at.admin, "shadow7").isEmpty());

    JsonObject typed = found(at.admin, "\"etc shadow7\" sudo").get(0);
    assertThat(typed.getString("sessionId")).isEqualTo(session);
    assertThat(typed.getInteger("hitCount")).isEqualTo(1);
    JsonObject hit = typed.getJsonArray("hits").getJsonObject(0);
    assertThat(hit.getString("kind")).isEqualTo("keystrokes");
    assertThat(hit.getString("text")).isEqualTo("sudo cat /etc/shadow7");
    assertThat(hit.getLong("offsetMillis")).isBetween(0L, 60_000L);
    assertThat(found(at.admin, "LEDGER7 or nowhere7"))
        .singleElement()
        .satisfies(
            copied ->
                assertThat(copied.getJsonArray("hits").getJsonObject(0).getString("kind"))
                    .isEqualTo("clipboard"));
    assertThat(found(at.admin, "shadow7 ledger7")).as("two lines").isEmpty();
    assertThat(found(at.admin, "shadow7 -sudo")).isEmpty();

    JsonObject searched =
        at
            .admin
            .get("/api/v1/events?types=dev.curfew.audit.searched&limit=500")
            .is(200)
            .json()
            .getJsonArray("items")
            .stream()
            .map(event -> ((JsonObject) event).getJsonObject("data"))
            .filter(data -> data.getString("text").equals("LEDGER7 or nowhere7"))
            .findFirst()
            .orElseThrow();
    assertThat(searched.getJsonArray("sessions")).containsExactly(session);
    assertThat(searched.getJsonObject("by").getString("name")).isEqualTo("admin");
  }

  private static void switchSearch(boolean on) {
    String change = new JsonObject().put("recordingSearch", on).encode();
    Reply realm = at.admin.send("PATCH", "/api/v1/admin/realms/root", change).is(200);
    assertThat(realm.json().getBoolean("recordingSearch")).isEqualTo(on);
  }

  @Test
  void search_isSwitchedOffForARealm() {
    String session = at.session(new JsonObject().put("kind", "psm").put("durationSeconds", 600));
    type(session, "vi secret8");
    end(session);
    Await.until("its text was taken in", () -> !found(at.admin, "secret8").isEmpty());
    try {
      switchSearch(false);
      at.admin.get("/api/v1/recordings?text=secret8").is(403);
    } finally {
      switchSearch(true);
    }
    Await.until("it is found again", () -> !found(at.admin, "secret8").isEmpty());
  }

  @Test
  void searchForNothing_isRefusedNamingTheField() {
    for (String text : List.of("%20", "-sudo", "or", "!%22%27", "a".repeat(201))) {
      assertThat(at.admin.get("/api/v1/recordings?text=" + text).is(400).text()).contains("text");
    }
  }
}
