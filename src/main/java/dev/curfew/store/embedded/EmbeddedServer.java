package dev.curfew.store.embedded;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.store.DatabaseEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server for one node, on a free port of the loopback interface. Its data outlives it:
 * every commit is on disk before it is acknowledged.
 */
public final class EmbeddedServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedServer.class);
  private static final String HOST = "127.0.0.1";

  /** Recovery after a crash is part of the start and reads up to {@code max_wal_size}. */
  private static final Duration START_LIMIT = Duration.ofMinutes(5);

  private static final int PORTS_TRIED = 5;
  private static final int PASSWORD_BYTES = 32;
  private static final long LOG_ROTATION_BYTES = 8 << 20;

  /** Given on the command line, where no file in the cluster can override them. */
  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("listen_addresses", HOST),
          Map.entry("unix_socket_directories", ""),
          Map.entry("max_connections", "100"),
          Map.entry("fsync", "on"),
          Map.entry("synchronous_commit", "on"),
          Map.entry("full_page_writes", "on"),
          Map.entry("shared_buffers", "256MB"),
          Map.entry("max_wal_size", "2GB"),
          Map.entry("max_wal_senders", "0"),
          Map.entry("max_logical_replication_workers", "0"),
          Map.entry("idle_in_transaction_session_timeout", "60s"),
          Map.entry("password_encryption", "scram-sha-256"),
          Map.entry("jit", "off"),
          Map.entry("timezone", "UTC"),
          Map.entry("log_timezone", "UTC"),
          Map.entry("log_checkpoints", "off"),
          // The detail of an error quotes column values.
          Map.entry("log_error_verbosity", "terse"));

  private final ClusterProcesses processes;
  private final DatabaseEndpoint superuser;
  private final DatabaseEndpoint endpoint;
  private final Duration startTime;

  private volatile boolean closing;

  private EmbeddedServer(
      ClusterProcesses processes,
      Process process,
      DatabaseEndpoint superuser,
      DatabaseEndpoint endpoint,
      Duration startTime) {
    this.processes = processes;
    this.superuser = superuser;
    this.endpoint = endpoint;
    this.startTime = startTime;
    process
        .onExit()
        .thenAccept(
            ended -> {
              if (!closing) {
                log.error("PostgreSQL ended by itself, with status {}", ended.exitValue());
              }
            });
  }

  /**
   * Starts the server of a data directory, after stopping the one that a killed process may have
   * left there. Blocks for some seconds the first time, when programs are unpacked and the cluster
   * is made, and for well under a second later, or for as long as recovery from a crash takes.
   *
   * @param directory held by this process until after {@link #close}
   * @throws CurfewException BAD_CONFIGURATION when the directory's data cannot be used by this
   *     server or this account cannot run one; UNAVAILABLE when the server does not start
   */
  public static EmbeddedServer start(DataDirectory directory) {
    return start(directory, directory.path().resolve("postgres"));
  }

  /**
   * The same, with programs that several data directories share.
   *
   * @param programs where PostgreSQL is unpacked, unless it is there already
   */
  public static EmbeddedServer start(DataDirectory directory, Path programs) {
    long begin = System.nanoTime();
    try {
      Path home = directory.privateDirectory("postgres");
      PostgresInstallation installation =
          PostgresInstallation.at(BinariesArchive.unpackInto(programs));
      ClusterProcesses processes = new ClusterProcesses(installation, Cluster.directory(home));
      if (processes.areRunning()) {
        log.info("Stopping the PostgreSQL that a killed process left in {}", home);
      }
      processes.stop();

      Path passwordFile = home.resolve("superuser.password");
      if (Files.exists(Cluster.directory(home)) && !Files.exists(passwordFile)) {
        throw CurfewException.of(
            ErrorCode.BAD_CONFIGURATION,
            passwordFile + " is missing, without which its data cannot be read: restore it");
      }
      String password = directory.secret(passwordFile, PASSWORD_BYTES);
      Path cluster = Cluster.in(home, installation, passwordFile);
      Running running = run(installation, processes, cluster, home.resolve("server.log"));

      DatabaseEndpoint superuser =
          new DatabaseEndpoint(
              HOST,
              running.port(),
              Cluster.SUPERUSER,
              Cluster.SUPERUSER,
              password,
              DatabaseEndpoint.Tls.NONE);
      DatabaseEndpoint endpoint;
      try {
        endpoint = ApplicationRole.prepare(superuser);
      } catch (CurfewException e) {
        processes.stop();
        throw e;
      }
      Duration startTime = Duration.ofNanos(System.nanoTime() - begin);
      log.info(
          "PostgreSQL {} on {}:{}, data in {}, started in {} ms",
          installation.majorVersion(),
          HOST,
          running.port(),
          cluster,
          startTime.toMillis());
      return new EmbeddedServer(processes, running.process(), superuser, endpoint, startTime);
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.UNAVAILABLE, "the embedded PostgreSQL did not start: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CurfewException.causedBy(
          ErrorCode.UNAVAILABLE, "interrupted while the embedded PostgreSQL started", e);
    }
  }

  private record Running(Process process, int port) {}

  /** Starts the server and waits until it takes connections. */
  private static Running run(
      PostgresInstallation installation, ClusterProcesses processes, Path cluster, Path logFile)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      int port = freePort();
      rotate(logFile);
      long logStart = Files.exists(logFile) ? Files.size(logFile) : 0;
      Process process =
          installation
              .callDetached("postgres", arguments(cluster, port))
              .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()))
              .start();
      process.getOutputStream().close();
      boolean ended =
          Condition.await(START_LIMIT, () -> !process.isAlive() || isReady(cluster, process.pid()));
      if (ended && process.isAlive()) {
        return new Running(process, port);
      }
      processes.stop();
      String said = tail(logFile, logStart);
      boolean portTaken = said.contains("could not bind");
      if (!portTaken || attempt == PORTS_TRIED) {
        throw CurfewException.of(
            ErrorCode.UNAVAILABLE, "the embedded PostgreSQL did not start: " + said);
      }
    }
  }

  private static List<String> arguments(Path cluster, int port) {
    List<String> arguments = new ArrayList<>(List.of("-D", cluster.toString()));
    arguments.addAll(List.of("-p", Integer.toString(port)));
    SETTINGS.forEach((name, value) -> arguments.addAll(List.of("-c", name + "=" + value)));
    return arguments;
  }

  private static boolean isReady(Path cluster, long pid) {
    try {
      return PostmasterFile.read(cluster).filter(f -> f.ready() && f.pid() == pid).isPresent();
    } catch (IOException e) {
      return false; // asked again, until the limit
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return probe.getLocalPort();
    }
  }

  private static void rotate(Path logFile) throws IOException {
    if (Files.exists(logFile) && Files.size(logFile) > LOG_ROTATION_BYTES) {
      Files.move(
          logFile,
          logFile.resolveSibling(logFile.getFileName() + ".1"),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static String tail(Path logFile, long from) throws IOException {
    byte[] all = Files.readAllBytes(logFile);
    int start = (int) Math.min(from, all.length);
    return new String(all, start, all.length - start, StandardCharsets.UTF_8).strip();
  }

  /**
   * The database {@code curfew} and the role of that name, which owns it and nothing else. The
   * role's password is good until the server is closed.
   */
  public DatabaseEndpoint endpoint() {
    return endpoint;
  }

  /** The server's superuser, for maintenance; its password stays the same. */
  public DatabaseEndpoint superuser() {
    return superuser;
  }

  /** How long {@link #start} took. */
  public Duration startTime() {
    return startTime;
  }

  /**
   * Stops the server: open transactions are rolled back, everything else is written out. Blocks
   * until its last process is gone.
   *
   * @throws CurfewException UNAVAILABLE when it does not end
   */
  @Override
  public void close() {
    closing = true;
    try {
      processes.stop();
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.UNAVAILABLE, "the embedded PostgreSQL did not stop: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CurfewException.causedBy(
          ErrorCode.UNAVAILABLE, "interrupted while the embedded PostgreSQL stopped", e);
    }
  }
}
