package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.RecordingStage;
import dev.curfew.recording.RecordingNode.Settings;
import dev.curfew.storage.Payload;
import dev.curfew.store.ArtefactRow;
import dev.curfew.store.RecordingRow;
import dev.curfew.testing.Await;
import io.vertx.core.buffer.Buffer;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Destinations that are slow, and such that do not answer at all. */
class StalledUploadTest {
  private static final Duration STALLED = Duration.ofMillis(500);
  private static final Settings SETTINGS = Settings.USUAL.withoutVideo().stalledAfter(STALLED);
  private static final int SIZE = 3 << 20;

  @TempDir Path folder;

  private static UUID recorded(RecordingNode node) throws Exception {
    byte[] content = new byte[SIZE];
    new Random(5).nextBytes(content);
    UUID id = node.sessions.live();
    Await.result(node.recordings.captureRaw(id, Buffer.buffer(content), null, null));
    node.deployEncoder();
    node.end(id);
    Await.until("it is encoded", () -> node.sessions.stage(id) == RecordingStage.DONE_ENCODED);
    return id;
  }

  /** What happens before every read of what is to be stored. */
  private interface Line {
    void carry() throws IOException;
  }

  private static UnaryOperator<Payload> over(Line line) {
    return content ->
        new Payload() {
          @Override
          public long size() {
            return content.size();
          }

          @Override
          public InputStream open(long offset) throws IOException {
            return new FilterInputStream(content.open(offset)) {
              @Override
              public int read(byte[] buffer, int start, int length) throws IOException {
                line.carry();
                return in.read(buffer, start, Math.min(length, 64 << 10));
              }
            };
          }
        };
  }

  /** Waits whatever happens, as a thread does in a share that hangs. */
  private static void hang(CountDownLatch until) {
    boolean interrupted = false;
    while (until.getCount() > 0) {
      try {
        until.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void assertWhole(RecordingNode node, UUID id) throws IOException {
    RecordingRow recording = Await.result(node.recordings.find(id));
    ArtefactRow raw =
        recording.artefacts().stream()
            .filter(artefact -> artefact.kind() == ArtefactKind.RAW)
            .findFirst()
            .orElseThrow();
    byte[] stored =
        Files.readAllBytes(folder.resolve("stored").resolve(String.valueOf(raw.destination())));
    assertThat(stored).hasSize(SIZE);
    assertThat(Sha256.of(stored).hex()).isEqualTo(raw.sha256());
  }

  /**
   * PITFALLS 18: an upload that needs several times what a limit would allow, and several times its
   * lease, is done at the first attempt, since it gets on.
   */
  @Test
  void slowUpload_mayTakeAsLongAsItLikes() throws Exception {
    try (RecordingNode node = new RecordingNode(folder, SETTINGS.lease(STALLED))) {
      UUID id = recorded(node);
      long since = System.nanoTime();
      node.destination.taking =
          over(
              () -> {
                try {
                  Thread.sleep(40);
                } catch (InterruptedException e) {
                  throw new IOException(e);
                }
              });
      node.deployUploader();
      Await.until("it is uploaded", () -> node.sessions.stage(id) == RecordingStage.DONE_UPLOADED);
      assertThat(Duration.ofNanos(System.nanoTime() - since))
          .isGreaterThan(STALLED.multipliedBy(3));
      assertThat(node.sessions.events(id))
          .containsExactly("encoding", "encoded", "uploading", "uploaded");
      assertWhole(node, id);
    }
  }

  @Test
  void uploadThatStandsStill_isCancelledAndTriedAgain() throws Exception {
    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch dead = new CountDownLatch(1);
    try (RecordingNode node = new RecordingNode(folder, SETTINGS)) {
      UUID id = recorded(node);
      node.destination.taking =
          over(
              () -> {
                hanging.countDown();
                hang(dead);
              });
      node.deployUploader();
      hanging.await();
      node.destination.taking = UnaryOperator.identity();
      Await.until(
          "it is uploaded by another attempt, though the first one hangs for ever",
          () -> node.sessions.stage(id) == RecordingStage.DONE_UPLOADED);
      assertThat(node.sessions.events(id))
          .containsExactly("encoding", "encoded", "uploading", "requeued", "uploading", "uploaded");
      assertThat(
              node.sql.value(
                  "SELECT data->>'reason' FROM event WHERE session_id = ? AND type LIKE ?",
                  id,
                  "%.requeued"))
          .contains("No byte has moved");
      dead.countDown();
      assertWhole(node, id);
      Await.until(
          "the first attempt left nothing behind",
          () -> node.files("stored").stream().noneMatch(name -> name.contains(".part-")));
      assertWhole(node, id);
    }
  }

  @Test
  void shutdown_doesNotWaitForADestinationThatHangs() throws Exception {
    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch dead = new CountDownLatch(1);
    try (RecordingNode node =
        new RecordingNode(folder, SETTINGS.stalledAfter(Duration.ofSeconds(2)))) {
      UUID id = recorded(node);
      node.destination.taking =
          over(
              () -> {
                hanging.countDown();
                hang(dead);
              });
      String uploader = node.deployUploader();
      hanging.await();
      node.undeploy(uploader);
      assertThat(node.sessions.stage(id)).isEqualTo(RecordingStage.DONE_ENCODED);
    } finally {
      dead.countDown();
    }
  }
}
