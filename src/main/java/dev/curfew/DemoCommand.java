package dev.curfew;

import dev.curfew.client.AlertStream;
import dev.curfew.client.ApiClient;
import dev.curfew.client.ApiFailure;
import dev.curfew.client.Replay;
import dev.curfew.client.Terminal;
import dev.curfew.config.ConfigLoader;
import dev.curfew.config.CurfewConfig;
import dev.curfew.config.Secret;
import dev.curfew.replay.CaptureReader;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the whole of it in about a minute: a node, a session, its warning, its end, its video. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Starts a node of its own with an embedded PostgreSQL on free loopback ports, opens a",
      "checkout and its session over the public API, plays a real captured session into it as a",
      "gateway, and shows what happens: the warnings, an extension, one refused, the end on the",
      "deadline, the video being encoded and stored. Takes about 70 seconds."
    })
final class DemoCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Option(
      names = "--speed",
      paramLabel = "N",
      defaultValue = "4",
      description = "How much faster than it was captured. Default: ${DEFAULT-VALUE}.")
  private double speed = 4;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where to keep everything. Default: a new temporary directory.")
  private @Nullable Path data;

  @Option(names = "--keep", description = "Keep the node running afterwards.")
  private boolean keep;

  private final Terminal terminal = Terminal.standard();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Speeds.require(speed);
    CurfewConfig config = config();
    LogOutput.apply(config.logging());
    terminal.step("A node with its own PostgreSQL");
    try (NodeProcess node = NodeProcess.start(config)) {
      String key =
          node.generatedKey()
              .or(() -> config.bootstrap().adminKey())
              .map(Secret::reveal)
              .orElseThrow(
                  () ->
                      new ApiFailure(
                          0,
                          "the data directory has an installation whose key is not known here;"
                              + " set CURFEW_BOOTSTRAP_ADMIN_KEY or take another --data"));
      terminal.line("listens on " + node.url());
      terminal.line("database   " + node.database());
      terminal.line("data in    " + node.dataDirectory());
      ApiClient api = new ApiClient(node.url(), key);

      terminal.step("A privileged session, played by a gateway");
      Replay.Played played =
          new Replay(api, terminal, speed)
              .run(CaptureReader.bundled(CaptureReader.DBA_MAINTENANCE));

      terminal.step("Its recording");
      JsonObject recording = awaitStored(api, played.sessionId());

      summary(api, played, recording);
      if (keep) {
        stayUp(node, key);
      }
    }
    return 0;
  }

  private CurfewConfig config() throws IOException {
    Path chosen = data;
    Path directory = chosen == null ? Files.createTempDirectory("curfew-demo-") : chosen;
    return new ConfigLoader()
        .fallback(
            Map.of(
                "http.port",
                "0",
                "bridge.port",
                "0",
                "data.dir",
                directory.toAbsolutePath().toString(),
                "logging.level",
                "warn"))
        .environment(System.getenv())
        .load();
  }

  /** Watches encoder and uploader until the recording is at its destination. */
  private JsonObject awaitStored(ApiClient api, String session) throws InterruptedException {
    long giveUpAt = System.nanoTime() + PATIENCE.toNanos();
    String shown = "";
    while (System.nanoTime() < giveUpAt) {
      JsonObject recording = api.get("/api/v1/recordings/" + session);
      String stage = recording.getString("stage");
      if (!stage.equals(shown)) {
        tell(shown, stage, recording);
        shown = stage;
      }
      if (stage.equals("Done-Uploaded")) {
        return recording;
      }
      if (stage.equals("Failed")) {
        throw new ApiFailure(0, "the recording failed: " + recording.getString("failure"));
      }
      Double progress = recording.getDouble("progress");
      if (progress != null) {
        terminal.status(String.format(Locale.ROOT, "%-10s %s", stage, Terminal.bar(progress)));
      }
      Thread.sleep(20);
    }
    throw new ApiFailure(0, "the recording is still " + shown + " after " + PATIENCE);
  }

  private void tell(String before, String stage, JsonObject recording) {
    if (before.equals("Encoding") || before.equals("Uploading")) {
      terminal.line(String.format(Locale.ROOT, "%-10s %s", before, Terminal.bar(1)));
    }
    String owner = recording.getString("owner");
    terminal.at(
        System.currentTimeMillis(),
        stage + (stage.endsWith("ing") && owner != null ? ", claimed by " + owner : ""));
  }

  private void summary(ApiClient api, Replay.Played played, JsonObject recording) {
    terminal.step("Summary");
    terminal.line("session " + played.sessionId() + ", " + played.heartbeats() + " heartbeats");
    JsonArray log =
        api.get("/api/v1/events?session=" + played.sessionId() + "&limit=200")
            .getJsonArray("items");
    for (int i = 0; i < log.size(); i++) {
      JsonObject event = log.getJsonObject(i);
      JsonObject about = event.getJsonObject("data");
      Object late = about.getValue("latenessMillis");
      terminal.line(
          String.format(
              Locale.ROOT,
              "  %s  %-22s%s",
              event.getString("time"),
              event.getString("type").replace("dev.curfew.", ""),
              late == null ? "" : " " + late + " ms after its deadline"));
    }
    told(played.events(), played.expiresAt());
    terminal.line("files at " + recording.getString("destination"));
    Path video = null;
    for (Object item : recording.getJsonArray("artifacts")) {
      JsonObject artifact = (JsonObject) item;
      String name =
          RecordingsCommand.fileName(
              artifact.getString("kind"), artifact.getString("contentType", ""));
      terminal.line(
          String.format(
              Locale.ROOT,
              "  %-15s %9d bytes  sha256 %s",
              name,
              artifact.getLong("size"),
              artifact.getString("sha256")));
      if (name.equals("video.mp4")) {
        video = Path.of(recording.getString("destination")).resolve(name);
      }
    }
    if (video == null || !Files.isRegularFile(video)) {
      throw new ApiFailure(0, "the video is not at its destination");
    }
    terminal.line("play it    ffplay " + video);
  }

  /** How soon a client knew of the end. */
  private void told(List<AlertStream.Alert> alerts, long deadline) {
    for (AlertStream.Alert alert : alerts) {
      if (alert.type().equals("dev.curfew.session.expired")) {
        long decided = Instant.parse(alert.event().getString("time")).toEpochMilli();
        terminal.line(
            "ended "
                + (decided - deadline)
                + " ms after the deadline; told over the WebSocket "
                + (alert.arrivedAt() - deadline)
                + " ms after it");
      }
    }
  }

  private void stayUp(NodeProcess node, String key) throws InterruptedException {
    terminal.step("Still running; Ctrl-C ends it");
    terminal.line("export CURFEW_CLIENT_URL=" + node.url() + " CURFEW_CLIENT_KEY=" + key);
    new CountDownLatch(1).await();
  }
}
