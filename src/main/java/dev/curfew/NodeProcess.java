package dev.curfew;

import dev.curfew.config.CurfewConfig;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.store.embedded.DataDirectory;
import dev.curfew.store.embedded.EmbeddedServer;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node and the database server that it brings along, as one thing to start and stop. Stops too
 * when the process is asked to end.
 */
final class NodeProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeProcess.class);
  static final long START_SECONDS = 120;

  /** Beside what the node waits for balancers. */
  static final long STOP_SECONDS = 45;

  private final DataDirectory directory;
  private final @Nullable EmbeddedServer server;
  private final DatabaseEndpoint endpoint;
  private final Node node;
  private final Duration leaveDelay;
  private final Thread onExit = new Thread(this::stop, "curfew-stop");
  private boolean stopped;

  private NodeProcess(
      DataDirectory directory,
      @Nullable EmbeddedServer server,
      DatabaseEndpoint endpoint,
      Node node,
      Duration leaveDelay) {
    this.directory = directory;
    this.server = server;
    this.endpoint = endpoint;
    this.node = node;
    this.leaveDelay = leaveDelay;
  }

  /**
   * Starts everything and waits for it.
   *
   * @throws CurfewException when it does not come up; nothing is left running
   */
  static NodeProcess start(CurfewConfig config) {
    DataDirectory directory = DataDirectory.open(config.data().dir());
    EmbeddedServer server = null;
    try {
      DatabaseEndpoint endpoint;
      if (config.database().isEmbedded()) {
        server = EmbeddedServer.start(directory);
        LOG.info("PostgreSQL started in {} ms", server.startTime().toMillis());
        endpoint = server.endpoint();
      } else {
        endpoint = endpoint(config.database());
      }
      Node node = await(Node.start(config, endpoint), START_SECONDS);
      NodeProcess process =
          new NodeProcess(directory, server, endpoint, node, config.http().leaveDelay());
      Runtime.getRuntime().addShutdownHook(process.onExit);
      return process;
    } catch (RuntimeException failure) {
      release(server, directory);
      throw failure;
    }
  }

  private static DatabaseEndpoint endpoint(CurfewConfig.Database settings) {
    String url =
        settings
            .url()
            .map(Secret::reveal)
            .orElseThrow(
                () -> CurfewException.of(ErrorCode.BAD_CONFIGURATION, "database.url is not set"));
    return DatabaseEndpoint.parse(url, settings.user(), settings.password().map(Secret::reveal));
  }

  String url() {
    return node.url();
  }

  Optional<Secret> generatedKey() {
    return node.generatedKey();
  }

  Path dataDirectory() {
    return directory.path();
  }

  /** Where the database is, without its password. */
  String database() {
    return endpoint + (server == null ? "" : " (embedded)");
  }

  @Override
  public void close() {
    stop();
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException alreadyExiting) {
      LOG.debug("The process is ending anyway");
    }
  }

  private synchronized void stop() {
    if (stopped) {
      return;
    }
    stopped = true;
    try {
      await(node.close(), STOP_SECONDS + leaveDelay.toSeconds());
    } catch (CurfewException late) {
      LOG.warn("The node did not stop in time: {}", late.getMessage());
    }
    release(server, directory);
  }

  private static void release(@Nullable EmbeddedServer server, DataDirectory directory) {
    if (server != null) {
      server.close();
    }
    try {
      directory.close();
    } catch (IOException e) {
      LOG.warn("The data directory could not be released", e);
    }
  }

  private static <T> T await(Future<T> future, long seconds) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw cause instanceof CurfewException known
          ? known
          : CurfewException.causedBy(ErrorCode.INTERNAL, "The node could not start: " + cause, e);
    } catch (TimeoutException e) {
      throw CurfewException.of(ErrorCode.UNAVAILABLE, "not done after " + seconds + " seconds");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CurfewException.of(ErrorCode.UNAVAILABLE, "interrupted");
    }
  }
}
