package dev.curfew.recording;

import dev.curfew.bus.Claims;
import dev.curfew.lease.ChunkKind;
import dev.curfew.lease.Claim;
import dev.curfew.lease.Work;
import dev.curfew.storage.Watch;
import dev.curfew.store.RecordingRow;
import io.vertx.core.Future;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * The node that an encoder runs in. Where videos are switched off it gives out no screenshots, so
 * that everything but the video and the thumbnail is made.
 */
final class NodeEncodingSite extends NodeWorkSite implements EncodingSite {
  private final WorkerReports reports;

  NodeEncodingSite(RecordingSurroundings around, Claims claims, String node) {
    super(around, claims, Work.ENCODE, node);
    this.reports = new WorkerReports(around);
  }

  @Override
  public Future<RecordingSource> source(Claim claim, BooleanSupplier cancelled) {
    Future<RecordingRow> recording = around.recordings.find(claim.sessionId());
    Future<String> title = around.recordings.title(claim.sessionId());
    return Future.all(recording, title)
        .map(
            all ->
                new StoredRecording(
                    claim.sessionId(),
                    title.result(),
                    recording.result().startedAt(),
                    recording.result().endedAt(),
                    wanted(),
                    new ManifestPages(
                        around.manifests,
                        claim.sessionId(),
                        UntilAnswered.unlessStopped(around.vertx, cancelled)),
                    around.captured));
  }

  private Set<ChunkKind> wanted() {
    EnumSet<ChunkKind> wanted = EnumSet.allOf(ChunkKind.class);
    if (!around.options.encode()) {
      wanted.remove(ChunkKind.SCREENSHOT);
    }
    return wanted;
  }

  @Override
  public Future<Void> deliver(Claim claim, Artefact artefact, BooleanSupplier cancelled) {
    Watch watch =
        bytes -> {
          if (cancelled.getAsBoolean()) {
            throw new CancellationException("encoding was stopped");
          }
        };
    return reports
        .stage(
            claim.sessionId(),
            claim.claimant(),
            claim.claimToken(),
            artefact.contentType(),
            artefact,
            watch)
        .mapEmpty();
  }
}
