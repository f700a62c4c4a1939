package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.RecordingStage;
import dev.curfew.recording.RecordingNode.Settings;
import dev.curfew.store.ChunkRow;
import dev.curfew.store.ManifestStore.Line;
import dev.curfew.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.awt.Color;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is captured while the store of raw recordings is away. */
class SpoolTest {
  private static final int BLOCK = 4_096;

  @TempDir Path folder;

  /** A session whose gateway sends pictures that differ from each other. */
  private static final class Gateway {
    private final RecordingNode node;
    final long startedAt = System.currentTimeMillis() - 60_000;
    final UUID session;

    Gateway(RecordingNode node) throws SQLException {
      this.node = node;
      this.session = node.sessions.live(startedAt, startedAt + 3_600_000);
    }

    static byte[] picture(int number) {
      return RecordingFixture.picture(48, 32, new Color(number * 3, 7, 200), "png");
    }

    Future<Capture> send(RecordingNode to, int number) {
      return to.recordings.captureScreenshot(
          session, Buffer.buffer(picture(number)), startedAt + 100L * number);
    }

    void send(int from, int to) {
      for (int number = from; number <= to; number++) {
        assertThat(Await.result(send(node, number)).sequence()).isEqualTo(number);
      }
    }

    /** That pictures 1 to the last are listed, stored, in order, each once, and nothing spooled. */
    void assertWhole(RecordingNode at, int last) throws Exception {
      List<ChunkRow> lines = Await.result(at.recordings.chunks(session, null, 0, 1_000));
      assertThat(lines)
          .extracting(ChunkRow::sequence)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, last).boxed().toList());
      assertThat(lines).extracting(ChunkRow::spooledOn).containsOnlyNulls();
      for (ChunkRow line : lines) {
        assertThat(line.sha256())
            .isEqualTo(Sha256.of(picture(Math.toIntExact(line.sequence()))).bytes());
      }
      assertThat(at.verify(session).bad()).isNull();
      assertThat(at.around.chunks.list(session)).hasSize(last);
      assertThat(at.files("spool")).isEmpty();
      assertThat(at.around.figures().spoolBytes()).isZero();
    }

    List<ChunkKey> keys() {
      return Await.result(node.recordings.chunks(session, null, 0, 1_000)).stream()
          .map(row -> ManifestRows.chunk(row).key(session))
          .toList();
    }
  }

  private static void awaitEmpty(RecordingNode node) {
    Await.until(
        () -> node.around.figures().spoolChunks() + " chunks are left in the spool",
        Duration.ofSeconds(30),
        () -> node.around.figures().spoolChunks() == 0);
  }

  private static List<String> inOrder(RecordingNode node, UUID session) {
    return node.raw.stored.stream()
        .filter(name -> name.contains(session.toString()))
        .map(name -> name.substring(name.lastIndexOf('/') + 1).substring(0, 12))
        .toList();
  }

  private static void assertUnavailable(Future<?> asked, String message) {
    assertThat(Await.failure(asked))
        .isInstanceOfSatisfying(
            CurfewException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE))
        .hasMessageContaining(message);
  }

  @Test
  void outageInTheMiddleOfACapture_losesNothingAndDoublesNothing() throws Exception {
    try (RecordingNode node = new RecordingNode(folder)) {
      node.deployDrainer();
      Gateway gateway = new Gateway(node);
      gateway.send(1, 10);
      node.raw.away = true;
      gateway.send(11, 25);
      int asked = node.raw.asked.get();
      Await.until("the store was tried again and again", () -> node.raw.asked.get() >= asked + 10);
      assertThat(node.around.figures().storeAway()).isTrue();
      assertThat(node.around.figures().spoolChunks()).isEqualTo(15);
      assertThat(node.bytes(Await.result(node.recordings.chunk(gateway.session, 20))))
          .as("read from the spool")
          .isEqualTo(Gateway.picture(20));
      node.raw.away = false;
      awaitEmpty(node);
      gateway.send(26, 30);
      assertThat(node.around.figures().storeAway()).isFalse();
      gateway.assertWhole(node, 30);
      assertThat(inOrder(node, gateway.session))
          .containsExactlyElementsOf(
              IntStream.rangeClosed(1, 30).mapToObj("%012d"::formatted).toList());
    }
  }

  /** PITFALLS 16: a duplicated chunk. Its answer was lost, so the gateway sends it again. */
  @Test
  void chunkSentAgainAroundAnOutage_isListedOnce() throws Exception {
    try (RecordingNode node = new RecordingNode(folder)) {
      node.deployDrainer();
      Gateway gateway = new Gateway(node);
      gateway.send(1, 2);
      node.raw.away = true;
      assertRepeated(gateway, node, 2);
      gateway.send(3, 5);
      assertRepeated(gateway, node, 3);
      assertRepeated(gateway, node, 5);
      node.raw.away = false;
      awaitEmpty(node);
      assertRepeated(gateway, node, 2);
      assertRepeated(gateway, node, 4);
      gateway.send(6, 6);
      gateway.assertWhole(node, 6);
    }
  }

  private static void assertRepeated(Gateway gateway, RecordingNode node, int number) {
    Capture again = Await.result(gateway.send(node, number));
    assertThat(again.outcome()).isEqualTo(Capture.Outcome.REPEATED);
    assertThat(again.sequence()).isEqualTo(number);
  }

  @Test
  void spoolAtItsLimit_refusesUntilTheStoreIsBack() throws Exception {
    try (RecordingNode node = new RecordingNode(folder, Settings.USUAL.spoolLimit(5 * BLOCK))) {
      node.deployDrainer();
      Gateway gateway = new Gateway(node);
      node.raw.away = true;
      gateway.send(1, 5);
      for (int i = 0; i < 3; i++) {
        assertUnavailable(gateway.send(node, 6), "spool is full");
      }
      assertThat(node.around.figures().capturesRefused()).isEqualTo(3);
      assertThat(node.around.figures().spoolBytes()).isEqualTo(5 * BLOCK);
      assertThat(gateway.keys()).as("nothing of it is listed").hasSize(5);
      node.raw.away = false;
      awaitEmpty(node);
      gateway.send(6, 12);
      gateway.assertWhole(node, 12);
    }
  }

  @Test
  void storeThatHangs_isWaitedForOnce() throws Exception {
    try (RecordingNode node =
        new RecordingNode(folder, Settings.USUAL.storePatience(Duration.ofMillis(300)))) {
      node.deployDrainer();
      Gateway gateway = new Gateway(node);
      CountDownLatch latch = new CountDownLatch(1);
      node.raw.heldBack = latch;
      gateway.send(1, 1);
      assertThat(node.around.figures().storeAway()).isTrue();
      long began = System.nanoTime();
      gateway.send(2, 20);
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .as("19 chunks that would each have waited")
          .isLessThan(Duration.ofMillis(19 * 300));
      node.raw.heldBack = null;
      latch.countDown();
      awaitEmpty(node);
      Await.until("the store is back", () -> !node.around.figures().storeAway());
      gateway.send(21, 22);
      gateway.assertWhole(node, 22);
    }
  }

  // Killed between any two steps

  /** A node that has spooled three chunks and is gone; its store is back. */
  private RecordingNode killedWithThree(RecordingNode node, Gateway gateway) throws Exception {
    node.raw.away = true;
    gateway.send(1, 3);
    node.raw.away = false;
    assertThat(node.files("spool")).hasSize(3);
    return node;
  }

  @Test
  void restart_findsWhatItHeldAndMovesItOn() throws Exception {
    try (RecordingNode killed = new RecordingNode(folder)) {
      Gateway gateway = new Gateway(killed);
      killedWithThree(killed, gateway);
      try (RecordingNode node = killed.startedAgain()) {
        assertThat(node.around.figures().spoolChunks()).isEqualTo(3);
        assertThat(node.bytes(Await.result(node.recordings.chunk(gateway.session, 2))))
            .isEqualTo(Gateway.picture(2));
        node.deployDrainer();
        awaitEmpty(node);
        gateway.assertWhole(node, 3);
        assertThat(inOrder(node, gateway.session))
            .containsExactly("000000000001", "000000000002", "000000000003");
      }
    }
  }

  @Test
  void killedAfterTheStoreHadTheChunk_isHarmless() throws Exception {
    try (RecordingNode killed = new RecordingNode(folder)) {
      Gateway gateway = new Gateway(killed);
      killedWithThree(killed, gateway);
      killed.around.chunks.put(gateway.keys().get(0), Gateway.picture(1));
      try (RecordingNode node = killed.startedAgain()) {
        node.deployDrainer();
        awaitEmpty(node);
        gateway.assertWhole(node, 3);
      }
    }
  }

  @Test
  void killedAfterTheMarkWasCleared_isHarmless() throws Exception {
    try (RecordingNode killed = new RecordingNode(folder)) {
      Gateway gateway = new Gateway(killed);
      killedWithThree(killed, gateway);
      ChunkKey first = gateway.keys().get(0);
      killed.around.chunks.put(first, Gateway.picture(1));
      Await.result(
          killed.around.manifests.inStore(
              List.of(new Line(first.recording(), 1, first.sha256().bytes()))));
      try (RecordingNode node = killed.startedAgain()) {
        node.deployDrainer();
        awaitEmpty(node);
        gateway.assertWhole(node, 3);
      }
    }
  }

  @Test
  void killedBeforeTheChunkWasListed_keepsItWhileItMayYetBeAndNoLonger() throws Exception {
    try (RecordingNode killed = new RecordingNode(folder)) {
      Gateway gateway = new Gateway(killed);
      killedWithThree(killed, gateway);
      ChunkKey unlisted = new ChunkKey(gateway.session, 4, Sha256.of(Gateway.picture(9)), "png");
      killed.around.spool.put(unlisted, Gateway.picture(9));
      try (RecordingNode node = killed.startedAgain()) {
        node.deployDrainer();
        Await.until("the others are moved", () -> node.around.figures().spoolChunks() == 1);
        assertThat(node.around.spool.keys()).containsExactly(unlisted);
        assertThat(Await.result(gateway.send(node, 4)).sequence()).isEqualTo(4);
        awaitEmpty(node);
        gateway.assertWhole(node, 4);
      }
    }
  }

  @Test
  void spooledFileThatWasAltered_standsInNobodysWay() throws Exception {
    try (RecordingNode node = new RecordingNode(folder)) {
      Gateway gateway = new Gateway(node);
      killedWithThree(node, gateway);
      Path first = folder.resolve("spool").resolve(node.files("spool").get(0));
      Files.write(first, new byte[] {1, 2, 3});
      node.deployDrainer();
      Await.until("the others are moved", () -> node.around.figures().spoolChunks() == 1);
      assertThat(node.around.chunks.list(gateway.session)).hasSize(2);
      assertThat(node.verify(gateway.session).bad()).asString().contains("chunk 1");
    }
  }

  // Readers

  @Test
  void chunkThatAnotherNodeHolds_isNeverTakenForMissing() throws Exception {
    try (RecordingNode node = new RecordingNode(folder)) {
      Gateway gateway = new Gateway(node);
      killedWithThree(node, gateway);
      node.sql.run(
          "UPDATE chunk SET spooled_on = 'node-2' WHERE session_id = ? AND sequence = 2",
          gateway.session);
      Content chunk = Await.result(node.recordings.chunk(gateway.session, 2));
      assertThatThrownBy(() -> node.bytes(chunk)).hasMessageContaining("node-2");
      assertUnavailable(node.recordings.verify(gateway.session, Duration.ofMinutes(1)), "node-2");
      node.end(gateway.session);
      node.deployEncoder();
      Await.until(
          "it is postponed naming the node",
          () ->
              String.valueOf(Await.result(node.recordings.find(gateway.session)).failure())
                  .contains("node-2"));
      assertThat(Await.result(node.around.custody.toClear(Duration.ZERO, 10))).isEmpty();
      node.sql.run(
          "UPDATE chunk SET spooled_on = ? WHERE session_id = ?",
          RecordingNode.NODE,
          gateway.session);
      Await.until(
          "it is encoded from the spool",
          Duration.ofSeconds(60),
          () -> node.sessions.stage(gateway.session) == RecordingStage.DONE_ENCODED);
      node.deployDrainer();
      awaitEmpty(node);
      gateway.assertWhole(node, 3);
    }
  }

  @Test
  void manySessionsAtOnce_areAllWholeAfterAnOutage() throws Exception {
    try (RecordingNode node = new RecordingNode(folder)) {
      node.deployDrainer();
      List<Gateway> gateways = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        gateways.add(new Gateway(node));
      }
      List<Future<Capture>> sent = new ArrayList<>();
      for (int number = 1; number <= 24; number++) {
        node.raw.away = number > 6 && number <= 18;
        for (Gateway gateway : gateways) {
          sent.add(gateway.send(node, number));
        }
        if (number % 6 == 0) {
          Await.result(Future.all(sent));
        }
      }
      Await.result(Future.all(sent));
      awaitEmpty(node);
      for (Gateway gateway : gateways) {
        gateway.assertWhole(node, 24);
      }
    }
  }
}
