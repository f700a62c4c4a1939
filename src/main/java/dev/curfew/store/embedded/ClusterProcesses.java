package dev.curfew.store.embedded;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of one cluster's server, whoever started them.
 *
 * <p>The process id in {@code postmaster.pid} is only a hint: ids are used again, and the file
 * outlasts a power failure. A process belongs to the cluster when its program is {@code postgres}
 * and its working directory is the cluster's, as it is for every process of a server from its start
 * to its end. None other is ever signalled.
 */
final class ClusterProcesses {
  private static final Logger log = LoggerFactory.getLogger(ClusterProcesses.class);
  private static final Duration FAST_SHUTDOWN = Duration.ofSeconds(60);
  private static final Duration IMMEDIATE_SHUTDOWN = Duration.ofSeconds(15);

  private final PostgresInstallation installation;
  private final Path cluster;

  /**
   * @param cluster PostgreSQL's data directory, which may not exist yet
   */
  ClusterProcesses(PostgresInstallation installation, Path cluster) {
    this.installation = installation;
    this.cluster = cluster;
  }

  boolean areRunning() {
    return !pids().isEmpty();
  }

  /**
   * Leaves the cluster without processes and without {@code postmaster.pid}: by a fast shutdown,
   * which ends transactions and writes everything out, or else by an immediate one, after which the
   * next start recovers. Either keeps all that was committed.
   *
   * @throws CurfewException UNAVAILABLE when a process does not end
   */
  void stop() throws IOException, InterruptedException {
    if (areRunning()) {
      signal("INT");
      if (!Condition.await(FAST_SHUTDOWN, () -> !areRunning())) {
        log.warn("PostgreSQL in {} takes too long to shut down, stopping it at once", cluster);
        signal("QUIT");
        if (!Condition.await(IMMEDIATE_SHUTDOWN, () -> !areRunning())) {
          throw CurfewException.of(
              ErrorCode.UNAVAILABLE,
              "PostgreSQL processes in " + cluster + " do not end: " + pids());
        }
      }
    }
    // Left by a crash. PostgreSQL would take its id, should another program of this account have
    // it by now, for a running server.
    Files.deleteIfExists(cluster.resolve("postmaster.pid"));
  }

  /**
   * Signals the first process alone, as it ends its children in order; without it, the orphaned
   * children, which end themselves as soon as they notice.
   */
  private void signal(String signal) throws IOException, InterruptedException {
    List<Long> running = pids();
    Optional<Long> first =
        PostmasterFile.read(cluster).map(PostmasterFile::pid).filter(running::contains);
    for (long pid : first.map(List::of).orElse(running)) {
      try {
        installation.signal(pid, signal);
      } catch (CurfewException e) {
        // It may have ended in between; whether all have is asked anyway.
        log.debug("Process {} was not signalled", pid, e);
      }
    }
  }

  private List<Long> pids() {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(this::belongsToCluster)
        .sorted()
        .toList();
  }

  /** False for a process that only waits to be reaped: it has no directory any more. */
  private boolean belongsToCluster(long pid) {
    Path process = Path.of("/proc", Long.toString(pid));
    try {
      Path program = Files.readSymbolicLink(process.resolve("exe")).getFileName();
      return program != null
          && program.toString().startsWith("postgres")
          && Files.isSameFile(process.resolve("cwd"), cluster);
    } catch (IOException e) {
      return false;
    }
  }
}
