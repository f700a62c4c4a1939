package dev.curfew.recording;

import dev.curfew.bus.Claims;
import dev.curfew.lease.ChunkKind;
import dev.curfew.lease.Claim;
import dev.curfew.lease.Work;
import dev.curfew.storage.Watch;
import dev.curfew.store.RecordingRow;
import dev.curfew.store.StageDetails;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The encoder of a node, one recording at a time. Where videos are switched off it makes everything
 * but the video and the thumbnail, so that the recording goes on to its destination all the same.
 */
public final class EncoderWorker extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(EncoderWorker.class);

  /** An encoding may well take hours; it is no blocked thread. */
  private static final int LONGEST_HOURS = 24;

  private final RecordingSurroundings around;
  private final Claims claims;
  private final String node;
  private final Path nativeCache;
  private final WorkerReports reports;
  private @Nullable WorkLoop loop;

  /**
   * @param node the node's name, unique in the cluster
   * @param nativeCache where the media library is unpacked
   */
  public EncoderWorker(RecordingSurroundings around, Claims claims, String node, Path nativeCache) {
    this.around = around;
    this.claims = claims;
    this.node = node;
    this.nativeCache = nativeCache;
    this.reports = new WorkerReports(around);
  }

  @Override
  public Future<?> start() {
    WorkerExecutor thread =
        vertx.createSharedWorkerExecutor("curfew-encoder", 1, LONGEST_HOURS, TimeUnit.HOURS);
    return thread
        .executeBlocking(() -> new Encoder(nativeCache, around.options.images()))
        .compose(
            encoder -> {
              loop = new WorkLoop(around, claims, Work.ENCODE, node, new Encoding(encoder, thread));
              return loop.start();
            });
  }

  @Override
  public Future<?> stop() {
    return loop == null ? Future.succeededFuture() : loop.stop();
  }

  private final class Encoding implements WorkLoop.Task {
    private final Encoder encoder;
    private final WorkerExecutor thread;

    Encoding(Encoder encoder, WorkerExecutor thread) {
      this.encoder = encoder;
      this.thread = thread;
    }

    @Override
    public Future<StageDetails> perform(
        Claim claim, DoubleConsumer progress, BooleanSupplier cancelled) {
      UntilAnswered untilAnswered = new UntilAnswered(vertx, cancelled);
      Path place = around.files.place(claim.sessionId(), claim.claimToken());
      return source(claim)
          .compose(
              source ->
                  thread.executeBlocking(
                      RecordingSurroundings.callable(
                          () -> encoder.encode(source, place, progress, cancelled))))
          .compose(encoded -> stage(claim, encoded, untilAnswered, cancelled))
          .eventually(() -> around.blockingAction(() -> around.files.delete(place)));
    }

    private Future<StoredRecording> source(Claim claim) {
      Future<RecordingRow> recording = around.recordings.find(claim.sessionId());
      Future<String> title = around.recordings.title(claim.sessionId());
      Future<List<Chunk>> chunks = ManifestRows.all(around.manifests, claim.sessionId());
      return Future.all(recording, title, chunks)
          .map(
              all ->
                  new StoredRecording(
                      claim.sessionId(),
                      title.result(),
                      recording.result().startedAt(),
                      recording.result().endedAt(),
                      wanted(chunks.result()),
                      around.captured));
    }

    private List<Chunk> wanted(List<Chunk> chunks) {
      return around.options.encode()
          ? chunks
          : chunks.stream().filter(chunk -> chunk.kind() != ChunkKind.SCREENSHOT).toList();
    }

    private Future<StageDetails> stage(
        Claim claim,
        EncodedRecording encoded,
        UntilAnswered untilAnswered,
        BooleanSupplier cancelled) {
      Watch watch =
          bytes -> {
            if (cancelled.getAsBoolean()) {
              throw new CancellationException("encoding was stopped");
            }
          };
      for (DamagedChunk damaged : encoded.damaged()) {
        LOG.warn(
            "Chunk {} of session {} {}", damaged.sequence(), claim.sessionId(), damaged.reason());
      }
      Future<?> noted = Future.succeededFuture();
      for (Artefact artefact : encoded.artefacts()) {
        noted =
            noted.compose(
                before ->
                    untilAnswered.ask(
                        () ->
                            reports.stage(
                                claim.sessionId(),
                                claim.claimant(),
                                claim.claimToken(),
                                artefact.contentType(),
                                artefact,
                                watch)));
      }
      String format = encoded.frames() == 0 ? null : "mp4";
      return noted.map(all -> new StageDetails(null, format, null, null, null));
    }

    @Override
    public Future<Void> reported(Claim claim) {
      return Future.succeededFuture();
    }
  }
}
