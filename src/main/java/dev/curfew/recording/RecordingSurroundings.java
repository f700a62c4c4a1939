package dev.curfew.recording;

import dev.curfew.bus.Bus;
import dev.curfew.bus.EventsCommitted;
import dev.curfew.bus.RecordingReady;
import dev.curfew.bus.Routes;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.storage.ObjectStore;
import dev.curfew.store.ClaimStore;
import dev.curfew.store.Database;
import dev.curfew.store.ManifestStore;
import dev.curfew.store.RecordingStore;
import dev.curfew.store.RecordingTextStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.util.concurrent.Callable;

/** What the parts that deal with recordings share on a node. One for each Vert.x instance. */
public final class RecordingSurroundings {
  private static final int THREADS = 6;

  final Vertx vertx;
  final RecordingStore recordings;
  final ManifestStore manifests;
  final RecordingTextStore texts;
  final ClaimStore claims;
  final ChunkStore chunks;
  final ArtefactStage stage;
  final ObjectStore destination;
  final WorkFiles files;
  final WorkProgress progress = new WorkProgress();
  final RecordingOptions options;
  private final Bus bus;
  private final WorkerExecutor workers;

  /**
   * @param raw keeps chunks, and artefacts until they are uploaded; shared by all nodes
   * @param destination where finished recordings are delivered
   */
  public RecordingSurroundings(
      Vertx vertx,
      Database database,
      Bus bus,
      ObjectStore raw,
      ObjectStore destination,
      RecordingOptions options) {
    this.vertx = vertx;
    this.recordings = new RecordingStore(database);
    this.manifests = new ManifestStore(database);
    this.texts = new RecordingTextStore(database);
    this.claims = new ClaimStore(database);
    this.chunks = new ChunkStore(raw);
    this.stage = new ArtefactStage(raw);
    this.destination = destination;
    this.files = new WorkFiles(options.workDirectory());
    this.options = options;
    this.bus = bus;
    this.workers = vertx.createSharedWorkerExecutor("curfew-recording", THREADS);
  }

  /**
   * Removes what a killed process left half-made: blocking, once at the start.
   *
   * @throws CurfewException STORAGE_UNAVAILABLE when the work directory cannot be cleared
   */
  public void clearLeftovers() {
    try {
      files.deleteAll();
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.STORAGE_UNAVAILABLE, "the work directory of recordings cannot be cleared", e);
    }
  }

  /** What takes the text of ended recordings in, to be searched. */
  public TextIndexer textIndexer() {
    return new TextIndexer(texts, manifests, bus);
  }

  /** Work that may block. */
  @FunctionalInterface
  interface Blocking<T> {
    T get() throws IOException;
  }

  /** Work that may block and brings nothing. */
  @FunctionalInterface
  interface BlockingAction {
    void run() throws IOException;
  }

  /** Runs on a worker thread; answered on the caller's context. */
  <T> Future<T> blocking(Blocking<T> work) {
    return workers.executeBlocking(callable(work), false);
  }

  /** As {@link #blocking}, for what brings nothing. */
  Future<Void> blockingAction(BlockingAction work) {
    return blocking(
            () -> {
              work.run();
              return true;
            })
        .mapEmpty();
  }

  /** A failure to read or write is one of the store's. */
  static <T> Callable<T> callable(Blocking<T> work) {
    return () -> {
      try {
        return work.get();
      } catch (IOException e) {
        throw CurfewException.causedBy(
            ErrorCode.STORAGE_UNAVAILABLE, "The recording store cannot be used now; try again", e);
      }
    };
  }

  /** Says that the log has grown. */
  void committed() {
    bus.publish(Routes.EVENTS_COMMITTED, EventsCommitted.INSTANCE);
  }

  /** Says that the log has grown and a recording waits for a worker. */
  void committedAndReady() {
    committed();
    bus.publish(Routes.RECORDING_READY, RecordingReady.INSTANCE);
  }
}
