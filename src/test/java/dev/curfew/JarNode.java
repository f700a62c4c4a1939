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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged program with an installation of its own, which survives that it is killed. */
public final class JarNode implements AutoCloseable {
  /** The administrator's. */
  public static final String KEY = "a-key-that-an-operator-chose-for-this-test";

  private static final Duration START = Duration.ofSeconds(180);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private final List<String> prefix;
  private final int port;
  private Process curfew;

  private JarNode(Path directory, Map<String, String> settings, List<String> prefix)
      throws IOException {
    this.directory = directory;
    this.prefix = prefix;
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
  public static JarNode start(Path directory, Map<String, String> settings) throws IOException {
    JarNode node = begin(directory, settings, List.of());
    node.awaitReady();
    return node;
  }

  /**
   * Starts the program without waiting for it.
   *
   * @param prefix what stands before its command line; the process that is started is the program's
   *     all the same
   */
  public static JarNode begin(Path directory, Map<String, String> settings, List<String> prefix)
      throws IOException {
    return new JarNode(directory, settings, prefix);
  }

  /** Starts it again after {@link #kill}. */
  public void startAgain() throws IOException {
    beginAgain();
    awaitReady();
  }

  /** The same without waiting for it. */
  public void beginAgain() throws IOException {
    curfew = begin();
  }

  private Process begin() throws IOException {
    return CurfewJar.start(prefix, directory, environment, "serve");
  }

  /** Waits until it is ready to serve. */
  public void awaitReady() {
    Await.until("the node serves", START, () -> curfew.isAlive() && ready());
  }

  /** Whether it says that it is ready. */
  public boolean ready() throws Exception {
    try {
      return send(request("/health/ready").build()).statusCode() == 200;
    } catch (IOException notYet) {
      // Nobody listens, or the connection was one to the node that was killed.
      return false;
    }
  }

  /** As {@code kill -9} does it: no goodbye to anybody. */
  public void kill() throws InterruptedException {
    curfew.destroyForcibly();
    assertThat(curfew.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  /** Stops, continues or ends the process: {@code STOP}, {@code CONT}, {@code TERM}. */
  public void signal(String name) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(curfew.pid())).inheritIO().start();
    assertThat(kill.waitFor()).isZero();
  }

  /** Waits until the process has ended. */
  public void awaitEnd() throws InterruptedException {
    assertThat(curfew.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
  }

  public long pid() {
    return curfew.pid();
  }

  public boolean isAlive() {
    return curfew.isAlive();
  }

  /** Where it answers HTTP. */
  public String host() {
    return environment.getOrDefault("CURFEW_HTTP_HOST", "127.0.0.1");
  }

  public int port() {
    return port;
  }

  /** A request of the administrator. */
  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + host() + ":" + port + path))
        .header("X-API-Key", KEY)
        .timeout(Duration.ofSeconds(30));
  }

  public HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  public JsonObject get(String path) throws Exception {
    return new JsonObject(send(request(path).build()).body());
  }

  public JsonObject post(String path, JsonObject body) throws Exception {
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
