package dev.curfew.recording;

import dev.curfew.bus.Claims;
import dev.curfew.lease.Claim;
import dev.curfew.lease.Work;
import dev.curfew.store.ArtefactRow;
import dev.curfew.store.RecordingRow;
import dev.curfew.store.StageDetails;
import dev.curfew.store.StoredForm;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The uploader of a node, one recording at a time. What is kept here is deleted only after the
 * destination was read back and that was reported: the artefacts then, the chunks when their
 * retention is over too.
 */
public final class UploaderWorker extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(UploaderWorker.class);

  /** An upload may well take hours; it is no blocked thread. */
  private static final int LONGEST_HOURS = 24;

  private static final Duration CLEAR_EVERY = Duration.ofMinutes(1);
  private static final int MOST_CLEARED = 100;

  private final RecordingSurroundings around;
  private final Claims claims;
  private final String node;
  private @Nullable WorkLoop loop;

  /**
   * @param node the node's name, unique in the cluster
   */
  public UploaderWorker(RecordingSurroundings around, Claims claims, String node) {
    this.around = around;
    this.claims = claims;
    this.node = node;
  }

  @Override
  public Future<?> start() {
    WorkerExecutor thread =
        vertx.createSharedWorkerExecutor("curfew-uploader", 1, LONGEST_HOURS, TimeUnit.HOURS);
    vertx.setPeriodic(0, CLEAR_EVERY.toMillis(), timer -> clear());
    loop =
        new WorkLoop(
            around,
            claims,
            Work.UPLOAD,
            node,
            new Uploading(new Uploader(around.destination), thread));
    return loop.start();
  }

  @Override
  public Future<?> stop() {
    return loop == null ? Future.succeededFuture() : loop.stop();
  }

  private final class Uploading implements WorkLoop.Task {
    private final Uploader uploader;
    private final WorkerExecutor thread;

    Uploading(Uploader uploader, WorkerExecutor thread) {
      this.uploader = uploader;
      this.thread = thread;
    }

    @Override
    public Future<StageDetails> perform(
        Claim claim, DoubleConsumer progress, BooleanSupplier cancelled) {
      UntilAnswered untilAnswered = new UntilAnswered(vertx, cancelled);
      return around
          .recordings
          .find(claim.sessionId())
          .compose(
              recording ->
                  thread.executeBlocking(
                      RecordingSurroundings.callable(
                          () ->
                              uploader.upload(
                                  claim.sessionId(),
                                  recording.startedAt(),
                                  artefacts(recording),
                                  progress,
                                  cancelled))))
          .compose(uploaded -> note(claim, uploaded, untilAnswered));
    }

    private List<Uploader.Outgoing> artefacts(RecordingRow recording) {
      return recording.artefacts().stream().map(this::artefact).toList();
    }

    private Uploader.Outgoing artefact(ArtefactRow row) {
      StoredForm stored = row.stored();
      return new Uploader.Outgoing(
          row.kind(),
          row.contentType(),
          around.stage.payload(row.location(), stored.size()),
          Sha256.fromHex(stored.sha256()),
          DeliveryManifest.Entry.of(row));
    }

    private Future<StageDetails> note(
        Claim claim, UploadedRecording uploaded, UntilAnswered untilAnswered) {
      Future<Void> noted = Future.succeededFuture();
      for (UploadedRecording.File file : uploaded.files()) {
        noted =
            noted.compose(
                before ->
                    untilAnswered.ask(
                        () ->
                            around.recordings.putDestination(
                                claim.sessionId(), claim.claimant(), file.kind(), file.name())));
      }
      return noted.map(all -> StageDetails.destination(uploaded.destination()));
    }

    @Override
    public Future<Void> reported(Claim claim) {
      return around
          .blockingAction(() -> around.stage.deleteAll(claim.sessionId()))
          .onSuccess(deleted -> clear())
          .recover(
              failure -> {
                LOG.warn(
                    "The staged artefacts of session {} stay until its chunks go",
                    claim.sessionId(),
                    failure);
                return Future.succeededFuture();
              });
    }
  }

  /** Deletes what is kept here of recordings whose retention is over. */
  private void clear() {
    around
        .recordings
        .toClear(around.options.localRetention(), MOST_CLEARED)
        .compose(
            sessions -> {
              Future<Void> cleared = Future.succeededFuture();
              for (UUID session : sessions) {
                cleared = cleared.compose(before -> clear(session));
              }
              return cleared;
            })
        .onFailure(failure -> LOG.warn("Chunks stay longer: {}", failure.getMessage()));
  }

  private Future<Void> clear(UUID session) {
    return around
        .blockingAction(() -> around.chunks.deleteRecording(session))
        .compose(deleted -> around.recordings.cleared(session))
        .recover(
            failure -> {
              LOG.warn("The chunks of session {} stay for now", session, failure);
              return Future.succeededFuture();
            });
  }
}
