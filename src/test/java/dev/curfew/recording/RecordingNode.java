package dev.curfew.recording;

import dev.curfew.bus.Bus;
import dev.curfew.bus.RecordingReady;
import dev.curfew.bus.Routes;
import dev.curfew.claim.ClaimCoordinator;
import dev.curfew.lease.ChunkKind;
import dev.curfew.replay.CaptureReader;
import dev.curfew.replay.CapturedEvent;
import dev.curfew.replay.CapturedEvent.ClipboardCopy;
import dev.curfew.replay.CapturedEvent.Frame;
import dev.curfew.replay.CapturedEvent.Keystroke;
import dev.curfew.replay.CapturedSession;
import dev.curfew.session.RecordingRetention;
import dev.curfew.storage.FolderStore;
import dev.curfew.store.ClaimStore;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.FlakyStore;
import dev.curfew.testing.RecordedSessions;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The parts of a node that deal with recordings, on a real database and real folders. */
final class RecordingNode implements AutoCloseable {
  static final CaptureReader CAPTURE = CaptureReader.bundled(CaptureReader.DBA_MAINTENANCE);
  static final int MOST_ATTEMPTS = 3;
  static final String NODE = "node-1";

  final Path folder;
  private final Settings settings;
  final TestStore store;
  final DirectSql sql;
  final RecordedSessions sessions;
  final Bus bus;
  final ClaimStore claims;
  final FlakyStore raw;
  final FlakyStore destination;
  final RecordingSurroundings around;
  final Recordings recordings;
  final ClaimCoordinator coordinator;

  /** What tests vary. */
  record Settings(
      Duration lease,
      Duration retention,
      Duration stalledAfter,
      boolean encode,
      long spoolLimit,
      Duration storePatience,
      RecordingCipher cipher) {
    static final Settings USUAL =
        new Settings(
            Duration.ofSeconds(30),
            Duration.ofDays(1),
            Duration.ofMinutes(5),
            true,
            64L << 20,
            Duration.ofSeconds(20),
            RecordingCipher.none());

    Settings lease(Duration changed) {
      return new Settings(
          changed, retention, stalledAfter, encode, spoolLimit, storePatience, cipher);
    }

    Settings retention(Duration changed) {
      return new Settings(lease, changed, stalledAfter, encode, spoolLimit, storePatience, cipher);
    }

    Settings stalledAfter(Duration changed) {
      return new Settings(lease, retention, changed, encode, spoolLimit, storePatience, cipher);
    }

    Settings withoutVideo() {
      return new Settings(lease, retention, stalledAfter, false, spoolLimit, storePatience, cipher);
    }

    Settings spoolLimit(long changed) {
      return new Settings(lease, retention, stalledAfter, encode, changed, storePatience, cipher);
    }

    Settings storePatience(Duration changed) {
      return new Settings(lease, retention, stalledAfter, encode, spoolLimit, changed, cipher);
    }

    Settings cipher(RecordingCipher changed) {
      return new Settings(
          lease, retention, stalledAfter, encode, spoolLimit, storePatience, changed);
    }

    private SpoolOptions spool(Path folder) {
      return new SpoolOptions(
          NODE,
          folder.resolve("spool"),
          spoolLimit,
          storePatience,
          Duration.ofMillis(5),
          Duration.ofMillis(40));
    }
  }

  RecordingNode(Path folder) throws Exception {
    this(folder, Settings.USUAL);
  }

  RecordingNode(Path folder, Settings settings) throws Exception {
    this(folder, settings, TestStore.open());
  }

  /** The same node once more, as it finds what its folders and database hold by now. */
  RecordingNode startedAgain() throws Exception {
    return new RecordingNode(folder, settings, TestStore.open(store.endpoint()));
  }

  private RecordingNode(Path folder, Settings settings, TestStore store) throws Exception {
    this.folder = folder;
    this.settings = settings;
    this.store = store;
    sql = DirectSql.open(store.endpoint());
    sessions = new RecordedSessions(sql);
    bus = new Bus(store.vertx());
    claims = new ClaimStore(store.database());
    raw = new FlakyStore(new FolderStore(folder.resolve("raw")));
    destination = new FlakyStore(new FolderStore(folder.resolve("stored")));
    RecordingOptions options =
        new RecordingOptions(
            settings.lease,
            MOST_ATTEMPTS,
            Duration.ZERO,
            folder.resolve("work"),
            settings.retention,
            RecordingRetention.FOREVER,
            settings.stalledAfter,
            settings.encode,
            true,
            true,
            ImageLimits.DEFAULT,
            16L << 20,
            settings.spool(folder));
    around = surroundings(settings.cipher, options);
    recordings = new NodeRecordings(around);
    coordinator =
        new ClaimCoordinator(
            claims,
            bus,
            new ClaimCoordinator.Options(
                around.options.lease(), Duration.ofMillis(200), Duration.ofSeconds(5)));
    Await.result(store.vertx().deployVerticle(coordinator));
  }

  private RecordingSurroundings surroundings(RecordingCipher cipher, RecordingOptions options) {
    return new RecordingSurroundings(
        store.vertx(), store.database(), bus, raw, destination, cipher, options);
  }

  /** The same node as it would be after a start with other keys. */
  RecordingSurroundings restarted(RecordingCipher cipher) {
    return surroundings(cipher, around.options);
  }

  String deployEncoder() {
    return deployEncoder(around);
  }

  String deployEncoder(RecordingSurroundings with) {
    return deploy(new EncoderWorker(with, coordinator, NODE, Path.of("target/native")));
  }

  String deployUploader() {
    return deployUploader(around);
  }

  String deployUploader(RecordingSurroundings with) {
    return deploy(new UploaderWorker(with, coordinator, NODE));
  }

  String deployDrainer() {
    return deploy(new SpoolDrainer(around));
  }

  private String deploy(VerticleBase worker) {
    return Await.result(store.vertx().deployVerticle(worker));
  }

  void undeploy(String id) {
    Await.result(store.vertx().undeploy(id));
  }

  /** Plays the real capture, at its true times but shifted to now, without waiting between. */
  UUID playCapture() throws SQLException {
    CapturedSession capture = CAPTURE.read();
    long started = System.currentTimeMillis();
    UUID id = sessions.live(started, started + capture.durationMillis() + 60_000);
    List<Future<Capture>> stored = new ArrayList<>();
    for (CapturedEvent event : capture.events()) {
      long at = started + event.at() - capture.startedAt();
      if (event instanceof Frame frame) {
        stored.add(recordings.captureScreenshot(id, Buffer.buffer(CAPTURE.image(frame)), at));
      } else if (event instanceof Keystroke key) {
        stored.add(recordings.captureText(id, ChunkKind.KEYSTROKES, key.key(), at));
      } else if (event instanceof ClipboardCopy copy) {
        stored.add(recordings.captureText(id, ChunkKind.CLIPBOARD, copy.text(), at));
      }
    }
    Await.result(Future.all(stored));
    return id;
  }

  /** Ends the session and says so, as its shard does. */
  void end(UUID id) throws SQLException {
    sessions.end(id);
    bus.publish(Routes.RECORDING_READY, RecordingReady.INSTANCE);
  }

  /** The result of a verification, however long it takes. */
  Verification verify(UUID id) {
    return (Verification) Await.result(recordings.verify(id, Duration.ofMinutes(1)));
  }

  byte[] bytes(Content content) {
    return bytes(content, 0, content.size());
  }

  byte[] bytes(Content content, long offset, long length) {
    Collected target = new Collected();
    Await.result(content.sendTo(target, offset, length));
    return target.bytes.getBytes();
  }

  /** Every artefact of a recording that waits to be uploaded. */
  List<String> staged(UUID id) throws IOException {
    return files("raw/" + ChunkStore.folder(id) + "/artefacts");
  }

  /** Takes everything and keeps nothing. */
  static WriteStream<Buffer> nowhere() {
    return new Collected();
  }

  /** Every file below a folder of the node, by its path there. */
  List<String> files(String below) throws IOException {
    Path root = folder.resolve(below);
    if (!Files.exists(root)) {
      return List.of();
    }
    try (var files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .sorted()
          .toList();
    } catch (UncheckedIOException vanished) {
      return List.of("being deleted");
    }
  }

  @Override
  public void close() throws Exception {
    for (String id : store.vertx().deploymentIDs()) {
      Await.result(store.vertx().undeploy(id));
    }
    sql.close();
    store.close();
  }

  private static final class Collected implements WriteStream<Buffer> {
    private final Buffer bytes = Buffer.buffer();

    @Override
    public Future<Void> write(Buffer data) {
      bytes.appendBuffer(data);
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> end() {
      return Future.succeededFuture();
    }

    @Override
    public WriteStream<Buffer> exceptionHandler(
        io.vertx.core.@Nullable Handler<Throwable> handler) {
      return this;
    }

    @Override
    public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
      return this;
    }

    @Override
    public boolean writeQueueFull() {
      return false;
    }

    @Override
    public WriteStream<Buffer> drainHandler(io.vertx.core.@Nullable Handler<Void> handler) {
      return this;
    }
  }
}
