package dev.curfew.store.embedded;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PostgreSQL's own data directory: made once, used by every server after that. */
final class Cluster {
  private static final Logger log = LoggerFactory.getLogger(Cluster.class);
  static final String SUPERUSER = "postgres";

  /** Password for everyone, from this machine only; no replication, no sockets. */
  private static final String HOST_BASED_AUTHENTICATION =
      """
      # Written by Curfew when the cluster was made.
      # TYPE  DATABASE  USER  ADDRESS       METHOD
      host    all       all   127.0.0.1/32  scram-sha-256
      """;

  private Cluster() {}

  /**
   * Makes the cluster, unless there is one.
   *
   * @param home where the cluster and its servers' logs are kept
   * @param passwordFile holds the superuser's password in its first line
   * @return the cluster's directory
   * @throws CurfewException BAD_CONFIGURATION when the cluster is of another major version
   */
  static Path in(Path home, PostgresInstallation installation, Path passwordFile)
      throws IOException, InterruptedException {
    Path cluster = directory(home);
    if (!Files.exists(cluster)) {
      discardUnfinished(home);
      make(home, installation, passwordFile);
    }
    String version = Files.readString(cluster.resolve("PG_VERSION")).strip();
    if (!version.equals(installation.majorVersion())) {
      throw CurfewException.of(
          ErrorCode.BAD_CONFIGURATION,
          cluster
              + " was made by PostgreSQL "
              + version
              + ", but this is PostgreSQL "
              + installation.majorVersion()
              + ": move the data over with pg_upgrade, or set another data.dir");
    }
    return cluster;
  }

  /** Where the cluster is or will be. */
  static Path directory(Path home) {
    return home.resolve("cluster");
  }

  /** The rename is the moment from which there is a cluster; initdb has written it out by then. */
  private static void make(Path home, PostgresInstallation installation, Path passwordFile)
      throws IOException, InterruptedException {
    Path unfinished = Files.createTempDirectory(home, "initdb-");
    installation.run(
        "initdb",
        List.of(
            "--pgdata=" + unfinished,
            "--username=" + SUPERUSER,
            "--pwfile=" + passwordFile,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            // Sorts the same on every machine, whatever locales it has.
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions"));
    Files.writeString(unfinished.resolve("pg_hba.conf"), HOST_BASED_AUTHENTICATION);
    Files.move(unfinished, directory(home), StandardCopyOption.ATOMIC_MOVE);
    DataDirectory.syncDirectory(home);
  }

  private static void discardUnfinished(Path home) throws IOException {
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(home, "initdb-*")) {
      for (Path leftover : leftovers) {
        try {
          BinariesArchive.deleteTree(leftover);
        } catch (IOException e) {
          // An initdb that outlived its node may still write there; it is of no consequence.
          log.debug("Left {}", leftover, e);
        }
      }
    }
  }
}
