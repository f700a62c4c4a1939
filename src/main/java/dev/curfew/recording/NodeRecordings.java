package dev.curfew.recording;

import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.ChunkKind;
import dev.curfew.lease.Claimant;
import dev.curfew.lease.RecordingStage;
import dev.curfew.session.Initiator;
import dev.curfew.store.ArtefactRow;
import dev.curfew.store.ChunkRow;
import dev.curfew.store.RecordingFilter;
import dev.curfew.store.RecordingPage;
import dev.curfew.store.RecordingRow;
import dev.curfew.store.Renewal;
import dev.curfew.store.StageDetails;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Recordings as this node keeps them: rows in the database, bytes in its stores. */
public final class NodeRecordings implements Recordings {
  private final RecordingSurroundings around;
  private final CaptureIntake intake;
  private final RecordingReads reads;
  private final RecordingSearch search;
  private final WorkerReports reports;

  public NodeRecordings(RecordingSurroundings around) {
    this.around = around;
    this.intake = new CaptureIntake(around);
    this.reads = new RecordingReads(around);
    this.search = new RecordingSearch(around);
    this.reports = new WorkerReports(around);
  }

  @Override
  public Future<Capture> captureText(
      UUID sessionId, ChunkKind kind, String text, @Nullable Long capturedAt) {
    return intake.text(sessionId, kind, text, capturedAt);
  }

  @Override
  public Future<Capture> captureScreenshot(
      UUID sessionId, Buffer image, @Nullable Long capturedAt) {
    return intake.screenshot(sessionId, image, capturedAt);
  }

  @Override
  public Future<Capture> captureRaw(
      UUID sessionId, Buffer piece, @Nullable Long offset, @Nullable Long capturedAt) {
    return intake.raw(sessionId, piece, offset, capturedAt);
  }

  @Override
  public Future<RecordingRow> find(UUID sessionId) {
    return around.recordings.find(sessionId);
  }

  @Override
  public Future<RecordingPage> list(RecordingFilter filter, @Nullable String after, int limit) {
    return around.recordings.list(filter, after, limit);
  }

  @Override
  public Future<FoundRecordings> search(
      String text,
      RecordingFilter filter,
      @Nullable String after,
      int limit,
      int realmId,
      Initiator by) {
    return search.search(text, filter, after, limit, realmId, by);
  }

  @Override
  public Future<List<ChunkRow>> chunks(UUID sessionId, long from, int limit) {
    return around.manifests.list(sessionId, from, limit);
  }

  @Override
  public Future<Content> chunk(UUID sessionId, long sequence) {
    return reads.chunk(sessionId, sequence);
  }

  @Override
  public Future<Content> raw(UUID sessionId) {
    return reads.raw(sessionId);
  }

  @Override
  public Future<Content> artefact(UUID sessionId, ArtefactKind kind) {
    return reads.artefact(sessionId, kind);
  }

  @Override
  public Future<Void> noteRead(UUID sessionId, ArtefactKind kind, Initiator by) {
    return around.recordings.noteRead(sessionId, kind, by).onSuccess(noted -> around.committed());
  }

  @Override
  public Future<ChainReport> verify(UUID sessionId) {
    return reads.verify(sessionId);
  }

  @Override
  public OptionalDouble progress(UUID sessionId) {
    return around.progress.of(sessionId);
  }

  @Override
  public Future<ArtefactRow> storeArtefact(
      UUID sessionId,
      ArtefactKind kind,
      Claimant who,
      @Nullable String contentType,
      byte @Nullable [] sha256,
      ReadStream<Buffer> body) {
    return reports.store(sessionId, kind, who, contentType, sha256, body);
  }

  @Override
  public Future<RecordingStage> updateStatus(
      UUID sessionId, Claimant who, RecordingStage to, StageDetails details) {
    return reports.updateStatus(sessionId, who, to, details);
  }

  @Override
  public Future<Map<UUID, RecordingStage>> processStatus(List<UUID> sessionIds) {
    return around.recordings.stages(sessionIds);
  }

  @Override
  public Future<Renewal> renew(UUID sessionId, Claimant who) {
    return around.claims.renew(sessionId, who, around.options.lease());
  }

  @Override
  public Future<RecordingStage> retry(UUID sessionId, Initiator by) {
    return reports.retry(sessionId, by);
  }
}
