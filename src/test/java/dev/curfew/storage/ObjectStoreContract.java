package dev.curfew.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ObjectStore} does. Each kind of store extends this with a place to try it in:
 * an empty folder, share or bucket for each test.
 */
abstract class ObjectStoreContract {
  private final Deque<ObjectStore> opened = new ArrayDeque<>();

  /** Opens the place of this test as another node would: with connections of its own. */
  abstract ObjectStore connect() throws Exception;

  /** Takes the place away: unmounts the folder, deletes the bucket. */
  abstract void vanish() throws Exception;

  /**
   * What lies in the place, past the store: objects by name, and something for each half of one.
   */
  abstract List<String> everything() throws Exception;

  /** A size, in bytes, at which the store sends an object in more than two pieces. */
  abstract int large();

  final ObjectStore store() throws Exception {
    ObjectStore store = connect();
    opened.push(store);
    return store;
  }

  @AfterEach
  void closeStores() {
    opened.forEach(ObjectStore::close);
  }

  static byte[] bytes(String content) {
    return content.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] random(int size, long seed) {
    byte[] content = new byte[size];
    new Random(seed).nextBytes(content);
    return content;
  }

  static byte[] read(InputStream in) throws IOException {
    try (in) {
      return in.readAllBytes();
    }
  }

  /** Says one size and has another, as a file does that is still written or was cut off. */
  static Payload announced(long size, byte[] content) {
    return new Payload() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public InputStream open(long offset) {
        int from = (int) Math.min(offset, content.length);
        return new ByteArrayInputStream(content, from, content.length - from);
      }
    };
  }

  /** Content that cannot be read any more from one byte on. */
  static Payload unreadableFrom(int end, byte[] content) {
    return new Payload() {
      @Override
      public long size() {
        return content.length;
      }

      @Override
      public InputStream open(long offset) {
        return new InputStream() {
          private int next = (int) offset;

          @Override
          public int read() throws IOException {
            if (next >= end && end < content.length) {
              throw new IOException("the disk is worn out");
            }
            return next < content.length ? content[next++] & 0xff : -1;
          }

          @Override
          public int read(byte[] buffer, int from, int length) throws IOException {
            int here = Math.min(length, Math.min(end, content.length) - next);
            if (here <= 0) {
              int value = length == 0 ? 0 : read();
              if (value < 0) {
                return -1;
              }
              buffer[from] = (byte) value;
              return 1;
            }
            System.arraycopy(content, next, buffer, from, here);
            next += here;
            return here;
          }
        };
      }
    };
  }

  static void refused(ErrorCode code, ThrowingCallable call) {
    assertThatExceptionOfType(CurfewException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  @Test
  void storedObject_isThereForTheNextProcess() throws Exception {
    store().put("2026/11/22/a-session/video.mp4", bytes("moving pictures"));

    ObjectStore next = store();
    assertThat(read(next.open("2026/11/22/a-session/video.mp4")))
        .isEqualTo(bytes("moving pictures"));
    assertThat(next.size("2026/11/22/a-session/video.mp4")).isEqualTo(15);
    assertThat(everything()).containsExactly("2026/11/22/a-session/video.mp4");
  }

  @Test
  void emptyObject_isOne() throws Exception {
    ObjectStore store = store();

    store.put("a/empty", new byte[0]);

    assertThat(store.size("a/empty")).isZero();
    assertThat(read(store.open("a/empty"))).isEmpty();
    assertThat(store.list("a")).containsExactly("a/empty");
  }

  @Test
  void anotherPut_replacesTheWholeObject() throws Exception {
    ObjectStore store = store();
    store.put("a/b", random(100_000, 1));

    store.put("a/b", bytes("short"));

    assertThat(read(store.open("a/b"))).isEqualTo(bytes("short"));
    assertThat(store.size("a/b")).isEqualTo(5);
    assertThat(everything()).containsExactly("a/b");
  }

  @Test
  void largeObject_isStoredAndReplacedWhole() throws Exception {
    ObjectStore store = store();
    byte[] first = random(large(), 1);
    byte[] second = random(large() + 12_345, 2);

    store.put("a/large", Payload.of(first), Watch.NONE);
    assertThat(read(store.open("a/large"))).isEqualTo(first);

    store.put("a/large", Payload.of(second), Watch.NONE);
    assertThat(read(store.open("a/large"))).isEqualTo(second);
    assertThat(store.size("a/large")).isEqualTo(second.length);
    int middle = large() / 2;
    assertThat(read(store.open("a/large", middle, 100_000)))
        .isEqualTo(Arrays.copyOfRange(second, middle, middle + 100_000));
    assertThat(everything()).containsExactly("a/large");
  }

  @Test
  void part_isReadByOffsetAndLength() throws Exception {
    ObjectStore store = store();
    store.put("a/b", bytes("0123456789"));
    store.put("a/empty", new byte[0]);

    assertThat(read(store.open("a/b", 3, 4))).isEqualTo(bytes("3456"));
    assertThat(read(store.open("a/b", 8, 4))).isEqualTo(bytes("89"));
    assertThat(read(store.open("a/b", 1, Long.MAX_VALUE))).isEqualTo(bytes("123456789"));
    assertThat(read(store.open("a/b", 10, 4))).isEmpty();
    assertThat(read(store.open("a/b", 0, 0))).isEmpty();
    assertThat(read(store.open("a/empty", 0, 7))).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> store.open("a/b", 11, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> store.open("a/b", 11, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> store.open("a/b", -1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> store.open("a/b", 0, -1));
  }

  @Test
  void streamThatIsNotReadToItsEnd_holdsNothingUp() throws Exception {
    ObjectStore store = store();
    byte[] content = random(large(), 3);
    store.put("a/large", Payload.of(content), Watch.NONE);

    for (int i = 0; i < 20; i++) {
      try (InputStream in = store.open("a/large")) {
        assertThat(in.read()).isEqualTo(content[0] & 0xff);
      }
    }

    assertThat(store.size("a/large")).isEqualTo(content.length);
  }

  @Test
  void list_isOfOneFolderSortedAndAtAnyDepth() throws Exception {
    ObjectStore store = store();
    for (String name : List.of("a/c", "a/b/z", "a/b/y/x", "a-b/c", "ab/c", "a/B", "b/a")) {
      store.put(name, bytes(name));
    }

    assertThat(store.list("a")).containsExactly("a/B", "a/b/y/x", "a/b/z", "a/c");
    assertThat(store.list("a/b")).containsExactly("a/b/y/x", "a/b/z");
    assertThat(store.list("a/c")).isEmpty();
    assertThat(store.list("c")).isEmpty();
  }

  @Test
  void delete_takesOneObject() throws Exception {
    ObjectStore store = store();
    store.put("a/b", bytes("b"));
    store.put("a/bc", bytes("bc"));

    store.delete("a/b");
    store.delete("a/b");
    store.delete("never/was");

    refused(ErrorCode.NOT_FOUND, () -> store.open("a/b"));
    assertThat(store.list("a")).containsExactly("a/bc");
  }

  @Test
  void deleteAll_takesTheFolderAndNotItsNeighbours() throws Exception {
    ObjectStore store = store();
    for (String name : List.of("a/b/c", "a/b/d/e", "a/bc/d", "a/b-c")) {
      store.put(name, bytes(name));
    }

    store.deleteAll("a/b");
    store.deleteAll("a/b");
    store.deleteAll("never");

    assertThat(store.list("a")).containsExactly("a/b-c", "a/bc/d");
    assertThat(everything()).containsExactlyInAnyOrder("a/b-c", "a/bc/d");
  }

  @Test
  void deleteAll_takesWhatHalfDonePutsLeft() throws Exception {
    ObjectStore store = store();
    byte[] content = random(large(), 4);
    refused(
        ErrorCode.STORAGE_UNAVAILABLE,
        () -> store.put("a/b/c", unreadableFrom(large() * 3 / 4, content), Watch.NONE));

    store.deleteAll("a/b");

    assertThat(everything()).isEmpty();
  }

  @Test
  void missingObject_isNotFound() throws Exception {
    ObjectStore store = store();
    store.put("a/b", bytes("b"));

    refused(ErrorCode.NOT_FOUND, () -> store.open("a/c"));
    refused(ErrorCode.NOT_FOUND, () -> store.open("a/c", 0, 0));
    refused(ErrorCode.NOT_FOUND, () -> store.size("a/c"));
    refused(ErrorCode.NOT_FOUND, () -> store.open("never/was/here"));
    refused(ErrorCode.NOT_FOUND, () -> store.size("never/was/here"));
  }

  @Test
  void nameThatIsNone_isADefect() throws Exception {
    ObjectStore store = store();

    for (String name : List.of("", "/a", "a/", "a//b", "../a", "a/../b", "a b", ".part-a", "ä")) {
      assertThatIllegalArgumentException().as(name).isThrownBy(() -> store.put(name, bytes("a")));
      assertThatIllegalArgumentException().as(name).isThrownBy(() -> store.open(name));
      assertThatIllegalArgumentException().as(name).isThrownBy(() -> store.size(name));
      assertThatIllegalArgumentException().as(name).isThrownBy(() -> store.list(name));
      assertThatIllegalArgumentException().as(name).isThrownBy(() -> store.delete(name));
      assertThatIllegalArgumentException().as(name).isThrownBy(() -> store.deleteAll(name));
      assertThatIllegalArgumentException().as(name).isThrownBy(() -> store.location(name));
    }
    assertThat(everything()).isEmpty();
  }

  @Test
  void concurrentPutsOfTheSame_leaveOne() throws Exception {
    concurrentPuts(random(100_000, 5), 16);
  }

  @Test
  void concurrentPutsOfTheSameLargeObject_leaveOne() throws Exception {
    concurrentPuts(random(large(), 6), 3);
  }

  private void concurrentPuts(byte[] content, int callers) throws Exception {
    ObjectStore one = store();
    ObjectStore other = store();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> puts = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      ObjectStore store = i % 2 == 0 ? one : other;
      puts.add(threads.submit(() -> store.put("a/b", Payload.of(content), Watch.NONE)));
    }
    for (Future<?> put : puts) {
      put.get(60, TimeUnit.SECONDS);
    }
    threads.shutdown();

    assertThat(read(one.open("a/b"))).isEqualTo(content);
    assertThat(everything()).containsExactly("a/b");
  }

  @Test
  void watch_isToldEveryByteOnce() throws Exception {
    ObjectStore store = store();
    for (int size : List.of(0, 1, 100_000, large())) {
      AtomicLong moved = new AtomicLong();
      store.put("a/b", Payload.of(random(size, size)), moved::addAndGet);
      assertThat(moved).hasValue(size);
    }
  }

  @Test
  void cancelledPut_leavesTheFormerObject() throws Exception {
    ObjectStore store = store();
    byte[] former = random(100_000, 7);
    byte[] content = random(large(), 8);
    store.put("a/b", former);
    AtomicLong moved = new AtomicLong();

    assertThatThrownBy(
            () ->
                store.put(
                    "a/b",
                    Payload.of(content),
                    bytes -> {
                      if (moved.addAndGet(bytes) >= large() / 2) {
                        throw new CancellationException("the claim is lost");
                      }
                    }))
        .isExactlyInstanceOf(CancellationException.class)
        .hasMessage("the claim is lost");

    assertThat(moved.get()).isLessThan(large());
    assertThat(read(store.open("a/b"))).isEqualTo(former);
    store.put("a/b", Payload.of(content), Watch.NONE);
    assertThat(read(store.open("a/b"))).isEqualTo(content);
    assertThat(everything()).containsExactly("a/b");
  }

  @Test
  void contentThatEndsEarly_isNeverAnObject() throws Exception {
    ObjectStore store = store();
    for (int size : List.of(10_000, large())) {
      byte[] content = random(size, 9);
      refused(
          ErrorCode.STORAGE_UNAVAILABLE,
          () -> store.put("a/b", announced(size + 1, content), Watch.NONE));
      refused(ErrorCode.NOT_FOUND, () -> store.open("a/b"));
      assertThat(store.list("a")).isEmpty();
    }
  }

  @Test
  void contentThatCannotBeRead_leavesTheFormerObject() throws Exception {
    ObjectStore store = store();
    for (int size : List.of(10_000, large())) {
      byte[] content = random(size, 10);
      store.put("a/b", bytes("former"));
      refused(
          ErrorCode.STORAGE_UNAVAILABLE,
          () -> store.put("a/b", unreadableFrom(size * 3 / 4, content), Watch.NONE));
      assertThat(read(store.open("a/b"))).isEqualTo(bytes("former"));

      store.put("a/b", Payload.of(content), Watch.NONE);
      assertThat(read(store.open("a/b"))).isEqualTo(content);
    }
  }

  /** PITFALLS 16: what an earlier try sent must not get into the object of a later one. */
  @Test
  void otherContentAfterAHalfDonePut_hasNothingOfIt() throws Exception {
    ObjectStore store = store();
    byte[] first = random(large(), 11);
    byte[] second = first.clone();
    second[1]++;
    second[large() / 2]++;
    refused(
        ErrorCode.STORAGE_UNAVAILABLE,
        () -> store.put("a/b", unreadableFrom(large() - 1, first), Watch.NONE));

    store.put("a/b", Payload.of(second), Watch.NONE);

    assertThat(read(store.open("a/b"))).isEqualTo(second);
    assertThat(everything()).containsExactly("a/b");
  }

  @Test
  void location_isAnAddressOfItsOwn() throws Exception {
    ObjectStore store = store();

    assertThat(URI.create(store.location("a/b/video.mp4")).toString()).endsWith("/a/b/video.mp4");
    assertThat(URI.create(store.location("a/b/video.mp4")).isAbsolute()).isTrue();
    assertThat(store().location("a")).isEqualTo(store.location("a"));
  }

  @Test
  void check_findsAPlaceThatWorksAndLeavesNothing() throws Exception {
    Finding finding = store().check();

    assertThat(finding.state()).as(finding.message()).isEqualTo(Finding.State.READY);
    assertThat(everything()).isEmpty();
  }

  @Test
  void vanishedPlace_isUnavailableRatherThanEmpty() throws Exception {
    ObjectStore store = store();
    store.put("a/b", bytes("b"));
    store.delete("a/b");
    vanish();

    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.put("a/b", bytes("b")));
    refused(
        ErrorCode.STORAGE_UNAVAILABLE,
        () -> store.put("a/b", Payload.of(random(large(), 12)), Watch.NONE));
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.open("a/b"));
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.size("a/b"));
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.list("a"));
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.delete("a/b"));
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.deleteAll("a"));
    assertThat(store.check().ready()).isFalse();
  }
}
