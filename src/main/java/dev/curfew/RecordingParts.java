package dev.curfew;

import dev.curfew.api.NodePages;
import dev.curfew.bus.Bus;
import dev.curfew.bus.Claims;
import dev.curfew.config.CurfewConfig;
import dev.curfew.config.KeyReference;
import dev.curfew.config.NodeRole;
import dev.curfew.directory.PolicyDefaults;
import dev.curfew.recording.EncoderWorker;
import dev.curfew.recording.ImageLimits;
import dev.curfew.recording.NodeRecordings;
import dev.curfew.recording.RecordingCipher;
import dev.curfew.recording.RecordingFigures;
import dev.curfew.recording.RecordingOptions;
import dev.curfew.recording.RecordingSurroundings;
import dev.curfew.recording.Recordings;
import dev.curfew.recording.SpoolDrainer;
import dev.curfew.recording.SpoolOptions;
import dev.curfew.recording.UploaderWorker;
import dev.curfew.store.Database;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** The recording side of a node: its stores, and the workers that its roles ask for. */
final class RecordingParts {
  private static final Duration FIRST_RETRY = Duration.ofSeconds(2);

  private static final Duration FIRST_STORE_RETRY = Duration.ofMillis(500);
  private static final Duration LONGEST_STORE_RETRY = Duration.ofSeconds(15);

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
            vertx,
            database,
            bus,
            stores.raw(),
            stores.finished(),
            cipher(config.recording().encryption()),
            options(config));
    around.clearLeftovers();
    return new RecordingParts(config, around);
  }

  private static RecordingCipher cipher(CurfewConfig.Encryption encryption) {
    return RecordingCipher.of(encryption.keys().stream().map(KeyReference::bytes).toList());
  }

  private static RecordingOptions options(CurfewConfig config) {
    CurfewConfig.Limits limits = config.limits();
    return new RecordingOptions(
        config.recording().lease(),
        config.recording().maxAttempts(),
        FIRST_RETRY,
        config.recording().workDirectory(),
        config.recording().localRetention(),
        PolicyDefaults.recordingRetention(config.recording()),
        config.recording().stalledAfter(),
        config.psm().encodingEnabled(),
        config.psm().recordKeystrokes(),
        config.psm().captureClipboard(),
        new ImageLimits(
            Math.toIntExact(limits.screenshot().bytes()),
            limits.screenshotMegapixels() * 1_000_000L),
        limits.recordingChunk().bytes(),
        new SpoolOptions(
            config.node().name(),
            config.recording().spoolDirectory(),
            config.recording().spoolLimit().bytes(),
            config.recording().storePatience(),
            FIRST_STORE_RETRY,
            LONGEST_STORE_RETRY));
  }

  Recordings recordings() {
    return recordings;
  }

  RecordingFigures figures() {
    return around.figures();
  }

  /** Whether the store of raw recordings takes what is captured, and what waits for it here. */
  NodePages.Detail storeDetail() {
    RecordingFigures figures = around.figures();
    return new NodePages.Detail(
        !figures.storeAway(),
        Map.of("spooledChunks", figures.spoolChunks(), "spooledBytes", figures.spoolBytes()));
  }

  /** Starts what empties the spool, and the workers of this node's roles. */
  Future<Void> startWorkers(Claims claims, Function<Supplier<Deployable>, Future<Void>> deploy) {
    String node = config.node().name();
    Path nativeLibraries = config.data().dir().toAbsolutePath().resolve("native");
    Future<Void> started = deploy.apply(() -> new SpoolDrainer(around));
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
