package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged program with an installation of its own, which survives that it is killed. */
final class JarNode implements AutoCloseable {
  private static final String KEY = "a-key-that-an-operator-chose-for-this-test";
  private static final Duration START = Duration.ofSeconds(90);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private final int port;
  private Process curfew;

  private JarNode(Path directory, Map<String, String> settings) throws IOException {
    this.directory = directory;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    environment.put("CURFEW_HTTP_PORT", Integer.toString(port));
    environment.put("CURFEW_BRIDGE_PORT", "0");
    environment.put("CURFEW_DATA_DIR", directory.resolve("data").toString());
    environment.put("CURFEW_BOOTSTRAP_ADMIN_KEY", KEY);
    environment.put("CURFEW_WEBHOOKS_ALLOW_PRIVATE_TARGETS", "true");
    environment.putAll(settings);
    curfew = begin();
  }

  /**
   * Starts the program and waits until it serves.
   *
   * @param settings environment variables beside the port, the directory and the key
   */
  static JarNode start(Path directory, Map<String, String> settings) throws IOException {
    JarNode node = new JarNode(directory, settings);
    node.awaitReady();
    return node;
  }

  /** Starts it again after {@link #kill}. */
  void startAgain() throws IOException {
    curfew = begin();
    awaitReady();
  }

  private Process begin() throws IOException {
    return CurfewJar.start(directory, environment, "serve");
  }

  private void awaitReady() {
    Await.until("the node serves", START, () -> curfew.isAlive() && answers());
  }

  private boolean answers() throws Exception {
    try {
      return send(request("/health/ready").build()).statusCode() == 200;
    } catch (IOException notYet) {
      // Nobody listens, or the connection was one to the node that was killed.
      return false;
    }
  }

  /** As {@code kill -9} does it: no goodbye to anybody. */
  void kill() throws InterruptedException {
    curfew.destroyForcibly();
    assertThat(curfew.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  /** A request of the administrator. */
  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("X-API-Key", KEY)
        .timeout(Duration.ofSeconds(30));
  }

  HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  JsonObject get(String path) throws Exception {
    return new JsonObject(send(request(path).build()).body());
  }

  JsonObject post(String path, JsonObject body) throws Exception {
    return new JsonObject(
        send(request(path).POST(HttpRequest.BodyPublishers.ofString(body.encode())).build())
            .body());
  }

  @Override
  public void close() throws Exception {
    curfew.destroy();
    if (!curfew.waitFor(40, TimeUnit.SECONDS)) {
      curfew.destroyForcibly();
    }
  }
}
