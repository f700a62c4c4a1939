package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ArtefactKind;
import dev.curfew.storage.FolderStore;
import dev.curfew.storage.ObjectStore;
import dev.curfew.storage.Payload;
import dev.curfew.storage.Watch;
import dev.curfew.testing.FlakyStore;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploaderTest {
  static final UUID SESSION = UUID.fromString("01932f5e-8c2a-7b3d-9e4f-5a6b7c8d9e0f");
  static final long STARTED = 1_795_319_822_054L;
  static final String FOLDER = "2026/11/22/01932f5e-8c2a-7b3d-9e4f-5a6b7c8d9e0f";

  @TempDir Path directory;
  final List<Double> progress = new ArrayList<>();
  List<Artefact> artefacts = List.of();

  @BeforeEach
  void artefacts() throws IOException {
    artefacts = List.of(artefact(ArtefactKind.VIDEO, 300_000), artefact(ArtefactKind.CAPTIONS, 0));
  }

  private Artefact artefact(ArtefactKind kind, int size) throws IOException {
    byte[] content = new byte[size];
    new Random(3).nextBytes(content);
    Path file = directory.resolve(kind.fileName());
    Files.write(file, content);
    return Artefact.ofFile(kind, file);
  }

  private List<Uploader.Outgoing> outgoing() {
    ArtefactStage stage =
        new ArtefactStage(new FolderStore(directory.resolve("raw")), RecordingCipher.none());
    return artefacts.stream()
        .map(
            artefact -> {
              String location = staged(stage, artefact);
              return new Uploader.Outgoing(
                  artefact.kind(),
                  artefact.contentType(),
                  stage.payload(location, artefact.size()),
                  artefact.sha256());
            })
        .toList();
  }

  private static String staged(ArtefactStage stage, Artefact artefact) {
    try {
      return stage.put(SESSION, "claim", artefact, Watch.NONE).location();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path staged() {
    return directory.resolve("raw/0f").resolve(SESSION + "/artefacts/claim/video.mp4");
  }

  private Path root() {
    return directory.resolve("destination");
  }

  private UploadedRecording upload(ObjectStore destination) {
    return new Uploader(destination)
        .upload(SESSION, STARTED, outgoing(), progress::add, () -> false);
  }

  /** Lets something happen to the files between writing and reading back. */
  private ObjectStore disturbed(Disturbance disturbance) {
    return new FlakyStore(new FolderStore(root())) {
      @Override
      public void put(String name, Payload content, Watch watch) {
        super.put(name, content, watch);
        try {
          disturbance.after(root().resolve(name));
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
    };
  }

  private interface Disturbance {
    void after(Path stored) throws IOException;
  }

  @Test
  void recording_isDeliveredWithItsManifest() throws IOException {
    UploadedRecording uploaded = upload(new FolderStore(root()));

    Path folder = root().resolve(FOLDER);
    assertThat(Path.of(URI.create(uploaded.destination()))).isEqualTo(folder);
    assertThat(folder.resolve("video.mp4")).hasSameBinaryContentAs(artefacts.get(0).file());
    assertThat(folder.resolve("captions.vtt")).isEmptyFile();
    byte[] manifest = Files.readAllBytes(folder.resolve("manifest.json"));
    assertThat(uploaded.manifestSha256()).isEqualTo(Sha256.of(manifest));
    JsonObject json = new JsonObject(Buffer.buffer(manifest));
    assertThat(json.getString("sessionId")).isEqualTo(SESSION.toString());
    JsonArray listed = json.getJsonArray("artefacts");
    assertThat(listed).hasSize(2);
    assertThat(listed.getJsonObject(0))
        .isEqualTo(
            new JsonObject()
                .put("kind", "video")
                .put("file", "video.mp4")
                .put("contentType", "video/mp4")
                .put("size", 300_000)
                .put("sha256", artefacts.get(0).sha256().hex()));
    assertThat(uploaded.files())
        .first()
        .isEqualTo(
            new UploadedRecording.File(
                ArtefactKind.VIDEO, FOLDER + "/video.mp4", 300_000, artefacts.get(0).sha256()));
    assertThat(progress).isSorted().hasSizeGreaterThan(6).endsWith(1.0).contains(0.5);
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void repeatedUpload_replacesWhatIsThere() {
    upload(new FolderStore(root()));
    UploadedRecording again = upload(new FolderStore(root()));

    assertThat(again.files()).hasSize(2);
  }

  @Test
  void flippedByte_isCaughtByReadingBack() {
    ObjectStore destination =
        disturbed(
            stored -> {
              if (stored.endsWith("video.mp4")) {
                byte[] content = Files.readAllBytes(stored);
                content[200_000] ^= 1;
                Files.write(stored, content);
              }
            });

    corrupt("video.mp4 came back from the destination with 300000 bytes", destination);
    assertThat(root().resolve(FOLDER).resolve("manifest.json")).doesNotExist();
  }

  @Test
  void lostFile_isCaughtByReadingBack() {
    corrupt("is not at the destination after it was sent", disturbed(Files::delete));
  }

  @Test
  void alteredManifest_isCaughtByReadingBack() {
    corrupt(
        "manifest.json came back",
        disturbed(
            stored -> {
              if (stored.endsWith("manifest.json")) {
                Files.writeString(stored, "{}");
              }
            }));
  }

  @Test
  void artefactThatChangedOnTheStage_isNotASuccess() throws IOException {
    FolderStore destination = new FolderStore(root());
    List<Uploader.Outgoing> outgoing = outgoing();
    byte[] content = Files.readAllBytes(staged());
    content[7] ^= 1;
    Files.write(staged(), content);
    failed(ErrorCode.STORAGE_CORRUPT, "video.mp4 came back", destination, outgoing);

    Files.write(staged(), new byte[10]);
    failed(ErrorCode.STORAGE_UNAVAILABLE, "video.mp4 cannot be stored", destination, outgoing);

    Files.delete(staged());
    failed(ErrorCode.STORAGE_CORRUPT, "video.mp4 is no longer on the stage", destination, outgoing);
  }

  @Test
  void vanishedDestination_isUnavailable() throws IOException {
    FolderStore destination = new FolderStore(root());
    Files.delete(root());

    failed("video.mp4 cannot be stored", destination);
    assertThat(root()).doesNotExist();
  }

  @Test
  void cancelledUpload_stopsBetweenBlocksAndLeavesNoParts() throws IOException {
    Uploader uploader = new Uploader(new FolderStore(root()));

    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(
            () ->
                uploader.upload(
                    SESSION, STARTED, outgoing(), progress::add, () -> progress.size() >= 1));
    assertThat(progress).hasSize(1);
    assertThat(leftovers()).isEmpty();
    assertThat(root().resolve(FOLDER).resolve("video.mp4")).doesNotExist();
  }

  private List<Path> leftovers() throws IOException {
    try (Stream<Path> files = Files.walk(root())) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("."))
          .filter(file -> !file.equals(root()))
          .toList();
    }
  }

  private void failed(String message, ObjectStore destination) {
    failed(ErrorCode.STORAGE_UNAVAILABLE, message, destination, outgoing());
  }

  private void corrupt(String message, ObjectStore destination) {
    failed(ErrorCode.STORAGE_CORRUPT, message, destination, outgoing());
  }

  private void failed(
      ErrorCode code, String message, ObjectStore destination, List<Uploader.Outgoing> outgoing) {
    assertThatExceptionOfType(CurfewException.class)
        .isThrownBy(
            () ->
                new Uploader(destination)
                    .upload(SESSION, STARTED, outgoing, progress::add, () -> false))
        .satisfies(e -> assertThat(e.code()).isEqualTo(code))
        .withMessageContaining(message);
  }
}
