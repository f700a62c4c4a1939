package dev.curfew.recording.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderChunkStoreTest {
  private static final UUID RECORDING = UUID.fromString("0199d0c4-7b1a-7000-8000-00000000abcd");
  private static final byte[] CONTENT = Pictures.text("0123456789");

  @TempDir private Path temporary;
  private Path root;
  private FolderChunkStore store;
  private final ChunkKey key = ChunkKey.ofContent(RECORDING, Sha256.of(CONTENT), "png");

  @BeforeEach
  void open() {
    root = temporary.resolve("raw");
    store = new FolderChunkStore(root);
  }

  private static void assertFails(ErrorCode code, ThrowingCallable call) {
    CurfewException failure = catchThrowableOfType(CurfewException.class, call);
    assertThat(failure).as("failure").isNotNull();
    assertThat(failure.code()).isEqualTo(code);
  }

  private List<String> filesOnDisk() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()).toList();
    }
  }

  @Test
  void chunk_put_isReadBack() throws IOException {
    store.put(key, CONTENT);
    assertThat(store.read(key)).isEqualTo(CONTENT);
    assertThat(store.size(key)).isEqualTo(10);
    try (InputStream whole = store.open(key)) {
      assertThat(whole.readAllBytes()).isEqualTo(CONTENT);
    }
    assertThat(new FolderChunkStore(root).read(key)).as("reopened").isEqualTo(CONTENT);
  }

  @Test
  void chunk_put_liesUnderTheRandomEndOfTheId() throws IOException {
    store.put(key, CONTENT);
    assertThat(root.resolve("ab/cd").resolve(key.location())).hasBinaryContent(CONTENT);
    assertThat(filesOnDisk()).containsExactly(key.name());
  }

  @Test
  void chunk_empty_isAChunk() throws IOException {
    store.put(key, new byte[0]);
    assertThat(store.size(key)).isZero();
    try (InputStream whole = store.open(key)) {
      assertThat(whole.read()).isEqualTo(-1);
    }
  }

  @Test
  void part_isReadFromOffsetToLength() throws IOException {
    store.put(key, CONTENT);
    try (InputStream part = store.open(key, 3, 4)) {
      assertThat(part.read()).isEqualTo('3');
      assertThat(part.skip(2)).isEqualTo(2);
      assertThat(part.readAllBytes()).isEqualTo(Pictures.text("6"));
      assertThat(part.read()).isEqualTo(-1);
    }
    try (InputStream nothing = store.open(key, 10, 0)) {
      assertThat(nothing.readAllBytes()).isEmpty();
    }
    assertThatThrownBy(() -> store.open(key, 3, 8)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> store.open(key, -1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> store.open(key, 1, Long.MAX_VALUE))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void part_ofAFileThatShrinks_fails() throws IOException {
    store.put(key, CONTENT);
    try (InputStream part = store.open(key)) {
      Files.write(root.resolve("ab/cd").resolve(key.location()), new byte[4]);
      assertThatThrownBy(part::readAllBytes).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void chunk_putAgain_changesNothing() throws IOException {
    store.put(key, CONTENT);
    store.put(key, CONTENT);
    assertThat(store.read(key)).isEqualTo(CONTENT);
    assertThat(filesOnDisk()).containsExactly(key.name());
  }

  @Test
  void chunk_putWithOtherContent_isRefusedAndKept() throws IOException {
    ChunkKey numbered = ChunkKey.ofSequence(RECORDING, 7, "bin");
    store.put(numbered, CONTENT);
    assertFails(ErrorCode.ALREADY_EXISTS, () -> store.put(numbered, Pictures.text("9876543210")));
    assertFails(ErrorCode.ALREADY_EXISTS, () -> store.put(numbered, Pictures.text("012")));
    assertThat(store.read(numbered)).isEqualTo(CONTENT);
    assertThat(filesOnDisk()).containsExactly(numbered.name());
  }

  @Test
  void chunks_putAtOnce_areAllThere() throws Exception {
    List<Callable<ChunkKey>> puts = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      // Each content comes four times, as when a gateway repeats what it holds for lost.
      byte[] content = Pictures.text("chunk " + i / 4);
      ChunkKey chunk = ChunkKey.ofContent(RECORDING, Sha256.of(content), "png");
      puts.add(
          () -> {
            store.put(chunk, content);
            assertThat(store.read(chunk)).isEqualTo(content);
            return chunk;
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (Future<ChunkKey> put : threads.invokeAll(puts, 30, TimeUnit.SECONDS)) {
        put.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(store.list(RECORDING)).hasSize(50);
    assertThat(filesOnDisk()).hasSize(50);
  }

  @Test
  void contentsPutAtOnceUnderOneKey_oneStays() throws Exception {
    ChunkKey contested = ChunkKey.ofSequence(RECORDING, 1, "bin");
    List<Callable<Boolean>> puts = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      byte[] content = Pictures.text("version " + i);
      puts.add(
          () -> {
            try {
              store.put(contested, content);
              return true;
            } catch (CurfewException e) {
              assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
              return false;
            }
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    int winners = 0;
    try {
      for (Future<Boolean> put : threads.invokeAll(puts, 30, TimeUnit.SECONDS)) {
        winners += put.get() ? 1 : 0;
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(winners).isEqualTo(1);
    assertThat(filesOnDisk()).containsExactly(contested.name());
  }

  @Test
  void leftoversOfACrash_areNotListed() throws IOException {
    store.put(key, CONTENT);
    Path directory = store.directoryOf(RECORDING);
    Path halfWritten = DurableFolder.temporaryFor(directory.resolve(key.name()));
    Files.write(halfWritten, new byte[3]);
    Files.write(directory.resolve(".DS_Store"), new byte[3]);

    assertThat(store.list(RECORDING)).containsExactly(key);
    assertThat(store.deleteAll(RECORDING)).isEqualTo(1);
    assertThat(directory).doesNotExist();
  }

  @Test
  void list_isInOrderOfNames() {
    for (long sequence : new long[] {10, 9, 100, 0}) {
      store.put(ChunkKey.ofSequence(RECORDING, sequence, "bin"), CONTENT);
    }
    assertThat(store.list(RECORDING))
        .extracting(ChunkKey::name)
        .containsExactly(
            "0000000000000000000.bin",
            "0000000000000000009.bin",
            "0000000000000000010.bin",
            "0000000000000000100.bin");
    assertThat(store.list(new UUID(1, 2))).isEmpty();
  }

  @Test
  void deletion_isOfOneOrOfAll() {
    ChunkKey other = ChunkKey.ofSequence(RECORDING, 1, "bin");
    ChunkKey neighbour = new ChunkKey(UUID.randomUUID(), "a.bin");
    for (ChunkKey each : List.of(key, other, neighbour)) {
      store.put(each, CONTENT);
    }
    assertThat(store.delete(key)).isTrue();
    assertThat(store.delete(key)).isFalse();
    assertThat(store.list(RECORDING)).containsExactly(other);
    assertThat(store.deleteAll(RECORDING)).isEqualTo(1);
    assertThat(store.deleteAll(RECORDING)).isZero();
    assertThat(store.read(neighbour)).isEqualTo(CONTENT);
  }

  @Test
  void chunk_missing_isNotFound() {
    store.put(ChunkKey.ofSequence(RECORDING, 1, "bin"), CONTENT);
    assertFails(ErrorCode.NOT_FOUND, () -> store.read(key));
    assertFails(ErrorCode.NOT_FOUND, () -> store.open(key));
    assertFails(ErrorCode.NOT_FOUND, () -> store.open(key, 0, 1));
    assertFails(ErrorCode.NOT_FOUND, () -> store.size(key));
  }

  @Test
  void share_notMounted_isUnavailableAndNotMadeAnew() throws IOException {
    store.put(key, CONTENT);
    Files.move(root, temporary.resolve("elsewhere"));
    for (ThrowingCallable call : calls()) {
      assertFails(ErrorCode.STORAGE_UNAVAILABLE, call);
    }
    assertThat(root).doesNotExist();

    Files.move(temporary.resolve("elsewhere"), root);
    assertThat(store.read(key)).isEqualTo(CONTENT);
  }

  private Collection<ThrowingCallable> calls() {
    return List.of(
        () -> store.put(key, CONTENT),
        () -> store.read(key),
        () -> store.open(key),
        () -> store.open(key, 0, 1),
        () -> store.size(key),
        () -> store.delete(key),
        () -> store.deleteAll(RECORDING),
        () -> store.list(RECORDING));
  }

  @Test
  void directory_notWritable_isUnavailableAndLeavesNothing() throws IOException {
    // A file where a directory belongs stops even those whom permissions do not stop.
    Files.write(root.resolve("ab"), new byte[0]);
    assertFails(ErrorCode.STORAGE_UNAVAILABLE, () -> store.put(key, CONTENT));
    assertThat(filesOnDisk()).containsExactly("ab");
  }

  @Test
  void root_thatCannotBeMade_isUnavailable() throws IOException {
    Path file = Files.write(temporary.resolve("file"), new byte[0]);
    assertFails(ErrorCode.STORAGE_UNAVAILABLE, () -> new FolderChunkStore(file.resolve("below")));
    assertFails(ErrorCode.STORAGE_UNAVAILABLE, () -> new FolderChunkStore(file));
  }

  @Test
  void target_thatCannotBeReplaced_leavesNoTemporaryFile() throws IOException {
    Files.createDirectories(store.directoryOf(RECORDING).resolve(key.name()).resolve("inside"));
    assertThatThrownBy(() -> store.put(key, CONTENT)).isInstanceOf(CurfewException.class);
    assertThat(filesOnDisk()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a", ".a.bin", "../a.bin", "a/b.bin", "a\\b.bin", "a.bin.part", "A.bin", "a."})
  void name_ofAnotherForm_isRefused(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> new ChunkKey(RECORDING, name));
  }

  @Test
  void location_namesTheKey() {
    assertThat(ChunkKey.ofLocation(key.location())).isEqualTo(key);
    assertThatIllegalArgumentException().isThrownBy(() -> ChunkKey.ofLocation("../../etc/passwd"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChunkKey.ofLocation(RECORDING + "/../a.bin"));
  }
}
