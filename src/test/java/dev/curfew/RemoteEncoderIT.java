package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.client.ApiClient;
import dev.curfew.recording.DemuxedVideo;
import dev.curfew.testing.Await;
import dev.curfew.testing.CaptureSessions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program as encoders beside a node that has none of its own. */
class RemoteEncoderIT {
  private static final Duration LONG = Duration.ofSeconds(90);

  @TempDir Path directory;
  private TestNode node;
  private ApiClient admin;
  private CaptureSessions sessions;
  private String key;
  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void start() {
    node =
        TestNode.start(
            Map.of(
                "node.roles", "api,sessions,claims,uploader,watchdog,alerts,delivery",
                "recording.lease", "1s",
                "watchdog.interval", "1s",
                "watchdog.limits.encoding", "2s"));
    admin = new ApiClient(node.url(), node.adminKey());
    sessions = new CaptureSessions(admin);
    key =
        admin
            .post(
                "/api/v1/api-keys",
                new JsonObject()
                    .put("name", "encoder")
                    .put("scopes", new JsonArray().add("recording:encode")))
            .getString("plainTextKey");
  }

  @AfterEach
  void stop() throws InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly();
      process.waitFor(30, TimeUnit.SECONDS);
    }
    node.close();
  }

  private Process encoder(String name, String... more) throws IOException {
    Path place = Files.createDirectories(directory.resolve(name));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "encoder",
                "--url",
                node.url(),
                "--instance",
                name,
                "--work-dir",
                directory.resolve("work").toString()));
    arguments.addAll(List.of(more));
    Process process =
        CurfewJar.start(place, Map.of("CURFEW_CLIENT_KEY", key), arguments.toArray(String[]::new));
    processes.add(process);
    return process;
  }

  private String says(String name) throws IOException {
    return Files.readString(directory.resolve(name).resolve("curfew.txt"));
  }

  private List<String> owners(List<String> recordings) {
    return recordings.stream()
        .map(sessions::recording)
        .filter(recording -> recording.getString("stage").equals("Encoding"))
        .map(recording -> recording.getString("owner"))
        .toList();
  }

  /** PITFALLS 20, 21 and 22, with processes that are killed and told to stop. */
  @Test
  void encodersSideBySide_oneKilledAndOneStopped_loseNothing() throws Exception {
    List<String> recordings = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      recordings.add(sessions.captured());
    }
    Process killed = encoder("killed");
    Process stopped = encoder("stopped");
    Await.until(
        "both wait for work",
        LONG,
        () ->
            says("killed").contains(" encodes for ") && says("stopped").contains(" encodes for "));
    recordings.forEach(sessions::end);
    Await.until(
        "both are at work",
        LONG,
        () -> owners(recordings).containsAll(List.of("killed", "stopped")));
    killed.destroyForcibly();
    stopped.destroy();
    assertThat(stopped.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(stopped.exitValue()).as(says("stopped")).isZero();
    assertThat(says("stopped")).contains("Claimed the recording");
    assertThat(owners(recordings)).as("given back at once").doesNotContain("stopped");
    assertThat(killed.waitFor(30, TimeUnit.SECONDS)).isTrue();

    encoder("last", "--parallel", "2");
    for (String recording : recordings) {
      Await.until(
          () -> sessions.recording(recording).encode(),
          LONG,
          () -> sessions.stage(recording).equals("Done-Uploaded"));
    }
    Path video = directory.resolve("video.mp4");
    admin.download("/api/v1/recordings/" + recordings.get(0) + "/video", video);
    assertThat(DemuxedVideo.read(video, Set.of()).frameMillis()).hasSizeGreaterThan(20);
    List<String> reasons = new ArrayList<>();
    for (String recording : recordings) {
      for (Object event :
          admin
              .get(
                  "/api/v1/events?limit=100&types=dev.curfew.recording.requeued&session="
                      + recording)
              .getJsonArray("items")) {
        reasons.add(((JsonObject) event).getJsonObject("data").getString("reason"));
      }
    }
    assertThat(reasons)
        .as("the watchdog put back what the killed one had")
        .anyMatch(reason -> reason.contains("silent"));
    assertThat(directory.resolve("work").resolve("killed")).as("swept by the last").doesNotExist();
  }

  @Test
  void finish_finishesThePresentRecordingFirst_andOnceEndsByItself() throws Exception {
    String first = sessions.ended();
    Process finishing = encoder("finishing", "--finish");
    Await.until("at work", LONG, () -> !sessions.stage(first).equals("Ended"));
    finishing.destroy();
    assertThat(finishing.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(finishing.exitValue()).as(says("finishing")).isZero();
    assertThat(sessions.stage(first)).isIn("Done-Encoded", "Uploading", "Done-Uploaded");

    String second = sessions.ended();
    Process once = encoder("once", "--once");
    assertThat(once.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(once.exitValue()).as(says("once")).isZero();
    assertThat(sessions.stage(second)).isIn("Done-Encoded", "Uploading", "Done-Uploaded");
  }

  @Test
  void keyThatIsNotAccepted_isAClearMessageAndAnExitCode() throws Exception {
    CurfewJar.Run run =
        CurfewJar.run(
            directory,
            Map.of(),
            "encoder",
            "--url",
            node.url(),
            "--key",
            "crfw_nobody",
            "--work-dir",
            directory.resolve("work").toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.output()).contains("401").doesNotContain("crfw_nobody", "\tat ");
    CurfewJar.Run keyless = CurfewJar.run(directory, Map.of(), "encoder", "--url", node.url());
    assertThat(keyless.exitCode()).isEqualTo(2);
    assertThat(keyless.output()).contains("--key");
  }
}
