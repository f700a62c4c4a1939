package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.Claimant;
import dev.curfew.lease.RecordingStage;
import dev.curfew.lease.Work;
import dev.curfew.session.Initiator;
import dev.curfew.storage.Watch;
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
    String place = "delivered-" + UUID.randomUUID();
    Path directory = around.files.place(sessionId, place);
    Path file = directory.resolve(kind.fileName());
    return around
        .claims
        .requireHeld(sessionId, who, Work.ENCODE)
        .compose(held -> around.blockingAction(() -> Files.createDirectories(directory)))
        .compose(created -> receive(body, file))
        .compose(received -> around.blocking(() -> Artefact.ofFile(kind, file)))
        .map(artefact -> requireDigest(artefact, sha256))
        .compose(
            artefact ->
                stage(
                    sessionId,
                    who,
                    place,
                    contentType == null ? kind.contentType() : contentType,
                    artefact,
                    Watch.NONE))
        .eventually(() -> discard(directory));
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

  private static Artefact requireDigest(Artefact artefact, byte @Nullable [] sha256) {
    if (sha256 != null
        && (sha256.length != Sha256.LENGTH
            || !Sha256.fromBytes(sha256).equals(artefact.sha256()))) {
      throw CurfewException.of(
          ErrorCode.UNPROCESSABLE,
          "Content-Digest",
          "Content-Digest is not that of the body, which has sha-256 " + artefact.sha256().hex());
    }
    return artefact;
  }

  /**
   * Puts an artefact on the stage, notes it, and lets go of the one that it replaces.
   *
   * @param place of this claim or delivery on the stage
   */
  Future<ArtefactRow> stage(
      UUID sessionId,
      Claimant who,
      String place,
      String contentType,
      Artefact artefact,
      Watch watch) {
    return around
        .blocking(() -> around.stage.put(sessionId, place, artefact, watch))
        .compose(
            staged -> {
              String location = staged.location();
              ArtefactRow row =
                  new ArtefactRow(
                      artefact.kind(),
                      contentType,
                      artefact.size(),
                      artefact.sha256().hex(),
                      staged.stored(),
                      location,
                      null);
              return around
                  .recordings
                  .putArtefact(sessionId, who, row)
                  .onFailure(failure -> leave(sessionId, place, failure))
                  .map(
                      replaced -> {
                        replaced.filter(before -> !before.equals(location)).ifPresent(this::leave);
                        return row;
                      });
            });
  }

  /** What nothing will refer to any more; otherwise it is put there again. */
  private void leave(UUID sessionId, String place, Throwable failure) {
    if (failure instanceof CurfewException known && known.code() == ErrorCode.NOT_OWNER) {
      around
          .blockingAction(() -> around.stage.deletePlace(sessionId, place))
          .onFailure(away -> LOG.warn("{} of session {} stays staged", place, sessionId, away));
    }
  }

  /** Deletes what nothing refers to; if that fails it goes with the rest of its session later. */
  private void leave(String location) {
    around
        .blockingAction(() -> around.stage.delete(location))
        .onFailure(away -> LOG.warn("{} stays staged", location, away));
  }

  private Future<Void> discard(Path directory) {
    return around
        .blockingAction(() -> around.files.delete(directory))
        .onFailure(failure -> LOG.warn("{} could not be deleted", directory, failure));
  }

  // Stages

  Future<RecordingStage> updateStatus(
      UUID sessionId, Claimant who, RecordingStage to, Duration rest, StageDetails details) {
    String uploaded = details.sha256();
    if (to != RecordingStage.DONE_UPLOADED || uploaded == null) {
      return report(sessionId, who, to, rest, details);
    }
    return around
        .recordings
        .find(sessionId)
        .compose(
            recording -> {
              requireOneOf(recording, uploaded);
              return report(sessionId, who, to, rest, details);
            });
  }

  private Future<RecordingStage> report(
      UUID sessionId, Claimant who, RecordingStage to, Duration rest, StageDetails details) {
    return around
        .claims
        .report(sessionId, who, to, around.options.maxAttempts(), rest, details)
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

  Future<RecordingStage> handBack(UUID sessionId, Claimant who, Duration rest, String why) {
    return around.claims.handBack(sessionId, who, rest, why).map(this::tell);
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
