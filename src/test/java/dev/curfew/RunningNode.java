package dev.curfew;

import dev.curfew.client.ApiClient;
import dev.curfew.client.ApiFailure;
import dev.curfew.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged program serving as a process of its own, on ports that stay the same. */
final class RunningNode implements AutoCloseable {
  static final String KEY = "a-key-that-an-operator-chose-for-this-test";
  private static final Duration START = Duration.ofSeconds(120);

  private final Path directory;
  private final int port = freePort();
  private final int bridgePort = freePort();
  private Process process;

  /** Starts it, with everything that it keeps under a directory. */
  RunningNode(Path under) throws IOException {
    directory = Files.createDirectories(under.resolve("node"));
    start();
  }

  private static int freePort() {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it again, after {@link #kill}. */
  void start() throws IOException {
    process =
        CurfewJar.start(
            directory,
            Map.of(
                "CURFEW_HTTP_PORT",
                Integer.toString(port),
                "CURFEW_BRIDGE_PORT",
                Integer.toString(bridgePort),
                "CURFEW_DATA_DIR",
                directory.resolve("data").toString(),
                "CURFEW_BOOTSTRAP_ADMIN_KEY",
                KEY),
            "serve");
    Await.until("the node serves", START, () -> process.isAlive() && answers());
  }

  private boolean answers() {
    try {
      client().get("/health/ready");
      return true;
    } catch (ApiFailure notYet) {
      return false;
    }
  }

  /** As {@code kill -9} does it: no goodbye to anybody. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("it does not die");
    }
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  int bridgePort() {
    return bridgePort;
  }

  /** The administrator's. */
  ApiClient client() {
    return new ApiClient(url(), KEY);
  }

  /** What the command line needs to talk to it. */
  Map<String, String> environment() {
    return Map.of("CURFEW_CLIENT_URL", url(), "CURFEW_CLIENT_KEY", KEY);
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(40, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
