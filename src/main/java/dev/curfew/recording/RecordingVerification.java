package dev.curfew.recording;

import dev.curfew.lease.RecordingStage;
import dev.curfew.recording.Verification.BadPart;
import dev.curfew.recording.Verification.VerifiedArtefact;
import dev.curfew.store.ArtefactRow;
import dev.curfew.store.Deletion;
import dev.curfew.store.ManifestEnd;
import dev.curfew.store.RecordingRow;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Verifies one recording: its manifest and chunks, then the artefacts, then {@code manifest.json}
 * at the destination, up to the first bad part. Memory does not grow with the recording.
 *
 * <p>A recording may go on meanwhile: be encoded, delivered, cleared. Before a part is called bad,
 * it is made sure that the recording is still what it was at the beginning; otherwise it is
 * verified anew.
 */
final class RecordingVerification {
  private static final int TRIES = 3;

  private final RecordingSurroundings around;
  private final VerificationThreads threads;
  private final UUID sessionId;
  private final LongConsumer progress;

  /**
   * @param progress is told how many chunks are verified
   */
  RecordingVerification(
      RecordingSurroundings around,
      VerificationThreads threads,
      UUID sessionId,
      LongConsumer progress) {
    this.around = around;
    this.threads = threads;
    this.sessionId = sessionId;
    this.progress = progress;
  }

  /** What is noted of the recording. */
  private record Noted(RecordingRow recording, ManifestEnd end) {
    boolean sameAs(Noted other) {
      return recording.stage() == other.recording.stage()
          && recording.artefacts().equals(other.recording.artefacts())
          && end.cleared() == other.end.cleared()
          && end.clearing() == other.end.clearing();
    }
  }

  private Future<Noted> noted() {
    return around
        .recordings
        .find(sessionId)
        .compose(
            recording -> around.manifests.noted(sessionId).map(end -> new Noted(recording, end)));
  }

  /**
   * @return fails with NOT_FOUND; with STORAGE_UNAVAILABLE when something cannot be read now
   */
  Future<Verification> run() {
    return noted().compose(noted -> run(noted, TRIES));
  }

  private Future<Verification> run(Noted noted, int triesLeft) {
    RecordingRow recording = noted.recording;
    ChunkVerification chunks =
        new ChunkVerification(
            around,
            threads,
            sessionId,
            noted.end,
            recording.stage() == RecordingStage.CONNECTED,
            progress);
    List<VerifiedArtefact> artefacts = new ArrayList<>();
    return chunks
        .run()
        .compose(verified -> threads.run(() -> artefacts(recording, chunks, artefacts)))
        .map(manifest -> result(noted, chunks, artefacts, manifest, null))
        .recover(
            failure -> {
              if (!(failure instanceof BadPartFound bad)) {
                return Future.failedFuture(failure);
              }
              return noted()
                  .compose(
                      now ->
                          triesLeft > 1 && !now.sameAs(noted)
                              ? run(now, triesLeft - 1)
                              : Future.succeededFuture(
                                  result(noted, chunks, artefacts, false, bad.part())));
            });
  }

  private boolean artefacts(
      RecordingRow recording, ChunkVerification chunks, List<VerifiedArtefact> verified)
      throws Exception {
    if (recording.deletion() != null) {
      return false;
    }
    ArtefactVerification verification = new ArtefactVerification(around, recording);
    verification.requireInPlaceOf(chunks.deletedKinds());
    for (ArtefactRow artefact : recording.artefacts()) {
      verified.add(verification.verify(artefact));
    }
    return verification.verifyDeliveryManifest();
  }

  private Verification result(
      Noted noted,
      ChunkVerification chunks,
      List<VerifiedArtefact> artefacts,
      boolean deliveryManifest,
      @Nullable BadPart bad) {
    return new Verification(
        sessionId,
        noted.recording.stage(),
        chunks.lines(),
        chunks.contents(),
        chunks.deleted(),
        HexFormat.of().formatHex(noted.end.link()),
        artefacts,
        deliveryManifest,
        bad == null ? unchecked(noted.recording, chunks) : List.of(),
        bad);
  }

  private static List<String> unchecked(RecordingRow recording, ChunkVerification chunks) {
    Deletion deletion = recording.deletion();
    if (deletion != null) {
      return List.of(deletion.describe() + "; only what is left of its manifest is verified.");
    }
    List<String> sentences = new ArrayList<>();
    if (recording.stage() == RecordingStage.CONNECTED) {
      sentences.add("The session is still live: what is captured from now on is not verified.");
    }
    if (chunks.deleted() > 0) {
      sentences.add(
          "The contents of "
              + chunks.deleted()
              + " chunks were deleted here after the upload; their lines are verified, and the"
              + " artefacts at the destination stand for them.");
    }
    if (recording.artefacts().isEmpty()) {
      sentences.add(
          recording.stage() == RecordingStage.DONE_UPLOADED
              ? "No artefact was delivered to Curfew: what an encoder or uploader outside has made"
                  + " of the recording is not verified."
              : "There are no artefacts yet.");
    } else if (recording.stage() == RecordingStage.DONE_UPLOADED
        && recording.artefacts().stream().anyMatch(row -> row.destination() == null)) {
      sentences.add(
          "An uploader outside of Curfew delivered the recording to "
              + recording.destination()
              + "; what lies there is not verified.");
    }
    return sentences;
  }
}
