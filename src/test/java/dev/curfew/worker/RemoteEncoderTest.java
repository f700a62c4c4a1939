package dev.curfew.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.TestNode;
import dev.curfew.client.ApiClient;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.recording.DemuxedVideo;
import dev.curfew.testing.Await;
import dev.curfew.testing.CaptureSessions;
import dev.curfew.testing.DirectSql;
import dev.curfew.worker.TroubledLine.Trouble;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An encoder elsewhere, on a line that fails in every way, and a node that has none of its own. */
class RemoteEncoderTest {
  private static final Duration LONG = Duration.ofSeconds(180);
  private static final String PSM = "/api/services/v1/secureaccessgateway/";
  private static final String ROLES = "api,sessions,claims,watchdog,alerts,delivery";

  @TempDir static Path shared;
  private static TestNode node;
  private static ApiClient admin;
  private static CaptureSessions sessions;
  private static String workerKey;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    node =
        TestNode.start(
            Map.of(
                "node.roles",
                ROLES,
                "recording.lease",
                "10s",
                "data.dir",
                shared.resolve("node").toString()));
    admin = new ApiClient(node.url(), node.adminKey());
    sessions = new CaptureSessions(admin);
    workerKey =
        admin
            .post(
                "/api/v1/api-keys",
                new JsonObject()
                    .put("name", "encoder")
                    .put("scopes", new JsonArray().add("recording:encode")))
            .getString("plainTextKey");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  /** An encoder as a process has it, with an event loop of its own. */
  private final class Running implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final WorkDirectory directory = WorkDirectory.open(folder.resolve("work"), "encoder-1");
    private final RemoteEncoder encoder;
    private final String deployment;

    Running(String url, String key, boolean once) {
      encoder =
          new RemoteEncoder(
              new RemoteEncoder.Options(
                  NodeAddress.of(url, Secret.of(key), null), "encoder-1", 1, once),
              directory);
      deployment = Await.result(vertx.deployVerticle(encoder));
    }

    /** Waits until there is nothing left to do. */
    void end() {
      try {
        encoder.ended().await(LONG.toSeconds(), TimeUnit.SECONDS);
      } catch (TimeoutException late) {
        throw new AssertionError("the encoder does not end", late);
      }
    }

    Future<Void> undeploy() {
      return vertx.undeploy(deployment);
    }

    @Override
    public void close() throws IOException {
      Await.result(vertx.close());
      directory.close();
    }
  }

  private static void download(String session, String kind, Path to) {
    admin.download("/api/v1/recordings/" + session + "/artifacts/" + kind, to);
  }

  @Test
  void realCapture_encodedElsewhere_isWhatTheNodeItselfMakesOfIt() throws Exception {
    String here = sessions.ended();
    try (Running encoder = new Running(node.url(), workerKey, true)) {
      encoder.end();
    }
    assertThat(sessions.stage(here)).isEqualTo("Done-Encoded");
    try (TestNode other = TestNode.start(Map.of("node.roles", ROLES + ",encoder"))) {
      ApiClient client = new ApiClient(other.url(), other.adminKey());
      CaptureSessions there = new CaptureSessions(client);
      String local = there.ended();
      Await.until("encoded", LONG, () -> there.stage(local).equals("Done-Encoded"));
      for (String kind : List.of("video", "captions", "timeline", "thumbnail")) {
        client.download(
            "/api/v1/recordings/" + local + "/artifacts/" + kind, folder.resolve("local." + kind));
        download(here, kind, folder.resolve("remote." + kind));
      }
    }
    DemuxedVideo remote = DemuxedVideo.read(folder.resolve("remote.video"), Set.of());
    DemuxedVideo local = DemuxedVideo.read(folder.resolve("local.video"), Set.of());
    assertThat(remote.frameMillis()).hasSizeGreaterThan(20).isEqualTo(local.frameMillis());
    assertThat(remote.durationMillis()).isEqualTo(local.durationMillis());
    assertThat(untitled(folder.resolve("remote.captions")))
        .isEqualTo(untitled(folder.resolve("local.captions")));
    assertThat(folder.resolve("remote.thumbnail"))
        .hasSameBinaryContentAs(folder.resolve("local.thumbnail"));
  }

  /** What somebody else's statement has locked is passed by, and is no less to be done. */
  @Test
  void recordingLockedForAMoment_isNotTakenForNothingToDo() throws Exception {
    String session = sessions.ended();
    AtomicInteger claims = new AtomicInteger();
    Function<HttpServerRequest, Trouble> plan =
        request -> {
          claims.addAndGet(request.path().endsWith("EncoderClaim") ? 1 : 0);
          return Trouble.NONE;
        };
    try (DirectSql indexer = node.sql().begin();
        TroubledLine line = new TroubledLine(node.url(), plan)) {
      indexer.run(
          "UPDATE recording SET text_indexed_at = NULL WHERE session_id = ?::uuid", session);
      try (Running encoder = new Running(line.url(), workerKey, true)) {
        Await.until("it has asked", LONG, () -> claims.get() > 0);
        JsonObject claimed =
            admin.post(
                PSM + "EncoderClaim",
                new JsonObject().put("processInstance", "another").put("maxSessions", 1));
        assertThat(claimed.getJsonArray("Claims")).isEmpty();
        indexer.rollback();
        encoder.end();
      }
    }
    assertThat(sessions.stage(session)).isEqualTo("Done-Encoded");
  }

  /** The title has the number of the session, which is another on each node. */
  private static String untitled(Path captions) throws IOException {
    return Files.readString(captions).replaceFirst("Session \\d+", "Session");
  }

  @Test
  void everyKindOfTrouble_isGoneThrough_andCostsNoAttempt() throws Exception {
    String session = sessions.ended();
    Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
    Function<HttpServerRequest, Trouble> plan =
        request -> {
          String call =
              request.path().replaceAll(".*/(chunks/.*)", "chunks/").replaceAll(".*/", "");
          int times = asked.computeIfAbsent(call, any -> new AtomicInteger()).incrementAndGet();
          return switch (call) {
            case "GetPAMSettings" -> nth(times, Trouble.CUT, Trouble.AWAY);
            case "EncoderClaim" -> nth(times, Trouble.BUSY);
            case "chunks" -> nth(times, Trouble.AWAY, Trouble.CUT_IN_ANSWER, Trouble.BUSY);
            case "" -> nth(times, Trouble.CUT, Trouble.CUT_IN_ANSWER, Trouble.DEFECT, Trouble.AWAY);
            case "video" -> nth(times, Trouble.CUT, Trouble.AWAY, Trouble.DEFECT);
            case "captions" -> nth(times, Trouble.CUT_IN_ANSWER);
            case "UpdateRecordingProcessStatus" ->
                nth(times, Trouble.CUT, Trouble.CUT_IN_ANSWER, Trouble.AWAY);
            case "Polling" -> nth(times, Trouble.CUT, Trouble.BUSY);
            default -> times == 1 && call.length() == 36 ? Trouble.CUT : Trouble.NONE;
          };
        };
    try (TroubledLine line = new TroubledLine(node.url(), plan);
        Running encoder = new Running(line.url(), workerKey, true)) {
      encoder.end();
    }
    JsonObject recording = sessions.recording(session);
    assertThat(recording.getString("stage")).isEqualTo("Done-Encoded");
    assertThat(recording.getString("failure")).isNull();
    download(session, "timeline", folder.resolve("timeline.json"));
    assertThat(skipped(folder.resolve("timeline.json"))).isEmpty();
    assertThat(events(session)).containsExactly("encoding", "encoded");
    assertThat(folder.resolve("work/encoder-1")).doesNotExist();
  }

  private static Trouble nth(int times, Trouble... troubles) {
    return times <= troubles.length ? troubles[times - 1] : Trouble.NONE;
  }

  private static JsonArray skipped(Path timeline) throws IOException {
    return new JsonObject(Files.readString(timeline)).getJsonArray("skipped");
  }

  /** What happened to a recording, by the last word of each event's type. */
  private static List<String> events(String session) {
    return admin
        .get("/api/v1/events?session=" + session + "&limit=100")
        .getJsonArray("items")
        .stream()
        .map(event -> ((JsonObject) event).getString("type"))
        .filter(type -> type.startsWith("dev.curfew.recording."))
        .map(type -> type.substring(type.lastIndexOf('.') + 1))
        .filter(type -> !type.equals("read") && !type.equals("captured"))
        .toList();
  }

  /** PITFALLS 19: what is no longer its own, an encoder stops at once and writes nothing more. */
  @Test
  void lostLease_stopsTheWorkAndTheRecordingIsEncodedAgain() {
    String session = sessions.ended();
    AtomicBoolean hold = new AtomicBoolean(true);
    AtomicInteger delivered = new AtomicInteger();
    AtomicInteger claims = new AtomicInteger();
    Function<HttpServerRequest, Trouble> plan =
        request -> {
          if (request.path().endsWith("EncoderClaim")) {
            claims.incrementAndGet();
          } else if (request.method().name().equals("PUT") && hold.get()) {
            delivered.incrementAndGet();
          }
          return hold.get() && request.path().contains("/chunks/") ? Trouble.AWAY : Trouble.NONE;
        };
    try (TroubledLine line = new TroubledLine(node.url(), plan);
        Running encoder = new Running(line.url(), workerKey, true)) {
      Await.until("claimed", LONG, () -> sessions.stage(session).equals("Encoding"));
      admin.post(
          PSM + "ReleaseClaim",
          new JsonObject().put("privSessionId", session).put("processInstance", "encoder-1"));
      Await.until("it has let go and claims again", LONG, () -> claims.get() == 2);
      assertThat(delivered).hasValue(0);
      hold.set(false);
      encoder.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(sessions.stage(session)).isEqualTo("Done-Encoded");
    assertThat(events(session)).containsExactly("encoding", "requeued", "encoding", "encoded");
  }

  /**
   * PITFALLS 22: the claim goes back after the work has stopped, and the attempt does not count.
   */
  @Test
  void stopped_givesItsClaimBackAndTheAttemptDoesNotCount() throws Exception {
    String session = sessions.ended();
    Function<HttpServerRequest, Trouble> plan =
        request -> request.path().contains("/chunks/") ? Trouble.AWAY : Trouble.NONE;
    try (TroubledLine line = new TroubledLine(node.url(), plan);
        Running encoder = new Running(line.url(), workerKey, false)) {
      Await.until("claimed", LONG, () -> sessions.stage(session).equals("Encoding"));
      Await.result(encoder.undeploy());
    }
    JsonObject recording = sessions.recording(session);
    assertThat(recording.getString("stage")).isEqualTo("Ended");
    assertThat(recording.getInteger("attempt")).isZero();
    try (Running encoder = new Running(node.url(), workerKey, true)) {
      encoder.end();
    }
    assertThat(sessions.stage(session)).isEqualTo("Done-Encoded");
  }

  @Test
  void chunkThatIsMissingOrCutShort_isDamageAndTheRestIsEncoded() throws Exception {
    String session = sessions.ended();
    List<Path> images = images(session);
    Files.delete(images.get(3));
    byte[] whole = Files.readAllBytes(images.get(5));
    Files.write(images.get(5), java.util.Arrays.copyOf(whole, whole.length / 2));
    Files.write(images.get(7), new byte[whole.length]);
    try (Running encoder = new Running(node.url(), workerKey, true)) {
      encoder.end();
    }
    assertThat(sessions.stage(session)).isEqualTo("Done-Encoded");
    download(session, "timeline", folder.resolve("timeline.json"));
    assertThat(skipped(folder.resolve("timeline.json"))).hasSize(3);
  }

  private static List<Path> images(String session) throws IOException {
    try (Stream<Path> files = Files.walk(shared.resolve("node"))) {
      return files
          .filter(file -> file.toString().contains(session))
          .filter(file -> file.toString().endsWith(".png"))
          .sorted()
          .toList();
    }
  }

  @Test
  void keyThatIsNotAccepted_endsTheEncoder() throws Exception {
    try (Running encoder = new Running(node.url(), "crfw_nobody", false)) {
      assertThat(Await.failure(encoder.encoder.ended()))
          .isInstanceOfSatisfying(
              CurfewException.class,
              failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAUTHENTICATED))
          .hasMessageContaining("401");
    }
  }

  @Test
  void keyThatIsWithdrawnWhileItWorks_endsTheEncoder() throws Exception {
    AtomicBoolean withdrawn = new AtomicBoolean();
    JsonObject key =
        admin.post(
            "/api/v1/api-keys",
            new JsonObject()
                .put("name", "short-lived")
                .put("scopes", new JsonArray().add("recording:encode")));
    String session = sessions.ended();
    Function<HttpServerRequest, Trouble> plan =
        request ->
            !withdrawn.get() && request.path().contains("/chunks/") ? Trouble.AWAY : Trouble.NONE;
    try (TroubledLine line = new TroubledLine(node.url(), plan);
        Running encoder = new Running(line.url(), key.getString("plainTextKey"), false)) {
      Await.until("claimed", LONG, () -> sessions.stage(session).equals("Encoding"));
      admin.delete("/api/v1/api-keys/" + key.getValue("id"));
      withdrawn.set(true);
      assertThat(Await.failure(encoder.encoder.ended())).hasMessageContaining("401");
    }
    admin.post(
        PSM + "ReleaseClaim",
        new JsonObject().put("privSessionId", session).put("processInstance", "encoder-1"));
    try (Running encoder = new Running(node.url(), workerKey, true)) {
      encoder.end();
    }
    assertThat(sessions.stage(session)).isEqualTo("Done-Encoded");
  }
}
