package dev.curfew.store.embedded;

import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/**
 * A PostgreSQL server for the nodes of a cluster, as durable as a node's own, which is stopped and
 * comes back at the same address with the same accounts.
 */
public final class DurableServer implements AutoCloseable {
  private static final String NAME = "curfew";
  private static final String PASSWORD = "chosen-for-a-test";
  private static final Duration START = Duration.ofSeconds(60);

  private final DataDirectory directory;
  private final String address;
  private final Path cluster;
  private final PostgresInstallation installation;
  private final ClusterProcesses processes;
  private final int port;

  private DurableServer(Path home, String address) throws IOException {
    directory = DataDirectory.open(home);
    this.address = address;
    // Makes the cluster and its database.
    try (EmbeddedServer once = EmbeddedServer.start(directory, TestDatabase.PROGRAMS);
        Connection connection = once.superuser().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER ROLE " + NAME + " PASSWORD '" + PASSWORD + "'");
    } catch (SQLException e) {
      throw new IOException(e);
    }
    cluster = Cluster.directory(directory.privateDirectory("postgres"));
    installation = PostgresInstallation.at(BinariesArchive.unpackInto(TestDatabase.PROGRAMS));
    processes = new ClusterProcesses(installation, cluster);
    Files.writeString(
        cluster.resolve("pg_hba.conf"),
        "host all all " + address + "/24 scram-sha-256\n",
        StandardOpenOption.APPEND);
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(address))) {
      port = free.getLocalPort();
    }
  }

  /**
   * Starts a server.
   *
   * @param home empty; holds its data
   * @param address where it listens; everybody there may log in with the password
   */
  public static DurableServer start(Path home, String address) throws IOException {
    DurableServer server = new DurableServer(home, address);
    server.startAgain();
    return server;
  }

  public DatabaseEndpoint endpoint() {
    return new DatabaseEndpoint(address, port, NAME, NAME, PASSWORD, DatabaseEndpoint.Tls.NONE);
  }

  /** As nodes are told of it. */
  public String url() {
    return "postgresql://%s:%s@%s:%d/%s?sslmode=disable"
        .formatted(NAME, PASSWORD, address, port, NAME);
  }

  /** Ends all connections and the server; what was committed stays. */
  public void stop() {
    try {
      processes.stop();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Starts it after {@link #stop} and returns when it takes connections. */
  public void startAgain() {
    try {
      Process process =
          installation
              .callDetached(
                  "postgres",
                  List.of(
                      "-D",
                      cluster.toString(),
                      "-p",
                      Integer.toString(port),
                      "-c",
                      "listen_addresses=" + address,
                      "-c",
                      "unix_socket_directories=",
                      "-c",
                      "fsync=on",
                      "-c",
                      "max_connections=200",
                      "-c",
                      "jit=off",
                      "-c",
                      "timezone=UTC"))
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(directory.path().resolve("server.log").toFile()))
              .start();
      process.getOutputStream().close();
      if (!Condition.await(START, () -> isReady(process.pid()))) {
        throw new AssertionError(Files.readString(directory.path().resolve("server.log")));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private boolean isReady(long pid) {
    try {
      return PostmasterFile.read(cluster)
          .filter(file -> file.ready() && file.pid() == pid)
          .isPresent();
    } catch (IOException e) {
      return false; // asked again
    }
  }

  @Override
  public void close() throws IOException {
    stop();
    directory.close();
  }
}
