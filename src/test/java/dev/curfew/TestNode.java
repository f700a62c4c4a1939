package dev.curfew;

import dev.curfew.api.ApiRoute;
import dev.curfew.config.CurfewConfig;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.testing.BridgeClient;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A whole node in this JVM, on a free port, with an empty database and directory of its own. */
public final class TestNode implements AutoCloseable {
  /** A node starts in a second or two; a machine that is busy with other things takes longer. */
  private static final long LIMIT_SECONDS = 120;

  private final Node node;
  private final String adminKey;
  private final DatabaseEndpoint endpoint;

  private TestNode(Node node, DatabaseEndpoint endpoint) {
    this.node = node;
    this.endpoint = endpoint;
    this.adminKey = node.generatedKey().orElseThrow().reveal();
  }

  /**
   * @param settings beside the port and the directory; without them there is no rate limit
   */
  public static TestNode start(Map<String, String> settings) {
    return start(settings, TestDatabase.fresh());
  }

  /**
   * @param endpoint of a database that no other installation has
   */
  public static TestNode start(Map<String, String> settings, DatabaseEndpoint endpoint) {
    Map<String, String> all = new HashMap<>();
    all.put("http.port", "0");
    all.put("bridge.port", "0");
    all.put("rate-limit.per-second", "0");
    all.put("pra.rate-limit.per-second", "0");
    all.put("pra.rate-limit.per-hour", "0");
    all.put("data.dir", temporaryDirectory().toString());
    all.putAll(settings);
    return new TestNode(result(Node.start(CurfewConfig.of(all), endpoint)), endpoint);
  }

  public static TestNode start() {
    return start(Map.of());
  }

  private static Path temporaryDirectory() {
    try {
      Path parent = Files.createDirectories(Path.of("target", "test-nodes"));
      return Files.createTempDirectory(parent, "node-").toAbsolutePath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it listens, as {@code http://host:port}. */
  public String url() {
    return node.url();
  }

  /** Where clients of the event-bus bridge connect. */
  public BridgeClient.Ports bridge() {
    return new BridgeClient.Ports(URI.create(url()).getPort(), node.bridgePort());
  }

  /** The event bus inside. */
  EventBus eventBus() {
    return node.vertx().eventBus();
  }

  /** The key of user {@code admin}, with every scope. */
  public String adminKey() {
    return adminKey;
  }

  /** Its database, without the node. */
  public DirectSql sql() throws SQLException {
    return DirectSql.open(endpoint);
  }

  /** Every route of every dialect, and what it needs. */
  public List<ApiRoute> routes() {
    return node.routes();
  }

  @Override
  public void close() {
    result(node.close());
  }

  private static <T> T result(Future<T> future) {
    try {
      return future.await(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      throw new AssertionError("not within " + LIMIT_SECONDS + " s", late);
    }
  }
}
