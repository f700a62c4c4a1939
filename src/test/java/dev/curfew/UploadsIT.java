package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program, killed while it uploads. */
class UploadsIT {
  private static final String PSM = "/api/services/v1/secureaccessgateway/";
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final int MEBIBYTES = 384;

  @TempDir Path directory;

  /**
   * PITFALLS 14: what is staged goes only when the destination was read back. A node that is killed
   * in the middle of an upload, twice, has lost nothing, and what lies at the destination in the
   * end is whole.
   */
  @Test
  void nodeKilledInTheMiddleOfAnUpload_deliversItWhole() throws Exception {
    Path video = video();
    try (JarNode node =
        JarNode.start(
            directory,
            Map.of(
                "CURFEW_NODE_ROLES", "api,sessions,claims,uploader,watchdog,alerts,delivery",
                "CURFEW_RECORDING_MAX_ATTEMPTS", "5"))) {
      String session = encoded(node, video);
      for (int kill = 0; kill < 2; kill++) {
        Await.until("the upload is under way", LONG, () -> partSize() > 8 << 20);
        node.kill();
        assertThat(stored()).as("a part is not an object").isEmpty();
        assertThat(staged()).as("nothing was deleted").hasSize(1);
        node.startAgain();
      }
      String path = "/api/v1/recordings/" + session;
      Await.until(
          "it is at its destination",
          LONG,
          () -> node.get(path).getString("stage").equals("Done-Uploaded"));
      assertThat(stored()).hasSize(1).first().satisfies(file -> sameAs(video, file));
      Await.until("what was staged is gone", () -> staged().isEmpty());
      assertThat(parts()).as("what the killed nodes left is gone too").isEmpty();
      assertThat(node.get(path).getValue("failure")).isNull();
    }
  }

  private Path video() throws IOException {
    Path video = directory.resolve("video.mp4");
    byte[] block = new byte[1 << 20];
    Random random = new Random(7);
    try (OutputStream out = Files.newOutputStream(video)) {
      for (int i = 0; i < MEBIBYTES; i++) {
        random.nextBytes(block);
        out.write(block);
      }
    }
    return video;
  }

  /** A recording with this video, as a remote encoder delivers it. */
  private static String encoded(JarNode node, Path video) throws Exception {
    String session =
        node.post(
                "/api/v1/admin/sessions",
                new JsonObject()
                    .put("kind", "psm")
                    .put("userId", "admin")
                    .put("durationSeconds", 3_600)
                    .put("processInstance", "gateway"))
            .getString("id");
    node.post(
        PSM + "EndSession",
        new JsonObject().put("session", session).put("processInstance", "gateway"));
    JsonArray claims =
        node.post(
                PSM + "EncoderClaim",
                new JsonObject().put("processInstance", "encoder").put("waitSeconds", 20))
            .getJsonArray("Claims");
    String token = claims.getJsonObject(0).getString("ClaimToken");
    String digest = Base64.getEncoder().encodeToString(sha256(video));
    assertThat(
            node.send(
                    node.request("/api/v1/recordings/" + session + "/artifacts/video")
                        .header("X-Claim-Token", token)
                        .header("Content-Type", "video/mp4")
                        .header("Content-Digest", "sha-256=:" + digest + ":")
                        .timeout(LONG)
                        .PUT(HttpRequest.BodyPublishers.ofFile(video))
                        .build())
                .statusCode())
        .isEqualTo(200);
    JsonObject done =
        new JsonObject()
            .put("privSessionId", session)
            .put("processInstance", "encoder")
            .put("recordingStatus", "Done-Encoded")
            .put("claimToken", token);
    assertThat(
            node.send(
                    node.request(PSM + "UpdateRecordingProcessStatus")
                        .PUT(HttpRequest.BodyPublishers.ofString(done.encode()))
                        .build())
                .statusCode())
        .isEqualTo(200);
    return session;
  }

  private long partSize() throws IOException {
    long size = 0;
    for (Path part : parts()) {
      try {
        size = Math.max(size, Files.size(part));
      } catch (NoSuchFileException renamed) {
        throw new AssertionError("the upload was over before it could be killed", renamed);
      }
    }
    return size;
  }

  private List<Path> parts() throws IOException {
    return files("stored", ".part-");
  }

  private List<Path> stored() throws IOException {
    return files("stored", "video.mp4");
  }

  private List<Path> staged() throws IOException {
    return files("raw", "video.mp4");
  }

  private List<Path> files(String store, String beginning) throws IOException {
    Path root = directory.resolve("data/recordings").resolve(store);
    if (!Files.exists(root)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.getFileName().toString().startsWith(beginning)).toList();
    }
  }

  private static void sameAs(Path expected, Path actual) throws Exception {
    assertThat(HexFormat.of().formatHex(sha256(actual)))
        .isEqualTo(HexFormat.of().formatHex(sha256(expected)));
  }

  private static byte[] sha256(Path file) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return digest.digest();
  }
}
