package dev.curfew.store.embedded;

import static dev.curfew.store.embedded.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts, ends, and what may lie between them. */
class EmbeddedServerTest {
  @TempDir static Path prepared;
  private static PreparedData data;

  @TempDir Path root;

  @BeforeAll
  static void prepareData() throws IOException {
    data = PreparedData.in(prepared);
  }

  @BeforeEach
  void copyData() throws IOException {
    data.copyTo(root);
  }

  @Test
  void restart_keepsData() throws Exception {
    try (DataDirectory directory = DataDirectory.open(root)) {
      try (EmbeddedServer server = start(directory)) {
        query(server.endpoint(), "CREATE TABLE kept (v int)");
        query(server.endpoint(), "INSERT INTO kept VALUES (42)");
      }
      assertThat(cluster(directory).areRunning()).isFalse();
      try (EmbeddedServer server = start(directory)) {
        assertThat(query(server.endpoint(), "SELECT v FROM kept")).isEqualTo("42");
        assertThat(server.startTime()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(30));
      }
    }
  }

  @Test
  void killedProcess_itsServerIsStoppedAndItsCommitsAreKept() throws Exception {
    Process node = ServerProcess.start(root);
    node.destroyForcibly().waitFor();

    try (DataDirectory directory = DataDirectory.open(root)) {
      assertThat(cluster(directory).areRunning()).as("orphaned server").isTrue();
      long orphan = postmaster(directory);
      try (EmbeddedServer server = start(directory)) {
        assertThat(postmaster(directory)).isNotEqualTo(orphan);
        assertThat(query(server.endpoint(), "SELECT string_agg(v::text, ',') FROM kept"))
            .isEqualTo("42");
      }
      assertThat(cluster(directory).areRunning()).isFalse();
    }
  }

  @Test
  void killedServer_recoversAtTheNextStart() throws Exception {
    Process node = ServerProcess.start(root);
    long postmaster = PostmasterFile.read(root.resolve("postgres/cluster")).orElseThrow().pid();
    ProcessHandle.of(postmaster).orElseThrow().destroyForcibly();
    node.destroyForcibly().waitFor();

    try (DataDirectory directory = DataDirectory.open(root);
        EmbeddedServer server = start(directory)) {
      assertThat(query(server.endpoint(), "SELECT string_agg(v::text, ',') FROM kept"))
          .isEqualTo("42");
    }
  }

  @Test
  void liveProcess_keepsItsDirectoryAndItsServer() throws Exception {
    Process node = ServerProcess.start(root);
    try {
      CurfewException refusal =
          catchThrowableOfType(CurfewException.class, () -> DataDirectory.open(root));

      assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_CONFIGURATION);
      assertThat(refusal.getMessage())
          .contains("in use by another Curfew node")
          .contains("process " + node.pid());
      assertThat(node.isAlive()).isTrue();
      assertThat(
              ProcessHandle.of(
                      PostmasterFile.read(root.resolve("postgres/cluster")).orElseThrow().pid())
                  .map(ProcessHandle::isAlive))
          .contains(true);
    } finally {
      node.destroyForcibly().waitFor();
      try (DataDirectory directory = DataDirectory.open(root)) {
        cluster(directory).stop();
      }
    }
  }

  @Test
  void stalePidFile_ofAnotherProgram_killsNobody() throws Exception {
    Process bystander = new ProcessBuilder("sleep", "600").start();
    try (DataDirectory directory = DataDirectory.open(root)) {
      Path pidFile = root.resolve("postgres/cluster/postmaster.pid");
      Files.writeString(
          pidFile,
          bystander.pid() + "\n" + pidFile.getParent() + "\n1\n5432\n\n127.0.0.1\n1 1\nready\n");

      try (EmbeddedServer server = start(directory)) {
        assertThat(query(server.endpoint(), "SELECT 1")).isEqualTo("1");
      }
      assertThat(bystander.isAlive()).isTrue();
    } finally {
      bystander.destroyForcibly();
    }
  }

  @Test
  void stalePidFile_ofAnotherServer_killsNobody(@TempDir Path anotherRoot) throws Exception {
    Path other = data.copyTo(anotherRoot);
    try (DataDirectory mine = DataDirectory.open(root);
        DataDirectory theirs = DataDirectory.open(other);
        EmbeddedServer bystander = start(theirs)) {
      Files.copy(
          other.resolve("postgres/cluster/postmaster.pid"),
          mine.path().resolve("postgres/cluster/postmaster.pid"));

      start(mine).close();

      assertThat(query(bystander.endpoint(), "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void clusterOfAnotherVersion_isRefused() throws Exception {
    try (DataDirectory directory = DataDirectory.open(root)) {
      Files.writeString(root.resolve("postgres/cluster/PG_VERSION"), "16\n");

      CurfewException refusal = catchThrowableOfType(CurfewException.class, () -> start(directory));

      assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_CONFIGURATION);
      assertThat(refusal.getMessage()).contains("PostgreSQL 16").contains("PostgreSQL 18");
    }
  }

  @Test
  void interruptedFirstStart_isMadeAnew(@TempDir Path empty) throws Exception {
    try (DataDirectory directory = DataDirectory.open(empty)) {
      Path unfinished = directory.privateDirectory("postgres").resolve("initdb-123");
      Files.createDirectories(unfinished.resolve("base"));
      Files.writeString(unfinished.resolve("PG_VERSION"), "18\n");

      try (EmbeddedServer server = start(directory)) {
        assertThat(query(server.endpoint(), "SELECT 1")).isEqualTo("1");
      }
      assertThat(unfinished).doesNotExist();
    }
  }

  @Test
  void damagedCluster_isReportedWithTheServersOwnWords() throws Exception {
    try (DataDirectory directory = DataDirectory.open(root)) {
      Files.delete(root.resolve("postgres/cluster/global/pg_control"));

      CurfewException failure = catchThrowableOfType(CurfewException.class, () -> start(directory));

      assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(failure.getMessage()).contains("pg_control");
      assertThat(cluster(directory).areRunning()).isFalse();
    }
  }

  @Test
  void lostPassword_isReported() throws Exception {
    try (DataDirectory directory = DataDirectory.open(root)) {
      Files.delete(root.resolve("postgres/superuser.password"));

      assertThat(catchThrowableOfType(CurfewException.class, () -> start(directory)).code())
          .isEqualTo(ErrorCode.BAD_CONFIGURATION);
    }
  }

  private static EmbeddedServer start(DataDirectory directory) {
    return EmbeddedServer.start(directory, TestDatabase.PROGRAMS);
  }

  private static ClusterProcesses cluster(DataDirectory directory) throws IOException {
    return new ClusterProcesses(
        PostgresInstallation.at(BinariesArchive.unpackInto(TestDatabase.PROGRAMS)),
        directory.path().resolve("postgres/cluster"));
  }

  private static long postmaster(DataDirectory directory) throws IOException {
    return PostmasterFile.read(directory.path().resolve("postgres/cluster")).orElseThrow().pid();
  }
}
