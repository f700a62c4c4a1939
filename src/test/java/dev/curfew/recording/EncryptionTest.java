package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.ChunkKind;
import dev.curfew.lease.RecordingStage;
import dev.curfew.recording.RecordingNode.Settings;
import dev.curfew.store.ArtefactRow;
import dev.curfew.store.ChunkRow;
import dev.curfew.store.RecordingRow;
import dev.curfew.testing.Await;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings with encryption at rest, from capture to delivery. */
class EncryptionTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final byte[] FIRST = RecordingCipherTest.key(11);
  private static final byte[] SECOND = RecordingCipherTest.key(12);
  private static final RecordingCipher BEFORE = RecordingCipher.of(List.of(FIRST));
  private static final RecordingCipher ROTATED = RecordingCipher.of(List.of(SECOND, FIRST));
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n'};
  private static final String TYPED = "correct horse battery staple";

  @TempDir Path folder;

  private static void awaitStage(RecordingNode node, UUID id, RecordingStage stage) {
    Await.until(
        () -> "stage " + stage + ", it is " + Await.result(node.recordings.find(id)),
        LONG,
        () -> node.sessions.stage(id) == stage);
  }

  /** The real capture, with something typed and a raw recording beside it. */
  private static UUID play(RecordingNode node) throws SQLException {
    UUID id = node.playCapture();
    Await.result(node.recordings.captureText(id, ChunkKind.KEYSTROKES, TYPED, null));
    Await.result(node.recordings.captureRaw(id, Buffer.buffer("$ " + TYPED), null, null));
    return id;
  }

  private void assertNothingPlain(byte[]... texts) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        for (byte[] text : texts) {
          assertThat(bytes.contains(new String(text, StandardCharsets.ISO_8859_1)))
              .as("%s in %s", new String(text, StandardCharsets.ISO_8859_1), file)
              .isFalse();
        }
      }
    }
  }

  @Test
  void recording_isNowhereInPlainAndIsServedInPlain_alsoAfterTheKeyWasChanged() throws Exception {
    try (RecordingNode node = new RecordingNode(folder, Settings.USUAL.cipher(BEFORE))) {
      UUID id = play(node);
      byte[] marks = TYPED.getBytes(StandardCharsets.UTF_8);
      byte[][] plaintext = {
        PNG,
        marks,
        "ftyp".getBytes(StandardCharsets.US_ASCII),
        "WEBVTT".getBytes(StandardCharsets.US_ASCII)
      };
      assertNothingPlain(plaintext);
      // One node encodes what the former key encrypted, under the key of today.
      RecordingSurroundings changed = node.restarted(ROTATED);
      Recordings recordings = new NodeRecordings(changed);
      List<ChunkRow> chunks = Await.result(recordings.chunks(id, null, 0, 1_000));
      for (ChunkRow chunk : chunks) {
        byte[] content = node.bytes(Await.result(recordings.chunk(id, chunk.sequence())));
        assertThat(Sha256.of(content).bytes()).isEqualTo(chunk.sha256());
        assertThat(chunk.encryptionKey())
            .isEqualTo(chunk.content() == null ? BEFORE.currentKey() : null);
      }
      assertThat(node.bytes(Await.result(recordings.raw(id)), 2, 7))
          .asString(StandardCharsets.UTF_8)
          .isEqualTo("correct");

      node.end(id);
      node.deployEncoder(changed);
      awaitStage(node, id, RecordingStage.DONE_ENCODED);
      byte[] staged = video(node, recordings, id);
      node.deployUploader(changed);
      awaitStage(node, id, RecordingStage.DONE_UPLOADED);
      Await.until(
          "nothing is staged any more",
          () -> node.files("raw").stream().noneMatch(file -> file.contains("artefacts")));
      assertNothingPlain(plaintext);
      assertThat(node.files("work")).isEmpty();

      byte[] video = video(node, recordings, id);
      assertThat(video).isEqualTo(staged);
      assertThat(new String(video, 4, 4, StandardCharsets.US_ASCII)).isEqualTo("ftyp");
      Content content = Await.result(recordings.artefact(id, ArtefactKind.VIDEO));
      for (long offset : new long[] {0, 1, 4_000, video.length / 2, video.length - 1}) {
        long length = Math.min(1_000, video.length - offset);
        assertThat(node.bytes(content, offset, length))
            .isEqualTo(Arrays.copyOfRange(video, (int) offset, (int) (offset + length)));
      }
      assertDelivered(node, Await.result(recordings.find(id)));
    }
  }

  private static byte[] video(RecordingNode node, Recordings recordings, UUID id) {
    return node.bytes(Await.result(recordings.artefact(id, ArtefactKind.VIDEO)));
  }

  private void assertDelivered(RecordingNode node, RecordingRow recording) throws IOException {
    Path stored = folder.resolve("stored");
    JsonObject manifest = null;
    for (ArtefactRow artefact : recording.artefacts()) {
      assertThat(artefact.stored().encryptionKey()).isEqualTo(ROTATED.currentKey());
      Path file = stored.resolve(String.valueOf(artefact.destination()));
      byte[] bytes = Files.readAllBytes(file);
      assertThat(artefact.stored().size()).isEqualTo(bytes.length).isGreaterThan(artefact.size());
      assertThat(artefact.stored().sha256()).isEqualTo(Sha256.of(bytes).hex());
      Content plain =
          Await.result(
              new NodeRecordings(node.restarted(ROTATED))
                  .artefact(recording.sessionId(), artefact.kind()));
      assertThat(Sha256.of(node.bytes(plain)).hex()).isEqualTo(artefact.sha256());
      manifest = new JsonObject(Files.readString(file.resolveSibling("manifest.json")));
    }
    assertThat(manifest).isNotNull();
    assertThat(manifest.getJsonArray("artefacts")).hasSize(recording.artefacts().size());
    JsonObject first = manifest.getJsonArray("artefacts").getJsonObject(0);
    ArtefactRow video = recording.artefacts().get(0);
    assertThat(first.getLong("size")).isEqualTo(video.size());
    assertThat(first.getString("sha256")).isEqualTo(video.sha256());
    assertThat(first.getLong("storedSize")).isEqualTo(video.stored().size());
    assertThat(first.getString("storedSha256")).isEqualTo(video.stored().sha256());
    assertThat(first.getString("keyId")).isEqualTo(video.stored().encryptionKey());
  }

  @Test
  void recordingBegunInPlain_goesOnEncrypted() throws Exception {
    try (RecordingNode node = new RecordingNode(folder)) {
      UUID id = play(node);
      Recordings encrypting = new NodeRecordings(node.restarted(BEFORE));
      Await.result(encrypting.captureRaw(id, Buffer.buffer(" more"), null, null));
      assertThat(node.bytes(Await.result(encrypting.raw(id))))
          .asString(StandardCharsets.UTF_8)
          .isEqualTo("$ " + TYPED + " more");
      node.end(id);
      RecordingSurroundings changed = node.restarted(BEFORE);
      node.deployEncoder(changed);
      node.deployUploader(changed);
      awaitStage(node, id, RecordingStage.DONE_UPLOADED);
      assertThat(node.bytes(Await.result(encrypting.artefact(id, ArtefactKind.RAW))))
          .asString(StandardCharsets.UTF_8)
          .isEqualTo("$ " + TYPED + " more");
    }
  }

  @Test
  void missingKey_isNamedAndLosesNothing() throws Exception {
    try (RecordingNode node = new RecordingNode(folder, Settings.USUAL.cipher(BEFORE))) {
      UUID id = play(node);
      RecordingSurroundings without = node.restarted(RecordingCipher.of(List.of(SECOND)));
      Content raw = Await.result(new NodeRecordings(without).raw(id));
      Throwable failure = Await.failure(raw.sendTo(RecordingNode.nowhere(), 0, raw.size()));
      assertThat(failure)
          .isInstanceOf(CurfewException.class)
          .hasMessageContaining(String.valueOf(BEFORE.currentKey()));
      assertThat(((CurfewException) failure).code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);

      node.end(id);
      String encoder = node.deployEncoder();
      awaitStage(node, id, RecordingStage.DONE_ENCODED);
      node.undeploy(encoder);
      assertThat(Await.failure(new NodeRecordings(without).artefact(id, ArtefactKind.VIDEO)))
          .hasMessageContaining(String.valueOf(BEFORE.currentKey()));
      // Whoever only copies needs no key.
      node.deployUploader(without);
      awaitStage(node, id, RecordingStage.DONE_UPLOADED);
      assertThat(video(node, node.recordings, id)).isNotEmpty();
    }
  }
}
