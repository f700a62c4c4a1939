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
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The uploader of a node, one recording at a time; an upload that stands still is given up and
 * tried again, however long it takes while it gets on. What is kept here is deleted only after the
 * destination was read back and that was reported: the artefacts then, the chunks when their
 * retention is over too.
 */
public final class UploaderWorker extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(UploaderWorker.class);

  private static final Duration CLEAR_EVERY = Duration.ofMinutes(1);

  private final RecordingSurroundings around;
  private final Claims claims;
  private final String node;
  private final Custody custody;
  private @Nullable WorkLoop loop;

  /**
   * @param node the node's name, unique in the cluster
   */
  public UploaderWorker(RecordingSurroundings around, Claims claims, String node) {
    this.around = around;
    this.claims = claims;
    this.node = node;
    this.custody = new Custody(around);
  }

  @Override
  public Future<?> start() {
    vertx.setPeriodic(0, CLEAR_EVERY.toMillis(), timer -> clear());
    loop =
        new WorkLoop(
            vertx,
            new NodeWorkSite(around, claims, Work.UPLOAD, node),
            new Uploading(new Uploader(around.destination)),
            around.manner());
    return loop.start();
  }

  @Override
  public Future<?> stop() {
    return loop == null ? Future.succeededFuture() : loop.stop();
  }

  private final class Uploading implements WorkLoop.Task {
    private final Uploader uploader;

    Uploading(Uploader uploader) {
      this.uploader = uploader;
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
                  GuardedTransfer.<UploadedRecording>run(
                      vertx,
                      around.options.stalledAfter(),
                      cancelled,
                      guard -> upload(guard, recording, progress)))
          .compose(uploaded -> note(claim, uploaded, untilAnswered));
    }

    private UploadedRecording upload(
        GuardedTransfer<?> guard, RecordingRow recording, DoubleConsumer progress) {
      return uploader.upload(
          recording.sessionId(),
          recording.startedAt(),
          recording.artefacts().stream().map(row -> artefact(guard, row)).toList(),
          progress,
          () -> {
            guard.moved();
            return guard.over();
          });
    }

    private Uploader.Outgoing artefact(GuardedTransfer<?> guard, ArtefactRow row) {
      StoredForm stored = row.stored();
      return new Uploader.Outgoing(
          row.kind(),
          row.contentType(),
          guard.watched(around.stage.payload(row.location(), stored.size())),
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

  /** Deletes what is kept here of recordings whose local retention is over. */
  private void clear() {
    custody.clear().onFailure(failure -> LOG.warn("Chunks stay longer: {}", failure.getMessage()));
  }
}
