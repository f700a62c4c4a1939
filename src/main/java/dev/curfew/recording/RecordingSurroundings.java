package dev.curfew.recording;

import dev.curfew.bus.Bus;
import dev.curfew.bus.EventsCommitted;
import dev.curfew.bus.RecordingReady;
import dev.curfew.bus.Routes;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.RecordingStage;
import dev.curfew.storage.FolderStore;
import dev.curfew.storage.ObjectStore;
import dev.curfew.store.ArtefactRow;
import dev.curfew.store.ClaimStore;
import dev.curfew.store.CustodyStore;
import dev.curfew.store.Database;
import dev.curfew.store.ManifestStore;
import dev.curfew.store.RecordingRow;
import dev.curfew.store.RecordingStore;
import dev.curfew.store.RecordingTextStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** What the parts that deal with recordings share on a node. One for each Vert.x instance. */
public final class RecordingSurroundings {
  private static final int THREADS = 6;
  private static final int LONGEST_HOURS = 24;

  final Vertx vertx;
  final RecordingStore recordings;
  final ManifestStore manifests;
  final RecordingTextStore texts;
  final ClaimStore claims;
  final CustodyStore custody;
  final ObjectStore raw;
  final ChunkStore chunks;
  final Spool spool;
  final StoreOutage outage = new StoreOutage();
  final CaptureStore captured;
  final ArtefactStage stage;
  final ObjectStore destination;
  final RecordingCipher cipher;
  final WorkFiles files;
  final WorkProgress progress = new WorkProgress();
  final RecordingFigures figures;
  final RecordingOptions options;
  private final Bus bus;
  private final WorkerExecutor workers;
  private final WorkerExecutor drainer;

  /**
   * Blocks: finds what an earlier run left in the spool.
   *
   * @param raw keeps chunks, and artefacts until they are uploaded; shared by all nodes
   * @param destination where finished recordings are delivered
   * @param cipher encrypts what is put into both
   */
  public RecordingSurroundings(
      Vertx vertx,
      Database database,
      Bus bus,
      ObjectStore raw,
      ObjectStore destination,
      RecordingCipher cipher,
      RecordingOptions options) {
    this.vertx = vertx;
    this.recordings = new RecordingStore(database, options.retention());
    this.manifests = new ManifestStore(database);
    this.texts = new RecordingTextStore(database);
    this.claims = new ClaimStore(database);
    this.custody = new CustodyStore(database, options.retention());
    this.raw = raw;
    this.chunks = new ChunkStore(raw, cipher);
    SpoolOptions spooling = options.spool();
    this.spool =
        Spool.open(new ChunkStore(new FolderStore(spooling.directory()), cipher), spooling.limit());
    this.figures = new RecordingFigures(spool, outage);
    this.stage = new ArtefactStage(raw, cipher);
    this.destination = destination;
    this.cipher = cipher;
    this.files = new WorkFiles(options.workDirectory());
    this.options = options;
    this.bus = bus;
    this.workers = vertx.createSharedWorkerExecutor("curfew-recording", THREADS);
    this.drainer = waiting("curfew-spool", 1);
    this.captured =
        new CaptureStore(
            chunks, spool, outage, figures, spooling, waiting("curfew-store", THREADS), workers);
  }

  /** Threads that may be held by a store that does not answer, without being taken for stuck. */
  private WorkerExecutor waiting(String name, int threads) {
    return vertx.createSharedWorkerExecutor(name, threads, LONGEST_HOURS, TimeUnit.HOURS);
  }

  /** What the node counts of its recordings. */
  public RecordingFigures figures() {
    return figures;
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

  /** Where an artefact lies now: at the destination once it was read back there. */
  RecordingCipher.Stored place(RecordingRow recording, ArtefactRow artefact) {
    String delivered = artefact.destination();
    return recording.stage() == RecordingStage.DONE_UPLOADED && delivered != null
        ? (offset, length) -> destination.open(delivered, offset, length)
        : (offset, length) -> stage.open(artefact.location(), offset, length);
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

  /** As {@link #blocking}, on the thread that empties the spool. */
  <T> Future<T> draining(Blocking<T> work) {
    return drainer.executeBlocking(callable(work), true);
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
        throw unavailable(e);
      }
    };
  }

  /** How this node's own workers go about it. */
  WorkLoop.Manner manner() {
    return new WorkLoop.Manner(options.retryDelay(), false);
  }

  static CurfewException unavailable(IOException cause) {
    return CurfewException.causedBy(
        ErrorCode.STORAGE_UNAVAILABLE, "The recording store cannot be used now; try again", cause);
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
