package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import dev.curfew.testing.CuttableLink;
import dev.curfew.testing.S3MockServer;
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
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program, killed while it uploads. */
class UploadsIT {
  private static final String PSM = "/api/services/v1/secureaccessgateway/";
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final int MEBIBYTES = 384;
  private static final int MEBIBYTES_TO_S3 = 96;
  private static final int PART = 8 << 20;

  @TempDir Path directory;

  /**
   * PITFALLS 14: what is staged goes only when the destination was read back. A node that is killed
   * in the middle of an upload has lost nothing, and what lies at the destination in the end is
   * whole.
   */
  @Test
  void nodeKilledInTheMiddleOfAnUpload_deliversItWhole() throws Exception {
    Path video = video(MEBIBYTES);
    try (JarNode node =
        JarNode.start(
            directory,
            Map.of(
                "CURFEW_NODE_ROLES", "api,sessions,claims,uploader,watchdog,alerts,delivery",
                "CURFEW_RECORDING_MAX_ATTEMPTS", "5"))) {
      String session = encoded(node, video);
      Await.until("the upload is under way", LONG, () -> partSize() > 8 << 20);
      node.kill();
      assertThat(stored()).as("a part is not an object").isEmpty();
      assertThat(staged()).as("nothing was deleted").hasSize(1);
      node.startAgain();
      String path = "/api/v1/recordings/" + session;
      Await.until(
          "it is at its destination",
          LONG,
          () -> node.get(path).getString("stage").equals("Done-Uploaded"));
      assertThat(stored()).hasSize(1).first().satisfies(file -> sameAs(video, file));
      Await.until("what was staged is gone", () -> staged().isEmpty());
      assertThat(parts()).as("what the killed node left is gone too").isEmpty();
      assertThat(node.get(path).getValue("failure")).isNull();
    }
  }

  /** Parts that a killed node had sent are not sent again by the one that comes after it. */
  @Test
  @Tag("full")
  void nodeKilledInTheMiddleOfAMultipart_goesOnWhereItWas() throws Exception {
    Path video = video(MEBIBYTES_TO_S3);
    try (S3MockServer server = S3MockServer.start(directory.resolve("objects"));
        CuttableLink link = CuttableLink.to("127.0.0.1", server.port())) {
      String bucket = server.createBucket();
      Map<String, String> settings = new HashMap<>();
      settings.put("CURFEW_NODE_ROLES", "api,sessions,claims,uploader,watchdog,alerts,delivery");
      settings.put("CURFEW_RECORDING_FINISHED_KIND", "s3");
      settings.put("CURFEW_RECORDING_FINISHED_S3_ENDPOINT", "http://127.0.0.1:" + link.port());
      settings.put("CURFEW_RECORDING_FINISHED_S3_REGION", "us-east-1");
      settings.put("CURFEW_RECORDING_FINISHED_S3_BUCKET", bucket);
      settings.put("CURFEW_RECORDING_FINISHED_S3_PATH_STYLE", "true");
      settings.put("CURFEW_RECORDING_FINISHED_S3_ACCESS_KEY_ID", "curfew");
      settings.put("CURFEW_RECORDING_FINISHED_S3_SECRET_ACCESS_KEY", "secret");
      try (JarNode node = JarNode.start(directory, settings)) {
        String session = encoded(node, video);
        Await.until("some parts are sent", LONG, () -> parts(server, bucket) >= 3);
        node.kill();
        int parts = parts(server, bucket);
        assertThat(parts).as("parts sent before the node was killed").isBetween(3, 11);
        assertThat(staged()).hasSize(1);
        long sent = link.sent();
        node.startAgain();
        String path = "/api/v1/recordings/" + session;
        Await.until(
            "it is at its destination",
            LONG,
            () -> node.get(path).getString("stage").equals("Done-Uploaded"));
        assertThat(link.sent() - sent)
            .as("bytes sent after the restart")
            .isLessThan(Files.size(video) - (long) parts * PART + PART / 2);
        assertThat(server.everythingIn(bucket)).noneMatch(name -> name.startsWith("unfinished"));
        String key =
            server.everythingIn(bucket).stream()
                .filter(name -> name.endsWith("video.mp4"))
                .findFirst()
                .orElseThrow();
        Path stored = directory.resolve("stored.mp4");
        server.client().getObject(get -> get.bucket(bucket).key(key), stored);
        sameAs(video, stored);
        Await.until("what was staged is gone", () -> staged().isEmpty());
      }
    }
  }

  private static int parts(S3MockServer server, String bucket) {
    return server.client().listMultipartUploads(list -> list.bucket(bucket)).uploads().stream()
        .mapToInt(
            upload ->
                server
                    .client()
                    .listParts(
                        list -> list.bucket(bucket).key(upload.key()).uploadId(upload.uploadId()))
                    .parts()
                    .size())
        .sum();
  }

  private Path video(int mebibytes) throws IOException {
    Path video = directory.resolve("video.mp4");
    byte[] block = new byte[1 << 20];
    Random random = new Random(7);
    try (OutputStream out = Files.newOutputStream(video)) {
      for (int i = 0; i < mebibytes; i++) {
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
