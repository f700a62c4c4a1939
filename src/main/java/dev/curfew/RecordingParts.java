package dev.curfew;

import dev.curfew.bus.Bus;
import dev.curfew.bus.Claims;
import dev.curfew.config.CurfewConfig;
import dev.curfew.config.NodeRole;
import dev.curfew.recording.EncoderWorker;
import dev.curfew.recording.ImageLimits;
import dev.curfew.recording.NodeRecordings;
import dev.curfew.recording.RecordingOptions;
import dev.curfew.recording.RecordingSurroundings;
import dev.curfew.recording.Recordings;
import dev.curfew.recording.UploaderWorker;
import dev.curfew.store.Database;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

/** The recording side of a node: its stores, and the workers that its roles ask for. */
final class RecordingParts {
  private static final Duration FIRST_RETRY = Duration.ofSeconds(2);

  private final CurfewConfig config;
  private final RecordingSurroundings around;
  private final Recordings recordings;

  private RecordingParts(CurfewConfig config, RecordingSurroundings around) {
    this.config = config;
    this.around = around;
    this.recordings = new NodeRecordings(around);
  }

  /** Clears what a killed process left: blocking, once at the start. */
  static RecordingParts open(
      Vertx vertx, CurfewConfig config, RecordingStores stores, Database database, Bus bus) {
    RecordingSurroundings around =
        new RecordingSurroundings(
            vertx, database, bus, stores.raw(), stores.finished(), options(config));
    around.clearLeftovers();
    return new RecordingParts(config, around);
  }

  private static RecordingOptions options(CurfewConfig config) {
    CurfewConfig.Limits limits = config.limits();
    return new RecordingOptions(
        config.recording().lease(),
        config.recording().maxAttempts(),
        FIRST_RETRY,
        config.recording().workDirectory(),
        config.recording().localRetention(),
        config.psm().encodingEnabled(),
        config.psm().recordKeystrokes(),
        config.psm().captureClipboard(),
        new ImageLimits(
            Math.toIntExact(limits.screenshot().bytes()),
            limits.screenshotMegapixels() * 1_000_000L),
        limits.recordingChunk().bytes());
  }

  Recordings recordings() {
    return recordings;
  }

  /** Starts the workers of this node's roles. */
  Future<Void> startWorkers(Claims claims, Function<Supplier<Deployable>, Future<Void>> deploy) {
    String node = config.node().name();
    Path nativeLibraries = config.data().dir().toAbsolutePath().resolve("native");
    Future<Void> started = Future.succeededFuture();
    if (config.node().roles().contains(NodeRole.ENCODER)) {
      started =
          started.compose(
              none -> deploy.apply(() -> new EncoderWorker(around, claims, node, nativeLibraries)));
    }
    if (config.node().roles().contains(NodeRole.UPLOADER)) {
      started =
          started.compose(none -> deploy.apply(() -> new UploaderWorker(around, claims, node)));
    }
    if (config.node().roles().contains(NodeRole.WATCHDOG)) {
      started = started.compose(none -> deploy.apply(around::textIndexer));
    }
    return started;
  }
}
