package dev.curfew.recording.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.recording.storage.Destination.FinishedFile;
import dev.curfew.recording.storage.Destination.Place;
import dev.curfew.recording.storage.Destination.Progress;
import dev.curfew.recording.storage.Destination.Stored;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderDestinationTest {
  private static final UUID SESSION = UUID.fromString("0199d0c4-7b1a-7000-8000-00000000abcd");
  private static final Place PLACE = new Place(LocalDate.of(2026, 3, 7), SESSION);
  private static final Progress UNHEARD = (written, readBack) -> {};
  private static final int SIZE = 2_500_000;

  @TempDir private Path temporary;
  private Path root;
  private FolderDestination destination;
  private final byte[] content = new byte[SIZE];

  @BeforeEach
  void open() {
    root = temporary.resolve("stored");
    destination = new FolderDestination(root);
    new Random(1).nextBytes(content);
  }

  private FinishedFile finished(String name, byte[] bytes) throws IOException {
    Path file = Files.write(temporary.resolve("work-" + name), bytes);
    return new FinishedFile(file, name, bytes.length, sha256(bytes));
  }

  private static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(Sha256.of(bytes));
  }

  private static CurfewException assertFails(ErrorCode code, ThrowingCallable call) {
    CurfewException failure = catchThrowableOfType(CurfewException.class, call);
    assertThat(failure).as("failure").isNotNull();
    assertThat(failure.code()).isEqualTo(code);
    return failure;
  }

  private List<String> filesOnDisk() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()).toList();
    }
  }

  @Test
  void file_stored_liesUnderDayAndSession() throws IOException {
    Stored stored = destination.store(PLACE, finished("video.mp4", content), UNHEARD);
    assertThat(stored)
        .isEqualTo(
            new Stored("video.mp4", "2026/03/07/" + SESSION + "/video.mp4", SIZE, sha256(content)));
    assertThat(root.resolve(stored.location())).hasBinaryContent(content);
    assertThat(filesOnDisk()).containsExactly("video.mp4");
  }

  @Test
  void file_empty_isStored() throws IOException {
    Stored stored = destination.store(PLACE, finished("raw.bin", new byte[0]), UNHEARD);
    assertThat(destination.size(stored.location())).isZero();
  }

  @Test
  void part_isReadFromOffsetToLength() throws IOException {
    Stored stored = destination.store(PLACE, finished("video.mp4", content), UNHEARD);
    assertThat(destination.size(stored.location())).isEqualTo(SIZE);
    try (InputStream part = destination.open(stored.location(), 1_000_000, 5)) {
      assertThat(part.readAllBytes())
          .isEqualTo(java.util.Arrays.copyOfRange(content, 1_000_000, 1_000_005));
    }
    assertThatThrownBy(() -> destination.open(stored.location(), SIZE, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void progress_growsToTheSizeTwice() throws IOException {
    List<Long> written = new ArrayList<>();
    List<Long> readBack = new ArrayList<>();
    destination.store(
        PLACE,
        finished("video.mp4", content),
        (sent, back) -> {
          written.add(sent);
          readBack.add(back);
        });
    assertThat(written).isSorted().contains(1L << 20, 2L << 20).endsWith((long) SIZE);
    assertThat(readBack).isSorted().startsWith(0L, 0L).contains(1L << 20).endsWith((long) SIZE);
  }

  @Test
  void upload_endedByProgress_leavesNothing() throws IOException {
    FinishedFile file = finished("video.mp4", content);
    for (long until : new long[] {1, SIZE + 1}) {
      assertThatThrownBy(
              () ->
                  destination.store(
                      PLACE,
                      file,
                      (written, readBack) -> {
                        if (written + readBack >= until) {
                          throw new CancellationException("the lease is lost");
                        }
                      }))
          .isInstanceOf(CancellationException.class);
      assertThat(filesOnDisk()).isEmpty();
    }
  }

  @Test
  void byteFlippedAfterWriting_isFoundAndTheCopyRemoved() throws IOException {
    FolderDestination rotten = new FolderDestination(root, copy -> overwrite(copy, 1_234_567));
    FinishedFile file = finished("video.mp4", content);
    assertThat(assertFails(ErrorCode.STORAGE_UNAVAILABLE, () -> rotten.store(PLACE, file, UNHEARD)))
        .hasMessageContaining("video.mp4")
        .hasMessageContaining("another SHA-256");
    assertThat(filesOnDisk()).isEmpty();

    destination.store(PLACE, file, UNHEARD);
    assertThat(filesOnDisk()).containsExactly("video.mp4");
  }

  private static void overwrite(Path copy, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(copy);
    bytes[at] ^= 1;
    Files.write(copy, bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, SIZE - 1, SIZE + 1})
  void copyOfAnotherLength_isFoundAndRemoved(int length) throws IOException {
    FolderDestination rotten =
        new FolderDestination(
            root, copy -> Files.write(copy, java.util.Arrays.copyOf(content, length)));
    FinishedFile file = finished("video.mp4", content);
    assertThat(assertFails(ErrorCode.STORAGE_UNAVAILABLE, () -> rotten.store(PLACE, file, UNHEARD)))
        .hasMessageContaining("another length");
    assertThat(filesOnDisk()).isEmpty();
  }

  @Test
  void badCopy_neverReplacesAGoodOne() throws IOException {
    Stored good = destination.store(PLACE, finished("video.mp4", content), UNHEARD);
    FolderDestination rotten = new FolderDestination(root, copy -> overwrite(copy, 3));
    FinishedFile again = finished("video.mp4", Pictures.text("encoded anew"));
    assertFails(ErrorCode.STORAGE_UNAVAILABLE, () -> rotten.store(PLACE, again, UNHEARD));
    assertThat(root.resolve(good.location())).hasBinaryContent(content);
  }

  @Test
  void fileStoredAgain_isReadBackAndNotSent() throws IOException {
    FinishedFile file = finished("video.mp4", content);
    Stored first = destination.store(PLACE, file, UNHEARD);
    Path there = root.resolve(first.location());
    Files.setLastModifiedTime(there, FileTime.fromMillis(1_000));
    List<Long> readBack = new ArrayList<>();

    assertThat(destination.store(PLACE, file, (written, back) -> readBack.add(back)))
        .isEqualTo(first);
    assertThat(Files.getLastModifiedTime(there)).isEqualTo(FileTime.fromMillis(1_000));
    assertThat(readBack).endsWith((long) SIZE);
  }

  @Test
  void fileThatRottedAtTheDestination_isReplaced() throws IOException {
    FinishedFile file = finished("video.mp4", content);
    Stored first = destination.store(PLACE, file, UNHEARD);
    overwrite(root.resolve(first.location()), 77);
    destination.store(PLACE, file, UNHEARD);
    assertThat(root.resolve(first.location())).hasBinaryContent(content);
  }

  @Test
  void halfDoneUpload_isFinishedByRepeatingIt() throws IOException {
    FinishedFile video = finished("video.mp4", content);
    FinishedFile captions = finished("captions.vtt", Pictures.text("WEBVTT\n"));
    Stored first = destination.store(PLACE, video, UNHEARD);
    // The node died in the middle of the second file.
    Path target = root.resolve(PLACE.path()).resolve("captions.vtt");
    Files.write(DurableFolder.temporaryFor(target), new byte[3]);

    FolderDestination restarted = new FolderDestination(root);
    List<Stored> stored =
        List.of(restarted.store(PLACE, video, UNHEARD), restarted.store(PLACE, captions, UNHEARD));
    restarted.seal(PLACE, stored);

    assertThat(stored.get(0)).isEqualTo(first);
    assertThat(filesOnDisk())
        .containsExactlyInAnyOrder("video.mp4", "captions.vtt", "manifest.json");
  }

  @Test
  void seal_listsTheFiles() throws IOException {
    Stored video = destination.store(PLACE, finished("video.mp4", content), UNHEARD);
    Stored raw = destination.store(PLACE, finished("raw.bin", new byte[3]), UNHEARD);
    Stored seal = destination.seal(PLACE, List.of(video, raw));
    byte[] text = Files.readAllBytes(root.resolve(seal.location()));

    assertThat(seal.sha256()).isEqualTo(sha256(text));
    assertThat(seal.size()).isEqualTo(text.length);
    JsonObject json = new JsonObject(new String(text, java.nio.charset.StandardCharsets.UTF_8));
    assertThat(json.getString("session")).isEqualTo(SESSION.toString());
    assertThat(json.getString("date")).isEqualTo("2026-03-07");
    assertThat(json.getJsonArray("files").getJsonObject(1))
        .isEqualTo(
            new JsonObject()
                .put("name", "video.mp4")
                .put("size", SIZE)
                .put("sha256", sha256(content)));
    assertThat(destination.seal(PLACE, List.of(raw, video))).as("again").isEqualTo(seal);
    assertThat(filesOnDisk()).hasSize(3);
  }

  @Test
  void seal_overAFileThatIsNotThere_isRefused() throws IOException {
    Stored video = destination.store(PLACE, finished("video.mp4", content), UNHEARD);
    Path there = root.resolve(video.location());
    Files.write(there, new byte[] {1}, StandardOpenOption.APPEND);
    assertFails(ErrorCode.STORAGE_UNAVAILABLE, () -> destination.seal(PLACE, List.of(video)));
    Files.delete(there);
    assertFails(ErrorCode.STORAGE_UNAVAILABLE, () -> destination.seal(PLACE, List.of(video)));
    assertThat(filesOnDisk()).isEmpty();
  }

  @Test
  void localFile_changedSinceItWasFinished_isNotStored() throws IOException {
    FinishedFile file = finished("video.mp4", content);
    overwrite(file.file(), 0);
    assertThat(
            assertFails(ErrorCode.UNPROCESSABLE, () -> destination.store(PLACE, file, UNHEARD))
                .field())
        .isEqualTo("sha256");
    assertThat(filesOnDisk()).isEmpty();
  }

  @Test
  void localFile_missing_isNotFound() throws IOException {
    FinishedFile file = finished("video.mp4", content);
    Files.delete(file.file());
    assertFails(ErrorCode.NOT_FOUND, () -> destination.store(PLACE, file, UNHEARD));
  }

  @Test
  void share_notMounted_isUnavailableAndNotMadeAnew() throws IOException {
    FinishedFile file = finished("video.mp4", content);
    Stored stored = destination.store(PLACE, file, UNHEARD);
    Files.move(root, temporary.resolve("elsewhere"));
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> destination.store(PLACE, file, UNHEARD),
            () -> destination.seal(PLACE, List.of(stored)),
            () -> destination.size(stored.location()),
            () -> destination.open(stored.location(), 0, 1))) {
      assertFails(ErrorCode.STORAGE_UNAVAILABLE, call);
    }
    assertThat(root).doesNotExist();
  }

  @Test
  void stored_missing_isNotFound() {
    String location = PLACE.path() + "/video.mp4";
    assertFails(ErrorCode.NOT_FOUND, () -> destination.size(location));
    assertFails(ErrorCode.NOT_FOUND, () -> destination.open(location, 0, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/etc/passwd", "../work-video.mp4", "2026/03/07/x/../../a"})
  void location_ofAnotherForm_isRefused(String location) {
    assertThatIllegalArgumentException().isThrownBy(() -> destination.size(location));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", ".hidden", "a/b", "a\\b", "manifest.json", "a\"b"})
  void name_ofAnotherForm_isRefused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FinishedFile(root, name, 0, sha256(new byte[0])));
  }
}
