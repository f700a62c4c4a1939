package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ArtefactKind;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
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

  private Path root() {
    return directory.resolve("destination");
  }

  private UploadedRecording upload(ArtefactDestination destination) {
    return new Uploader(destination)
        .upload(SESSION, STARTED, artefacts, progress::add, () -> false);
  }

  /** Lets something happen to the files between writing and reading back. */
  private ArtefactDestination disturbed(Disturbance disturbance) {
    FolderDestination folder = new FolderDestination(root());
    return new ArtefactDestination() {
      @Override
      public void put(String name, InputStream content, long size) {
        folder.put(name, content, size);
        try {
          disturbance.after(root().resolve(name));
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }

      @Override
      public InputStream open(String name) {
        return folder.open(name);
      }

      @Override
      public String location(String name) {
        return folder.location(name);
      }
    };
  }

  private interface Disturbance {
    void after(Path stored) throws IOException;
  }

  @Test
  void recording_isDeliveredWithItsManifest() throws IOException {
    UploadedRecording uploaded = upload(new FolderDestination(root()));

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
    assertThat(progress).isSorted().hasSizeGreaterThan(8).endsWith(1.0).contains(0.5);
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void repeatedUpload_replacesWhatIsThere() {
    upload(new FolderDestination(root()));
    UploadedRecording again = upload(new FolderDestination(root()));

    assertThat(again.files()).hasSize(2);
  }

  @Test
  void flippedByte_isCaughtByReadingBack() {
    ArtefactDestination destination =
        disturbed(
            stored -> {
              if (stored.endsWith("video.mp4")) {
                byte[] content = Files.readAllBytes(stored);
                content[200_000] ^= 1;
                Files.write(stored, content);
              }
            });

    failed("video.mp4 came back from the destination with 300000 bytes", destination);
    assertThat(root().resolve(FOLDER).resolve("manifest.json")).doesNotExist();
  }

  @Test
  void lostFile_isCaughtByReadingBack() {
    failed("is not at the destination after it was sent", disturbed(Files::delete));
  }

  @Test
  void alteredManifest_isCaughtByReadingBack() {
    failed(
        "manifest.json came back",
        disturbed(
            stored -> {
              if (stored.endsWith("manifest.json")) {
                Files.writeString(stored, "{}");
              }
            }));
  }

  @Test
  void artefactThatChangedSinceItWasMade_isNotDelivered() throws IOException {
    byte[] content = Files.readAllBytes(artefacts.get(0).file());
    content[7] ^= 1;
    Files.write(artefacts.get(0).file(), content);
    failed("video.mp4 has changed on this node", new FolderDestination(root()));

    Files.write(artefacts.get(0).file(), new byte[10]);
    failed("video.mp4 cannot be written", new FolderDestination(root()));

    Files.delete(artefacts.get(0).file());
    failed("video.mp4 cannot be read on this node", new FolderDestination(root()));
  }

  @Test
  void vanishedDestination_isUnavailable() throws IOException {
    FolderDestination destination = new FolderDestination(root());
    Files.delete(root());

    failed("video.mp4 cannot be written", destination);
    assertThat(root()).doesNotExist();
  }

  @Test
  void cancelledUpload_stopsBetweenBlocksAndLeavesNoParts() throws IOException {
    Uploader uploader = new Uploader(new FolderDestination(root()));

    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(
            () ->
                uploader.upload(
                    SESSION, STARTED, artefacts, progress::add, () -> progress.size() >= 2));
    assertThat(progress).hasSize(2);
    assertThat(leftovers()).isEmpty();
    assertThat(root().resolve(FOLDER).resolve("video.mp4")).doesNotExist();
  }

  @Test
  void nameOutsideTheDestination_isADefect() {
    FolderDestination destination = new FolderDestination(root());

    for (String name : List.of("../x", "a/../../x", "", "/etc/x")) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .as(name)
          .isThrownBy(() -> destination.open(name));
    }
  }

  private List<Path> leftovers() throws IOException {
    try (Stream<Path> files = Files.walk(root())) {
      return files.filter(DurableFile::isTemporary).toList();
    }
  }

  private void failed(String message, ArtefactDestination destination) {
    assertThatExceptionOfType(CurfewException.class)
        .isThrownBy(() -> upload(destination))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE))
        .withMessageContaining(message);
  }
}
