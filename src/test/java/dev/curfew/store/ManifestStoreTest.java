package dev.curfew.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ChunkKind;
import dev.curfew.store.ManifestStore.NewChunk;
import dev.curfew.store.ManifestStore.Plan;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.RecordedSessions;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ManifestStoreTest {
  private static TestStore store;
  private static DirectSql sql;
  private static RecordedSessions sessions;
  private static ManifestStore manifests;

  @BeforeAll
  static void open() throws Exception {
    store = TestStore.open();
    sql = DirectSql.open(store.endpoint());
    sessions = new RecordedSessions(sql);
    manifests = new ManifestStore(store.database());
  }

  @AfterAll
  static void close() throws SQLException {
    sql.close();
    store.close();
  }

  @Test
  void chunks_areNumberedAndLinkedInOrder() throws SQLException {
    UUID id = sessions.live();
    assertThat(append(text(id, "one", null))).isEqualTo(new Listed(1, 0));
    assertThat(append(raw(id, "abc", null))).isEqualTo(new Listed(2, 3));
    assertThat(append(raw(id, "de", 3L))).isEqualTo(new Listed(3, 5));

    List<ChunkRow> lines = Await.result(manifests.list(id, 0, 10));
    assertThat(lines).extracting(ChunkRow::sequence).containsExactly(1L, 2L, 3L);
    assertThat(lines).extracting(ChunkRow::rawOffset).containsExactly(null, 0L, 3L);
    assertThat(lines.get(0).content()).isEqualTo("one");
    byte[] chain = new byte[0];
    for (ChunkRow line : lines) {
      chain = link(chain, line);
      assertThat(line.chain()).isEqualTo(chain);
    }
    assertThat(sql.number("SELECT chunk_bytes FROM recording WHERE session_id = ?", id))
        .isEqualTo(8);
  }

  @Test
  void linesInOrderOfCapture_comeInPagesOfBoundedText() throws SQLException {
    long start = System.currentTimeMillis() - 30_000;
    UUID id = sessions.live(start, start + 3_600_000);
    append(text(id, "ccc", start + 20));
    append(text(id, "a", start + 10));
    append(raw(id, "raw", null));
    append(text(id, "dd", start + 20));
    append(text(id, "b", start + 15));

    List<String> texts = new ArrayList<>();
    List<Integer> pages = new ArrayList<>();
    long at = 0;
    long sequence = 0;
    while (true) {
      List<ChunkRow> page =
          Await.result(manifests.listCaptured(id, ChunkKind.KEYSTROKES, at, sequence, 3, 2));
      if (page.isEmpty()) {
        break;
      }
      pages.add(page.size());
      page.forEach(line -> texts.add(line.content()));
      at = page.get(page.size() - 1).capturedAt();
      sequence = page.get(page.size() - 1).sequence();
    }

    assertThat(texts).containsExactly("a", "b", "ccc", "dd");
    assertThat(pages).containsExactly(2, 1, 1);
    assertThat(Await.result(manifests.listCaptured(id, ChunkKind.CLIPBOARD, 0, 0, 3, 2))).isEmpty();
  }

  @Test
  void chunk_afterTheEnd_isNotListed() throws SQLException {
    UUID id = sessions.live();
    append(text(id, "in time", null));
    sessions.end(id);
    assertThat(append(text(id, "too late", null))).isEqualTo(new Plan.Closed());
    assertThat(Await.result(manifests.list(id, 0, 10))).hasSize(1);
  }

  @Test
  void chunkPlannedBeforeTheEnd_isNotListedAfterIt() throws SQLException {
    UUID id = sessions.live();
    Plan.Next planned = (Plan.Next) Await.result(manifests.plan(text(id, "under way", null)));
    sessions.end(id);
    assertThat(Await.result(manifests.append(planned, new byte[32], null))).isFalse();
    assertThat(Await.result(manifests.list(id, 0, 10))).isEmpty();
  }

  @Test
  void chunk_ofNoRecording_isNotFound() {
    refused(text(new UUID(9, 9), "x", null), ErrorCode.NOT_FOUND);
  }

  @Test
  void captureTime_isThatOfArrivalUnlessSaid() throws SQLException {
    long now = System.currentTimeMillis();
    UUID id = sessions.live(now - 60_000, now + 600_000);
    append(text(id, "arrives", null));
    append(text(id, "a replay, ahead of the clock", now + 500_000));
    List<ChunkRow> lines = Await.result(manifests.list(id, 0, 10));
    assertThat(lines.get(0).capturedAt()).isBetween(now - 1_000, now + 60_000);
    assertThat(lines.get(1).capturedAt()).isEqualTo(now + 500_000);
    refused(text(id, "after the deadline", now + 600_001), ErrorCode.UNPROCESSABLE);
    refused(text(id, "before the start", now - 60_001), ErrorCode.UNPROCESSABLE);
    refused(text(id, "overtaken by far", now + 439_999), ErrorCode.UNPROCESSABLE);
    append(text(id, "overtaken by a little", now + 440_000));
  }

  @Test
  void captureSentAgain_isListedOnce() throws SQLException {
    UUID id = sessions.live();
    long at = System.currentTimeMillis();
    append(text(id, "ls", at));
    append(text(id, "cd", at));
    assertThat(append(text(id, "ls", at))).isEqualTo(new Plan.Repeated(1, 0));
    assertThat(append(text(id, "ls", at + 1))).isEqualTo(new Listed(3, 0));
  }

  @Test
  void rawPieceSentAgain_isListedOnce() throws SQLException {
    UUID id = sessions.live();
    append(raw(id, "0123456789", 0L));
    append(raw(id, "abcde", 10L));
    assertThat(append(raw(id, "0123456789", 0L))).isEqualTo(new Plan.Repeated(1, 15));
    assertThat(append(raw(id, "abcde", 10L))).isEqualTo(new Plan.Repeated(2, 15));
  }

  @Test
  void rawPieceThatDoesNotFit_isRefusedWithTheExpectedOffset() throws SQLException {
    UUID id = sessions.live();
    append(raw(id, "0123456789", 0L));
    for (NewChunk wrong :
        List.of(
            raw(id, "x", 11L),
            raw(id, "x", -1L),
            raw(id, "other bytes", 0L),
            raw(id, "9!", 9L),
            raw(id, "123", 1L))) {
      assertThat(refused(wrong, ErrorCode.OFFSET_GAP)).hasMessageContaining("expected offset 10");
    }
    assertThat(Await.result(manifests.list(id, 0, 10))).hasSize(1);
  }

  @Test
  void chunksOfManyAtOnce_makeOneChain() throws SQLException {
    UUID id = sessions.live();
    List<Future<Object>> appended = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      appended.add(appendEventually(text(id, "chunk " + i, null)));
    }
    Await.result(Future.all(appended));
    List<ChunkRow> lines = Await.result(manifests.list(id, 0, 100));
    assertThat(lines).hasSize(12);
    byte[] chain = new byte[0];
    for (ChunkRow line : lines) {
      chain = link(chain, line);
      assertThat(line.chain()).isEqualTo(chain);
    }
  }

  private record Listed(long sequence, long rawBytes) {}

  private static Object append(NewChunk chunk) {
    return Await.result(appendEventually(chunk));
  }

  private static Future<Object> appendEventually(NewChunk chunk) {
    return manifests
        .plan(chunk)
        .compose(
            plan ->
                plan instanceof Plan.Next next
                    ? manifests
                        .append(next, link(next.previous(), next.line()), null)
                        .compose(
                            listed ->
                                listed
                                    ? Future.succeededFuture(
                                        new Listed(next.line().sequence(), next.rawBytes()))
                                    : appendEventually(chunk))
                    : Future.succeededFuture(plan));
  }

  private static CurfewException refused(NewChunk chunk, ErrorCode code) {
    Throwable failure = Await.failure(manifests.plan(chunk));
    assertThat(failure).isInstanceOf(CurfewException.class);
    assertThat(((CurfewException) failure).code()).isEqualTo(code);
    return (CurfewException) failure;
  }

  private static NewChunk text(UUID id, String text, @Nullable Long capturedAt) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new NewChunk(
        id, ChunkKind.KEYSTROKES, capturedAt, bytes.length, sha256(bytes), text, null, null);
  }

  private static NewChunk raw(UUID id, String piece, @Nullable Long offset) {
    byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
    return new NewChunk(id, ChunkKind.RAW, null, bytes.length, sha256(bytes), null, "raw", offset);
  }

  private static byte[] link(byte[] previous, ChunkRow line) {
    return sha256(previous, line.sha256(), Long.toString(line.capturedAt()).getBytes());
  }

  private static byte[] sha256(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
