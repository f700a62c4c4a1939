package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ChunkKind;
import dev.curfew.lease.RecordingStage;
import dev.curfew.recording.RecordingNode.Settings;
import dev.curfew.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That a recording is intact is proven; whatever was done to it is found and named. */
class VerificationTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final RecordingCipher CIPHER =
      RecordingCipher.of(List.of(RecordingCipherTest.key(21)));

  @TempDir Path folder;

  private static Settings settings(boolean encrypted) {
    return encrypted ? Settings.USUAL.cipher(CIPHER) : Settings.USUAL;
  }

  /** A recording that can be tampered with, over and over. */
  private final class Victim {
    final RecordingNode node;
    final UUID id;
    private final Path kept = folder.resolve("kept");

    Victim(RecordingNode node, UUID id) throws Exception {
      this.node = node;
      this.id = id;
      for (String table : List.of("chunk", "artefact", "recording")) {
        node.sql.run("CREATE TABLE kept_" + table + " AS SELECT * FROM " + table);
      }
      for (String store : List.of("raw", "stored")) {
        copy(folder.resolve(store), kept.resolve(store));
      }
    }

    void intact() {
      assertThat(node.verify(id).bad()).isNull();
    }

    void bad(String part, String reason, Tampering tampering) throws Exception {
      tampering.run();
      Verification found = node.verify(id);
      assertThat(found.bad()).as("%s %s", part, reason).isNotNull();
      assertThat(found.bad().part()).isEqualTo(part);
      assertThat(found.bad().reason()).contains(reason);
      for (String table : List.of("chunk", "artefact", "recording")) {
        node.sql.run("DELETE FROM " + table);
        node.sql.run("INSERT INTO " + table + " SELECT * FROM kept_" + table);
      }
      for (String store : List.of("raw", "stored")) {
        copy(kept.resolve(store), folder.resolve(store));
      }
    }

    /** The object of a chunk. */
    Path object(long sequence) throws IOException {
      return find("raw", "%012d-".formatted(sequence));
    }

    Path delivered(String name) throws IOException {
      return find("stored", name);
    }

    private Path find(String store, String name) throws IOException {
      String found =
          node.files(store).stream()
              .filter(file -> file.contains(id.toString()) && file.contains("/" + name))
              .findFirst()
              .orElseThrow();
      return folder.resolve(store).resolve(found);
    }
  }

  private interface Tampering {
    void run() throws Exception;
  }

  private static void copy(Path from, Path to) throws IOException {
    if (!Files.exists(from)) {
      return;
    }
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  private static void flip(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at < 0 ? bytes.length + at : at] ^= 1;
    Files.write(file, bytes);
  }

  private static void swap(Path one, Path other) throws IOException {
    byte[] bytes = Files.readAllBytes(one);
    Files.copy(other, one, StandardCopyOption.REPLACE_EXISTING);
    Files.write(other, bytes);
  }

  private static void awaitStage(RecordingNode node, UUID id, RecordingStage stage) {
    Await.until(
        () -> "stage " + stage + ", it is " + Await.result(node.recordings.find(id)),
        LONG,
        () -> node.sessions.stage(id) == stage);
  }

  /** Twenty raw pieces and a word typed after them; more than the first page of a manifest. */
  private static UUID capture(RecordingNode node, int pieces) throws Exception {
    UUID id = node.sessions.live();
    List<Future<Capture>> stored = new ArrayList<>();
    for (int i = 0; i < pieces; i++) {
      stored.add(node.recordings.captureRaw(id, Buffer.buffer("line " + i + "\r\n"), null, null));
    }
    stored.add(node.recordings.captureText(id, ChunkKind.KEYSTROKES, "whoami", null));
    Await.result(Future.all(stored));
    return id;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void captured_everyTamperingIsNamed(boolean encrypted) throws Exception {
    try (RecordingNode node = new RecordingNode(folder, settings(encrypted))) {
      UUID id = capture(node, 250);
      Verification live = node.verify(id);
      assertThat(live.intact()).isTrue();
      assertThat(live.unchecked()).anyMatch(sentence -> sentence.contains("still live"));
      node.end(id);
      Verification whole = node.verify(id);
      assertThat(whole.bad()).isNull();
      assertThat(whole.lines()).isEqualTo(251);
      assertThat(whole.contents()).isEqualTo(251);
      assertThat(whole.link()).hasSize(64);
      assertThat(whole.unchecked()).containsExactly("There are no artefacts yet.");

      Victim victim = new Victim(node, id);
      victim.bad("chunk 120", "", () -> flip(victim.object(120), -1));
      victim.bad("chunk 7", "missing from the store", () -> Files.delete(victim.object(7)));
      victim.bad("chunk 30", "", () -> swap(victim.object(30), victim.object(31)));
      victim.bad(
          "chunk 44",
          "",
          () -> Files.write(victim.object(44), new byte[] {1}, StandardOpenOption.APPEND));
      victim.bad("chunk 45", "", () -> Files.write(victim.object(45), new byte[0]));
      victim.bad(
          "chunk 200",
          "missing from the manifest, which has 251 chunks",
          () -> node.sql.run("DELETE FROM chunk WHERE session_id = ? AND sequence = 200", id));
      victim.bad(
          "chunk 60",
          "hash chain",
          () ->
              node.sql.run(
                  "UPDATE chunk SET captured_at = captured_at - interval '1 second'"
                      + " WHERE session_id = ? AND sequence = 60",
                  id));
      victim.bad(
          "chunk 251",
          "text that does not match",
          () ->
              node.sql.run(
                  "UPDATE chunk SET content = 'whoamI' WHERE session_id = ? AND kind = 2", id));
      victim.bad(
          "chunk 61",
          "has lost its content",
          () ->
              node.sql.run(
                  "UPDATE chunk SET content = NULL, extension = NULL"
                      + " WHERE session_id = ? AND sequence = 61",
                  id));
      victim.bad(
          "chunk 240",
          "missing from the manifest",
          () -> node.sql.run("DELETE FROM chunk WHERE session_id = ? AND sequence >= 240", id));
      victim.bad(
          "chunk 1",
          "missing from the manifest",
          () -> node.sql.run("DELETE FROM chunk WHERE session_id = ?", id));
      victim.bad(
          "chunk 251",
          "behind the end",
          () ->
              node.sql.run(
                  "UPDATE recording SET chunk_count = 250, chain ="
                      + " (SELECT chain FROM chunk c WHERE c.session_id = recording.session_id"
                      + " AND sequence = 250), chunk_bytes = chunk_bytes - 6"
                      + " WHERE session_id = ?",
                  id));
      victim.bad(
          "manifest",
          "does not end",
          () -> node.sql.run("UPDATE recording SET chain = sha256('x') WHERE session_id = ?", id));
      victim.intact();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void delivered_everyTamperingIsNamed(boolean encrypted) throws Exception {
    try (RecordingNode node = new RecordingNode(folder, settings(encrypted))) {
      UUID id = node.playCapture();
      node.end(id);
      String encoder = node.deployEncoder();
      awaitStage(node, id, RecordingStage.DONE_ENCODED);
      Verification staged = node.verify(id);
      assertThat(staged.bad()).isNull();
      assertThat(staged.artefacts()).hasSize(4).noneMatch(artefact -> artefact.delivered());
      node.undeploy(encoder);
      String uploader = node.deployUploader();
      awaitStage(node, id, RecordingStage.DONE_UPLOADED);
      node.undeploy(uploader);

      Verification whole = node.verify(id);
      assertThat(whole.bad()).isNull();
      assertThat(whole.deliveryManifest()).isTrue();
      assertThat(whole.unchecked()).isEmpty();
      assertThat(whole.artefacts())
          .hasSize(4)
          .allMatch(artefact -> artefact.delivered())
          .allMatch(artefact -> (artefact.encryptionKey() != null) == encrypted);

      Victim victim = new Victim(node, id);
      victim.bad("video", "at the destination", () -> flip(victim.delivered("video.mp4"), 5_000));
      victim.bad("video", "missing", () -> Files.delete(victim.delivered("video.mp4")));
      victim.bad(
          "captions",
          "at the destination",
          () -> swap(victim.delivered("captions.vtt"), victim.delivered("timeline.json")));
      victim.bad(
          "thumbnail",
          "missing from the recording",
          () ->
              node.sql.run("DELETE FROM artefact WHERE session_id = ? AND kind = 'thumbnail'", id));
      victim.bad(
          "video",
          "SHA-256",
          () ->
              node.sql.run(
                  "UPDATE artefact SET sha256 = sha256('x') WHERE session_id = ?"
                      + " AND kind = 'video'",
                  id));
      victim.bad("manifest.json", "missing", () -> Files.delete(victim.delivered("manifest.json")));
      victim.bad("manifest.json", "", () -> flip(victim.delivered("manifest.json"), 0));
      victim.bad(
          "manifest.json",
          "video.mp4",
          () ->
              Files.writeString(
                  victim.delivered("manifest.json"),
                  Files.readString(victim.delivered("manifest.json"))
                      .replaceFirst("\"size\" : [0-9]+", "\"size\" : 1")));
      victim.intact();

      node.destination.away = true;
      assertUnavailable(node, id);
      node.destination.away = false;
      node.raw.away = true;
      assertUnavailable(node, id);
      node.raw.away = false;
      victim.intact();
    }
  }

  /** A store that is away says nothing of the recording. */
  private static void assertUnavailable(RecordingNode node, UUID id) {
    Throwable failure = Await.failure(node.recordings.verify(id, LONG));
    assertThat(failure).isInstanceOf(CurfewException.class);
    assertThat(((CurfewException) failure).code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
  }

  @Test
  void missingKey_isNoAlteration() throws Exception {
    try (RecordingNode node = new RecordingNode(folder, settings(true))) {
      UUID id = capture(node, 1);
      Recordings without = new NodeRecordings(node.restarted(RecordingCipher.none()));
      assertThat(Await.failure(without.verify(id, LONG)))
          .hasMessageContaining(String.valueOf(CIPHER.currentKey()))
          .hasMessageContaining("recording.encryption.keys");
    }
  }

  @Test
  void clearedChunks_areVerifiedByTheirLinesAndWhatStandsForThem() throws Exception {
    try (RecordingNode node = new RecordingNode(folder, settings(true).retention(Duration.ZERO))) {
      UUID id = node.playCapture();
      node.end(id);
      node.deployEncoder();
      node.deployUploader();
      awaitStage(node, id, RecordingStage.DONE_UPLOADED);
      Await.until(
          "cleared",
          LONG,
          () ->
              node.sql.number("SELECT count(*) FROM recording WHERE cleared_at IS NOT NULL") == 1);

      Verification cleared = node.verify(id);
      assertThat(cleared.bad()).isNull();
      assertThat(cleared.deleted()).isEqualTo(cleared.lines()).isPositive();
      assertThat(cleared.unchecked())
          .containsExactly(
              "The contents of "
                  + cleared.lines()
                  + " chunks were deleted here after the upload; their lines are verified, and"
                  + " the artefacts at the destination stand for them.");
      Victim victim = new Victim(node, id);
      victim.bad(
          "chunk 9",
          "hash chain",
          () ->
              node.sql.run(
                  "UPDATE chunk SET size = size + 1 WHERE session_id = ? AND sequence = 9", id));
      victim.bad(
          "video",
          "stands for chunks",
          () -> node.sql.run("DELETE FROM artefact WHERE session_id = ? AND kind = 'video'", id));
    }
  }

  @Test
  void longVerification_goesOnBetweenTwoQuestions() throws Exception {
    try (RecordingNode node = new RecordingNode(folder)) {
      UUID id = capture(node, 3);
      var latch = new java.util.concurrent.CountDownLatch(1);
      node.raw.heldBack = latch;
      assertThat(Await.result(node.recordings.verify(id, Duration.ofMillis(50))))
          .isInstanceOf(Verifying.Running.class);
      latch.countDown();
      node.raw.heldBack = null;
      assertThat(node.verify(id).intact()).isTrue();
      Files.delete(new Victim(node, id).object(2));
      assertThat(node.verify(id).intact()).as("every result is given once").isFalse();
    }
  }
}
