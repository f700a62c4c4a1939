package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.storage.FolderStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkStoreTest {
  @TempDir Path directory;

  final UUID recording = UUID.fromString("01932f5e-8c2a-7b3d-9e4f-5a6b7c8d9e0f");

  private ChunkStore store() {
    return new ChunkStore(new FolderStore(directory.resolve("store")), RecordingCipher.none());
  }

  private Path folder() {
    return directory.resolve("store/0f").resolve(recording.toString());
  }

  private ChunkKey key(long sequence, String content) {
    return new ChunkKey(recording, sequence, Sha256.of(bytes(content)), "png");
  }

  private static byte[] bytes(String content) {
    return content.getBytes(StandardCharsets.UTF_8);
  }

  private static String read(InputStream in) throws IOException {
    try (in) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void storedChunk_isThereForTheNextProcess() throws IOException {
    store().put(key(1, "first"), bytes("first"));

    assertThat(read(store().open(key(1, "first")))).isEqualTo("first");
    assertThat(store().list(recording)).containsExactly(key(1, "first"));
    try (Stream<Path> files = Files.list(folder())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactly("000000000001-" + Sha256.of(bytes("first")).hex() + ".png");
    }
  }

  @Test
  void part_isReadByOffsetAndLength() throws IOException {
    ChunkStore store = store();
    store.put(key(1, "0123456789"), bytes("0123456789"));

    assertThat(read(store.open(key(1, "0123456789"), 3, 4))).isEqualTo("3456");
    assertThat(read(store.open(key(1, "0123456789"), 8, 4))).isEqualTo("89");
    assertThat(read(store.open(key(1, "0123456789"), 10, 4))).isEmpty();
    assertThat(read(store.open(key(1, "0123456789"), 0, 0))).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> store.open(key(1, "0123456789"), 11, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> store.open(key(1, "0123456789"), -1, 1));
  }

  @Test
  void repeatedPut_changesNothing() throws IOException {
    ChunkStore store = store();
    store.put(key(1, "first"), bytes("first"));
    store.put(key(1, "first"), bytes("first"));

    assertThat(store.list(recording)).hasSize(1);
  }

  @Test
  void concurrentPutsOfTheSame_leaveOne() throws Exception {
    ChunkStore store = store();
    byte[] content = new byte[100_000];
    ChunkKey key = new ChunkKey(recording, 1, Sha256.of(content), "bin");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> puts = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      puts.add(threads.submit(() -> store.put(key, content)));
    }
    for (Future<?> put : puts) {
      put.get();
    }
    threads.shutdown();

    try (Stream<Path> files = Files.list(folder())) {
      assertThat(files).hasSize(1);
    }
    assertThat(read(store.open(key))).hasSize(100_000);
  }

  @Test
  void chunkThatWasNeverListed_doesNotStandInTheWay() throws IOException {
    ChunkStore store = store();
    store.put(key(1, "orphan"), bytes("orphan"));
    store.put(key(1, "listed"), bytes("listed"));

    assertThat(read(store.open(key(1, "listed")))).isEqualTo("listed");
    assertThat(read(store.open(key(1, "orphan")))).isEqualTo("orphan");
  }

  @Test
  void damagedFile_isHealedByAnotherPut() throws IOException {
    ChunkStore store = store();
    store.put(key(1, "first"), bytes("first"));
    try (Stream<Path> files = Files.list(folder())) {
      Files.write(files.findFirst().orElseThrow(), bytes("fir"));
    }

    store.put(key(1, "first"), bytes("first"));

    assertThat(read(store.open(key(1, "first")))).isEqualTo("first");
  }

  @Test
  void contentOtherThanNamed_isADefect() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store().put(key(1, "first"), bytes("second")));
  }

  @Test
  void list_isInOrderAndWithoutLeftovers() throws IOException {
    ChunkStore store = store();
    store.put(key(10, "b"), bytes("b"));
    store.put(key(2, "a"), bytes("a"));
    Files.write(folder().resolve(".part-x-000000000003"), bytes("unfinished"));
    Files.write(folder().resolve("README"), bytes("?"));

    assertThat(store.list(recording)).containsExactly(key(2, "a"), key(10, "b"));
    assertThat(store.list(UUID.randomUUID())).isEmpty();
  }

  @Test
  void deletedRecording_isGoneWithItsLeftovers() throws IOException {
    ChunkStore store = store();
    store.put(key(1, "a"), bytes("a"));
    Files.write(folder().resolve(".part-x-000000000003"), bytes("unfinished"));
    UUID neighbour = UUID.fromString("01932f5e-8c2a-7b3d-9e4f-5a6b7c8d000f");
    ChunkKey kept = new ChunkKey(neighbour, 1, Sha256.of(bytes("a")), "png");
    store.put(kept, bytes("a"));

    store.deleteRecording(recording);
    store.deleteRecording(recording);

    assertThat(folder()).doesNotExist();
    assertThat(store.list(neighbour)).containsExactly(kept);
  }

  @Test
  void missingChunk_isNotFound() {
    ChunkStore store = store();

    refused(ErrorCode.NOT_FOUND, () -> store.open(key(1, "a")));
  }

  @Test
  void vanishedFolder_isUnavailableRatherThanEmpty() throws IOException {
    ChunkStore store = store();
    Files.delete(directory.resolve("store"));

    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.put(key(1, "a"), bytes("a")));
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.open(key(1, "a")));
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.list(recording));
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.deleteRecording(recording));
    assertThat(directory.resolve("store")).doesNotExist();
  }

  @Test
  void fileInPlaceOfTheFolder_isUnavailable() throws IOException {
    Files.write(directory.resolve("store"), bytes("in the way"));

    refused(ErrorCode.STORAGE_UNAVAILABLE, this::store);
  }

  private static void refused(ErrorCode code, ThrowingCallable call) {
    assertThatExceptionOfType(CurfewException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }
}
