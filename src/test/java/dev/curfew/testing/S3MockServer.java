package dev.curfew.testing;

import dev.curfew.config.Secret;
import dev.curfew.storage.S3Options;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Adobe S3Mock, a server that speaks S3, as a process of its own on loopback. Profile {@code full}
 * unpacks it below {@code target}.
 */
public final class S3MockServer implements AutoCloseable {
  private static final Path UNPACKED = Path.of("target", "s3mock", "BOOT-INF");
  private static final Path LAUNCHER =
      Path.of("src", "test", "resources", "s3mock", "LoopbackS3Mock.java");
  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(30);

  private final Process process;
  private final int port;
  private final S3Client client;

  private S3MockServer(Process process, int port) {
    this.process = process;
    this.port = port;
    this.client =
        S3Client.builder()
            .region(Region.US_EAST_1)
            .endpointOverride(endpoint(port))
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
  }

  /**
   * Starts a server.
   *
   * @param directory where it keeps its objects
   */
  public static S3MockServer start(Path directory) throws IOException {
    if (!Files.isDirectory(UNPACKED)) {
      throw new AssertionError(
          UNPACKED.toAbsolutePath() + " is missing: mvn -Pfull process-test-resources unpacks it");
    }
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                UNPACKED.resolve("classes") + ":" + UNPACKED.resolve("lib") + "/*",
                LAUNCHER.toString(),
                directory.toString())
            .redirectErrorStream(true)
            .start();
    try {
      return new S3MockServer(process, port(process));
    } catch (IOException | RuntimeException | Error failure) {
      process.destroyForcibly();
      throw failure;
    }
  }

  private static int port(Process process) throws IOException {
    List<String> said = new ArrayList<>();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    Await.until(
        () -> "S3Mock says its port: " + said,
        START_LIMIT,
        () -> {
          while (out.ready()) {
            said.add(out.readLine());
          }
          return said.stream().anyMatch(line -> line.startsWith("port ")) || !process.isAlive();
        });
    String line =
        said.stream()
            .filter(each -> each.startsWith("port "))
            .findFirst()
            .orElseThrow(() -> new AssertionError("S3Mock ended: " + said));
    drain(out);
    return Integer.parseInt(line.substring("port ".length()));
  }

  /** A process whose output nobody reads comes to stand still. */
  private static void drain(BufferedReader out) {
    Thread thread =
        new Thread(
            () -> {
              try (out) {
                out.lines().forEach(line -> {});
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            },
            "s3mock-output");
    thread.setDaemon(true);
    thread.start();
  }

  private static URI endpoint(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Its port at 127.0.0.1. */
  public int port() {
    return port;
  }

  /** The server as an administrator of it would use it. */
  public S3Client client() {
    return client;
  }

  /** A new and empty bucket. */
  public String createBucket() {
    String bucket = "b-" + UUID.randomUUID();
    client.createBucket(request -> request.bucket(bucket));
    return bucket;
  }

  /**
   * How Curfew uses a bucket.
   *
   * @param throughPort the server's own, or that of a {@link CuttableLink} to it
   */
  public static S3Options options(int throughPort, String bucket, String prefix) {
    return new S3Options(
        Optional.of(endpoint(throughPort)),
        "us-east-1",
        bucket,
        prefix,
        true,
        Optional.of(new S3Options.Credentials("curfew", Secret.of("an access key's secret"))),
        S3Options.Encryption.NONE,
        CALL_LIMIT);
  }

  /** What is in a bucket: the objects' keys, and for each unfinished upload a line of its own. */
  public List<String> everythingIn(String bucket) {
    List<String> everything =
        new ArrayList<>(
            client.listObjectsV2Paginator(request -> request.bucket(bucket)).contents().stream()
                .map(S3Object::key)
                .toList());
    client
        .listMultipartUploadsPaginator(request -> request.bucket(bucket))
        .uploads()
        .forEach(upload -> everything.add("unfinished upload of " + upload.key()));
    return everything;
  }

  /** Deletes a bucket with all that is in it. */
  public void deleteBucket(String bucket) {
    client
        .listMultipartUploadsPaginator(request -> request.bucket(bucket))
        .uploads()
        .forEach(
            upload ->
                client.abortMultipartUpload(
                    request ->
                        request.bucket(bucket).key(upload.key()).uploadId(upload.uploadId())));
    client
        .listObjectsV2Paginator(request -> request.bucket(bucket))
        .contents()
        .forEach(object -> client.deleteObject(r -> r.bucket(bucket).key(object.key())));
    client.deleteBucket(request -> request.bucket(bucket));
  }

  @Override
  public void close() throws InterruptedException {
    client.close();
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
