package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.Claimant;
import dev.curfew.lease.RecordingStage;
import dev.curfew.session.Initiator;
import dev.curfew.store.ArtefactRow;
import dev.curfew.store.ClaimStore.Moved;
import dev.curfew.store.RecordingRow;
import dev.curfew.store.StageDetails;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.streams.ReadStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What workers deliver and say, wherever they run. */
final class WorkerReports {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerReports.class);

  private final RecordingSurroundings around;

  WorkerReports(RecordingSurroundings around) {
    this.around = around;
  }

  // Artefacts

  Future<ArtefactRow> store(
      UUID sessionId,
      ArtefactKind kind,
      Claimant who,
      @Nullable String contentType,
      byte @Nullable [] sha256,
      ReadStream<Buffer> body) {
    body.pause();
    Path place = around.files.place(sessionId, "delivered-" + UUID.randomUUID());
    Path file = place.resolve(kind.fileName());
    return around
        .claims
        .requireHeld(sessionId, who)
        .compose(held -> around.blockingAction(() -> Files.createDirectories(place)))
        .compose(created -> receive(body, file))
        .compose(received -> around.blocking(() -> Artefact.ofFile(kind, file)))
        .compose(artefact -> accept(sessionId, who, contentType, sha256, artefact))
        .onFailure(failure -> discard(place));
  }

  private Future<Void> receive(ReadStream<Buffer> body, Path file) {
    return around
        .vertx
        .fileSystem()
        .open(file.toString(), new OpenOptions().setCreateNew(true).setWrite(true).setRead(false))
        .compose(
            (AsyncFile out) ->
                body.pipe()
                    .endOnFailure(true)
                    .to(out)
                    .recover(
                        failure ->
                            Future.failedFuture(
                                CurfewException.causedBy(
                                    ErrorCode.STORAGE_UNAVAILABLE,
                                    "The body could not be received whole; try again",
                                    failure))));
  }

  private Future<ArtefactRow> accept(
      UUID sessionId,
      Claimant who,
      @Nullable String contentType,
      byte @Nullable [] sha256,
      Artefact artefact) {
    if (sha256 != null
        && (sha256.length != Sha256.LENGTH
            || !Sha256.fromBytes(sha256).equals(artefact.sha256()))) {
      throw CurfewException.of(
          ErrorCode.UNPROCESSABLE,
          "Content-Digest",
          "Content-Digest is not that of the body, which has sha-256 " + artefact.sha256().hex());
    }
    return note(
        sessionId,
        who,
        contentType == null ? artefact.kind().contentType() : contentType,
        artefact);
  }

  /** Notes an artefact that lies among the work files, and lets go of the one it replaces. */
  Future<ArtefactRow> note(UUID sessionId, Claimant who, String contentType, Artefact artefact) {
    ArtefactRow row =
        new ArtefactRow(
            artefact.kind(),
            contentType,
            artefact.size(),
            artefact.sha256().hex(),
            around.files.location(artefact.file()),
            null);
    return around
        .recordings
        .putArtefact(sessionId, who, row)
        .map(
            replaced -> {
              replaced
                  .filter(location -> !location.equals(row.location()))
                  .ifPresent(location -> discard(around.files.file(location)));
              return row;
            });
  }

  /** Deletes what nothing refers to; if that fails it goes with the rest of its session later. */
  private void discard(Path file) {
    around
        .blockingAction(() -> around.files.deletePlace(file))
        .onFailure(failure -> LOG.warn("{} could not be deleted", file, failure));
  }

  // Stages

  Future<RecordingStage> updateStatus(
      UUID sessionId, Claimant who, RecordingStage to, StageDetails details) {
    String uploaded = details.sha256();
    if (to != RecordingStage.DONE_UPLOADED || uploaded == null) {
      return report(sessionId, who, to, details);
    }
    return around
        .recordings
        .find(sessionId)
        .compose(
            recording -> {
              requireOneOf(recording, uploaded);
              return report(sessionId, who, to, details);
            });
  }

  private Future<RecordingStage> report(
      UUID sessionId, Claimant who, RecordingStage to, StageDetails details) {
    return around
        .claims
        .report(sessionId, who, to, around.options.maxAttempts(), Duration.ZERO, details)
        .map(this::tell);
  }

  /** What was uploaded is one of the artefacts, where there are any. */
  private static void requireOneOf(RecordingRow recording, String sha256) {
    String wanted = sha256.toLowerCase(Locale.ROOT);
    if (!recording.artefacts().isEmpty()
        && recording.artefacts().stream().noneMatch(row -> row.sha256().equals(wanted))) {
      throw CurfewException.of(
          ErrorCode.UNPROCESSABLE,
          "sha256",
          "sha256 is not that of the video or another artefact of the recording");
    }
  }

  Future<RecordingStage> retry(UUID sessionId, Initiator by) {
    return around.claims.retry(sessionId, by).map(this::tell);
  }

  /** Tells those who wait for what has changed. */
  RecordingStage tell(Moved moved) {
    if (moved.changed()) {
      around.committedAndReady();
    }
    return moved.stage();
  }
}
