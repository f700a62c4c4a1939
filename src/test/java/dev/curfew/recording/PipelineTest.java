package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.Claim;
import dev.curfew.lease.RecordingStage;
import dev.curfew.lease.Work;
import dev.curfew.recording.RecordingNode.Settings;
import dev.curfew.session.Initiator;
import dev.curfew.store.ArtefactRow;
import dev.curfew.store.RecordingRow;
import dev.curfew.testing.Await;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From what a gateway captured to what lies at the destination. */
class PipelineTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Initiator ADMIN = new Initiator(Initiator.Kind.ADMIN, 1, "admin");

  @TempDir Path folder;

  private static void awaitStage(RecordingNode node, UUID id, RecordingStage stage) {
    Await.until(
        () -> "stage " + stage + ", it is " + Await.result(node.recordings.find(id)),
        LONG,
        () -> node.sessions.stage(id) == stage);
  }

  @Test
  void realCapture_comesToItsDestinationWholeAndIsServedFromThere() throws Exception {
    try (RecordingNode node = new RecordingNode(folder)) {
      UUID id = node.playCapture();
      assertThat(node.verify(id).bad()).isNull();
      node.deployEncoder();
      node.deployUploader();
      node.end(id);
      awaitStage(node, id, RecordingStage.DONE_UPLOADED);
      Await.until("staged copies are gone", () -> node.staged(id).isEmpty());
      assertThat(node.files("work")).isEmpty();

      RecordingRow recording = Await.result(node.recordings.find(id));
      assertThat(recording.artefacts())
          .extracting(ArtefactRow::kind)
          .containsExactly(
              ArtefactKind.VIDEO,
              ArtefactKind.CAPTIONS,
              ArtefactKind.TIMELINE,
              ArtefactKind.THUMBNAIL);
      assertThat(recording.destination()).startsWith("file:").contains(id.toString());
      assertThat(recording.failure()).isNull();
      for (ArtefactRow artefact : recording.artefacts()) {
        byte[] delivered =
            Files.readAllBytes(folder.resolve("stored").resolve(artefact.destination()));
        assertThat(Sha256.of(delivered).hex()).isEqualTo(artefact.sha256());
        Content content = Await.result(node.recordings.artefact(id, artefact.kind()));
        assertThat(content.size()).isEqualTo(artefact.size());
        assertThat(node.bytes(content)).isEqualTo(delivered);
        assertThat(node.bytes(content, 10, 20))
            .isEqualTo(java.util.Arrays.copyOfRange(delivered, 10, 30));
      }
      Path video = folder.resolve("stored").resolve(recording.artefacts().get(0).destination());
      assertThat((double) DemuxedVideo.read(video, java.util.Set.of()).durationMillis())
          .isCloseTo(RecordingNode.CAPTURE.read().durationMillis(), within(1_000.0));
      assertThat(node.sessions.events(id))
          .containsExactly("encoding", "encoded", "uploading", "uploaded");
      assertThat(node.around.chunks.list(id)).as("kept for the local retention").hasSize(58);
      assertThat(node.recordings.progress(id)).isEmpty();
    }
  }

  @Test
  void chunks_goWhenTheirRetentionIsOverAndTheManifestStays() throws Exception {
    try (RecordingNode node = new RecordingNode(folder, Settings.USUAL.retention(Duration.ZERO))) {
      UUID id = node.playCapture();
      node.end(id);
      node.deployEncoder();
      node.deployUploader();
      awaitStage(node, id, RecordingStage.DONE_UPLOADED);
      Await.until("chunks are gone", LONG, () -> node.files("raw").isEmpty());
      Await.until(
          "noted",
          () ->
              node.sql.number("SELECT count(*) FROM recording WHERE cleared_at IS NOT NULL") == 1);
      assertThat(node.verify(id).bad()).isNull();
      assertThat(Await.failure(node.recordings.chunk(id, 1))).hasMessageContaining("no longer");
      assertThat(Await.result(node.recordings.artefact(id, ArtefactKind.VIDEO)).size())
          .isPositive();
    }
  }

  @Test
  void withoutVideos_theRestIsKeptAndDelivered() throws Exception {
    try (RecordingNode node =
        new RecordingNode(folder, Settings.USUAL.withoutVideo().retention(Duration.ZERO))) {
      UUID id = node.playCapture();
      node.end(id);
      node.deployEncoder();
      node.deployUploader();
      awaitStage(node, id, RecordingStage.DONE_UPLOADED);
      assertThat(Await.result(node.recordings.find(id)).artefacts())
          .extracting(ArtefactRow::kind)
          .containsExactly(ArtefactKind.CAPTIONS, ArtefactKind.TIMELINE);
      JsonObject timeline =
          new JsonObject(
              new String(
                  node.bytes(Await.result(node.recordings.artefact(id, ArtefactKind.TIMELINE))),
                  StandardCharsets.UTF_8));
      assertThat(timeline.isEmpty()).isFalse();
      assertThat(Await.result(node.around.custody.toClear(Duration.ZERO, 10)))
          .as("screenshots that are nowhere else stay")
          .isEmpty();
    }
  }

  @Test
  void emptyRecording_goesThrough() throws Exception {
    try (RecordingNode node = new RecordingNode(folder)) {
      UUID id = node.sessions.ended();
      node.deployEncoder();
      node.deployUploader();
      awaitStage(node, id, RecordingStage.DONE_UPLOADED);
    }
  }

  @Test
  void destinationThatAltersWhatItIsGiven_isNeverASuccess() throws Exception {
    try (RecordingNode node = new RecordingNode(folder)) {
      UUID id = node.playCapture();
      node.end(id);
      node.destination.losesAByte = true;
      node.deployEncoder();
      node.deployUploader();
      awaitStage(node, id, RecordingStage.FAILED);

      RecordingRow failed = Await.result(node.recordings.find(id));
      assertThat(failed.failure()).contains("came back from the destination");
      assertThat(node.sessions.events(id)).doesNotContain("uploaded");
      assertThat(node.staged(id)).as("nothing staged was deleted").hasSize(4);
      assertThat(node.files("work")).isEmpty();
      assertThat(node.around.chunks.list(id)).hasSize(58);

      node.destination.losesAByte = false;
      assertThat(Await.result(node.recordings.retry(id, ADMIN)))
          .isEqualTo(RecordingStage.DONE_ENCODED);
      awaitStage(node, id, RecordingStage.DONE_UPLOADED);
      assertThat(Await.result(node.recordings.find(id)).failure()).isNull();
    }
  }

  @Test
  void encoderThatFailsEveryTime_leavesItFailedUntilItIsRetried() throws Exception {
    try (RecordingNode node = new RecordingNode(folder)) {
      UUID id = node.playCapture();
      node.end(id);
      node.raw.defect = new IllegalStateException("the store has a defect");
      node.deployEncoder();
      awaitStage(node, id, RecordingStage.FAILED);
      RecordingRow failed = Await.result(node.recordings.find(id));
      assertThat(failed.attempt()).isEqualTo(RecordingNode.MOST_ATTEMPTS);
      assertThat(failed.failure()).contains("the store has a defect");
      assertThat(node.sessions.events(id))
          .containsExactly("encoding", "requeued", "encoding", "requeued", "encoding", "failed");
      assertThat(node.files("work")).isEmpty();

      node.raw.defect = null;
      assertThat(Await.result(node.recordings.retry(id, ADMIN))).isEqualTo(RecordingStage.ENDED);
      awaitStage(node, id, RecordingStage.DONE_ENCODED);
    }
  }

  private static void awaitPostponements(RecordingNode node, UUID id, int count) {
    long before = node.around.figures().recordingsPostponed();
    Await.until(
        () -> "postponed, it is " + Await.result(node.recordings.find(id)),
        LONG,
        () -> node.around.figures().recordingsPostponed() >= before + count);
  }

  @Test
  void outagesOfAnyLength_postponeWithoutUsingUpAttempts() throws Exception {
    try (RecordingNode node = new RecordingNode(folder)) {
      UUID id = node.playCapture();
      node.end(id);
      node.raw.away = true;
      node.deployEncoder();
      awaitPostponements(node, id, 10 * RecordingNode.MOST_ATTEMPTS);
      RecordingRow postponed = Await.result(node.recordings.find(id));
      assertThat(postponed.stage()).isIn(RecordingStage.ENDED, RecordingStage.ENCODING);
      assertThat(postponed.attempt()).isLessThanOrEqualTo(1);
      assertThat(postponed.failure()).contains("the store is away");
      assertThat(node.sessions.events(id)).startsWith("encoding", "requeued", "encoding");
      assertThat(node.files("work")).isEmpty();
      node.raw.away = false;
      awaitStage(node, id, RecordingStage.DONE_ENCODED);

      node.destination.away = true;
      node.deployUploader();
      awaitPostponements(node, id, 10 * RecordingNode.MOST_ATTEMPTS);
      assertThat(node.staged(id)).as("nothing staged was deleted").hasSize(4);
      node.destination.away = false;
      awaitStage(node, id, RecordingStage.DONE_UPLOADED);
      RecordingRow done = Await.result(node.recordings.find(id));
      assertThat(done.attempt()).isEqualTo(1);
      assertThat(done.failure()).isNull();
      assertThat(done.nextTryAt()).isZero();
      assertThat(node.sql.number("SELECT postponed FROM recording WHERE session_id = ?", id))
          .isZero();
      assertThat(node.sessions.events(id)).doesNotContain("failed").endsWith("uploaded");
    }
  }

  @Test
  void postponedWork_restsAndSaysWhenItIsTriedAgain() throws Exception {
    try (RecordingNode node = new RecordingNode(folder)) {
      UUID id = node.sessions.ended();
      Claim claim =
          Await.result(node.claims.claim(Work.ENCODE, List.of("e"), Duration.ofMinutes(1), 0))
              .granted()
              .get(0)
              .claim();
      Await.result(
          node.claims.postpone(id, claim.claimant(), Duration.ofMinutes(2), "the store is away"));
      RecordingRow postponed = Await.result(node.recordings.find(id));
      assertThat(postponed.stage()).isEqualTo(RecordingStage.ENDED);
      assertThat(postponed.attempt()).isZero();
      assertThat(postponed.failure()).isEqualTo("the store is away");
      assertThat((double) postponed.nextTryAt())
          .isCloseTo(System.currentTimeMillis() + 120_000.0, within(30_000.0));
      assertThat(
              Await.result(node.claims.claim(Work.ENCODE, List.of("e"), Duration.ofMinutes(1), 0))
                  .granted())
          .isEmpty();
    }
  }

  /**
   * PITFALLS 14: hours of storage errors, then success and the local copy deleted. The hours are
   * compressed to many retries without a rest between; the destination first is away, then says
   * that it has stored what it has lost a part of, and only then works.
   */
  @Test
  void longOutageThenAFalseSuccess_deletesNothingBeforeTheDestinationWasReadBack()
      throws Exception {
    try (RecordingNode node = new RecordingNode(folder, Settings.USUAL.retention(Duration.ZERO))) {
      UUID id = node.playCapture();
      node.end(id);
      node.deployEncoder();
      awaitStage(node, id, RecordingStage.DONE_ENCODED);
      node.destination.away = true;
      node.deployUploader();
      awaitPostponements(node, id, 50);
      node.destination.losesAByte = true;
      node.destination.away = false;
      awaitStage(node, id, RecordingStage.FAILED);
      assertThat(node.sessions.events(id)).doesNotContain("uploaded");
      assertThat(Await.result(node.recordings.find(id)).failure())
          .contains("came back from the destination");
      assertThat(node.staged(id)).hasSize(4);
      assertThat(node.around.chunks.list(id)).hasSize(58);

      node.destination.losesAByte = false;
      Await.result(node.recordings.retry(id, ADMIN));
      awaitStage(node, id, RecordingStage.DONE_UPLOADED);
      Await.until("local copies are gone", LONG, () -> node.files("raw").isEmpty());
      for (ArtefactRow artefact : Await.result(node.recordings.find(id)).artefacts()) {
        byte[] delivered =
            Files.readAllBytes(folder.resolve("stored").resolve(artefact.destination()));
        assertThat(Sha256.of(delivered).hex()).isEqualTo(artefact.sha256());
      }
    }
  }

  @Test
  void shutdown_givesTheClaimBackUnharmed() throws Exception {
    try (RecordingNode node = new RecordingNode(folder)) {
      UUID id = node.playCapture();
      node.end(id);
      CountDownLatch latch = new CountDownLatch(1);
      node.raw.heldBack = latch;
      String encoder = node.deployEncoder();
      Await.until("claimed and at work", () -> node.raw.held.get() > 0);
      var stopped = node.store.vertx().undeploy(encoder);
      assertThat(node.sessions.stage(id))
          .as("until the work has stopped")
          .isEqualTo(RecordingStage.ENCODING);
      latch.countDown();
      Await.result(stopped);
      // A claim that was still on its way to the worker is given back by who hands them out.
      awaitStage(node, id, RecordingStage.ENDED);
      node.raw.heldBack = null;
      Claim next =
          Await.result(node.coordinator.claim(Work.ENCODE, "next", 1, Duration.ZERO).granted())
              .get(0);
      assertThat(next.attempt()).isEqualTo(1);
    }
  }

  @Test
  void earlierRunOfTheWorker_isPutBackAtOnce() throws Exception {
    try (RecordingNode node = new RecordingNode(folder)) {
      UUID id = node.playCapture();
      node.end(id);
      Await.result(
          node.claims.claim(Work.ENCODE, List.of("node-1/encoder/killed"), Duration.ofHours(1), 0));
      node.deployEncoder();
      awaitStage(node, id, RecordingStage.DONE_ENCODED);
      assertThat(node.sessions.events(id))
          .containsExactly("encoding", "requeued", "encoding", "encoded");
    }
  }

  @Test
  void workerThatLosesItsLease_writesNothing() throws Exception {
    try (RecordingNode node =
        new RecordingNode(folder, Settings.USUAL.lease(Duration.ofMillis(300)))) {
      UUID id = node.playCapture();
      node.end(id);
      CountDownLatch latch = new CountDownLatch(1);
      node.raw.heldBack = latch;
      String encoder = node.deployEncoder();
      Await.until("claimed and at work", () -> node.raw.held.get() > 0);
      node.sql.run(
          "UPDATE recording SET token = token + 1, owner = 'other' WHERE session_id = ?", id);
      latch.countDown();
      node.raw.heldBack = null;
      node.undeploy(encoder);
      assertThat(node.sessions.stage(id)).isEqualTo(RecordingStage.ENCODING);
      assertThat(Await.result(node.recordings.find(id)).artefacts()).isEmpty();
      assertThat(node.files("work")).isEmpty();
    }
  }
}
