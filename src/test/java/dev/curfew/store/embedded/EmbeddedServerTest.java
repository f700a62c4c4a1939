package dev.curfew.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.testing.TestDatabase;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedServerTest {
  @TempDir Path root;

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
  void settings_makeCommitsDurable() throws Exception {
    try (DataDirectory directory = DataDirectory.open(root);
        EmbeddedServer server = start(directory)) {
      DatabaseEndpoint endpoint = server.endpoint();

      assertThat(query(endpoint, "SHOW fsync")).isEqualTo("on");
      assertThat(query(endpoint, "SHOW synchronous_commit")).isEqualTo("on");
      assertThat(query(endpoint, "SHOW full_page_writes")).isEqualTo("on");
      assertThat(query(endpoint, "SHOW data_checksums")).isEqualTo("on");
      assertThat(query(endpoint, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(query(endpoint, "SHOW max_connections")).isEqualTo("100");
      assertThat(query(endpoint, "SHOW shared_buffers")).isEqualTo("256MB");
      assertThat(query(endpoint, "SHOW idle_in_transaction_session_timeout")).isEqualTo("1min");
      assertThat(query(endpoint, "SHOW server_version")).startsWith("18.6");
      assertThat(query(endpoint, "SELECT usesuper FROM pg_user WHERE usename = current_user"))
          .isEqualTo("f");
    }
  }

  @Test
  void access_needsThePassword() throws Exception {
    try (DataDirectory directory = DataDirectory.open(root);
        EmbeddedServer server = start(directory)) {
      for (DatabaseEndpoint good : List.of(server.endpoint(), server.superuser())) {
        for (String password : List.of("wrong", "")) {
          DatabaseEndpoint bad =
              new DatabaseEndpoint(
                  good.host(), good.port(), good.database(), good.user(), password, good.tls());
          assertThatThrownBy(() -> query(bad, "SELECT 1")).isInstanceOf(SQLException.class);
        }
      }
      assertThat(
              query(
                  server.superuser(),
                  "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'"))
          .isEqualTo("0");
    }
  }

  @Test
  void access_fromOtherInterfaces_isImpossible() throws Exception {
    try (DataDirectory directory = DataDirectory.open(root);
        EmbeddedServer server = start(directory)) {
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLoopbackAddress())
          .forEach(
              address ->
                  assertThatThrownBy(() -> new Socket(address, server.endpoint().port()).close())
                      .isInstanceOf(IOException.class));
    }
  }

  @Test
  void access_byTheVertxClient() throws Exception {
    try (DataDirectory directory = DataDirectory.open(root);
        EmbeddedServer server = start(directory)) {
      Vertx vertx = Vertx.vertx();
      Pool pool =
          PgBuilder.pool()
              .with(new PoolOptions().setMaxSize(1))
              .connectingTo(server.endpoint().connectOptions())
              .using(vertx)
              .build();
      try {
        Integer one =
            pool.query("SELECT 1")
                .execute()
                .map(rows -> rows.iterator().next().getInteger(0))
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        assertThat(one).isEqualTo(1);
      } finally {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void files_areTheOwnersOnly() throws Exception {
    try (DataDirectory directory = DataDirectory.open(root);
        EmbeddedServer server = start(directory)) {
      Path home = directory.path().resolve("postgres");
      assertThat(mode(home)).isEqualTo("rwx------");
      assertThat(mode(home.resolve("cluster"))).isEqualTo("rwx------");
      assertThat(mode(home.resolve("superuser.password"))).isEqualTo("rw-------");
      assertThat(Files.readString(home.resolve("server.log")))
          .doesNotContain(server.endpoint().password())
          .doesNotContain(server.superuser().password());
      assertThat(server.endpoint().toString()).doesNotContain(server.endpoint().password());
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
      start(directory).close();
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
  void stalePidFile_ofAnotherServer_killsNobody() throws Exception {
    Path other = root.resolve("other");
    try (DataDirectory mine = DataDirectory.open(root.resolve("mine"));
        DataDirectory theirs = DataDirectory.open(other);
        EmbeddedServer bystander = start(theirs)) {
      start(mine).close();
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
      start(directory).close();
      Files.writeString(root.resolve("postgres/cluster/PG_VERSION"), "16\n");

      CurfewException refusal = catchThrowableOfType(CurfewException.class, () -> start(directory));

      assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_CONFIGURATION);
      assertThat(refusal.getMessage()).contains("PostgreSQL 16").contains("PostgreSQL 18");
    }
  }

  @Test
  void interruptedFirstStart_isMadeAnew() throws Exception {
    try (DataDirectory directory = DataDirectory.open(root)) {
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
      start(directory).close();
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
      start(directory).close();
      Files.delete(root.resolve("postgres/superuser.password"));

      assertThat(catchThrowableOfType(CurfewException.class, () -> start(directory)).code())
          .isEqualTo(ErrorCode.BAD_CONFIGURATION);
    }
  }

  @Test
  void testDatabases_areApart() throws Exception {
    DatabaseEndpoint one = TestDatabase.fresh("filled", db -> query(db, "CREATE TABLE t (v int)"));
    DatabaseEndpoint two = TestDatabase.fresh("filled", db -> query(db, "SELECT 1/0"));
    query(one, "INSERT INTO t VALUES (1)");

    assertThat(query(one, "SELECT count(*) FROM t")).isEqualTo("1");
    assertThat(query(two, "SELECT count(*) FROM t")).isEqualTo("0");
    assertThat(query(TestDatabase.fresh(), "SELECT to_regclass('t') IS NULL")).isEqualTo("t");
    assertThat(query(one, "SHOW fsync")).isEqualTo("on");
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

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static String query(DatabaseEndpoint endpoint, String sql) throws SQLException {
    try (Connection connection = endpoint.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (ResultSet rows = statement.getResultSet()) {
        return rows.next() ? rows.getString(1) : "";
      }
    }
  }
}
