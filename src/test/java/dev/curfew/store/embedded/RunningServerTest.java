package dev.curfew.store.embedded;

import static dev.curfew.store.embedded.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

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
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a running server is like, seen on one that all tests share. */
class RunningServerTest {
  @TempDir static Path root;

  private static DataDirectory directory;
  private static EmbeddedServer server;

  @BeforeAll
  static void start() {
    directory = DataDirectory.open(root);
    server = EmbeddedServer.start(directory, TestDatabase.PROGRAMS);
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
    directory.close();
  }

  @Test
  void settings_makeCommitsDurable() throws Exception {
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

  @Test
  void access_needsThePassword() throws Exception {
    for (DatabaseEndpoint good : List.of(server.endpoint(), server.superuser())) {
      DatabaseEndpoint bad =
          new DatabaseEndpoint(
              good.host(), good.port(), good.database(), good.user(), "wrong", good.tls());
      SQLException refusal = catchThrowableOfType(SQLException.class, () -> query(bad, "SELECT 1"));
      assertThat(refusal.getSQLState()).isEqualTo("28P01"); // invalid_password
    }
    assertThat(
            query(
                server.superuser(),
                "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'"))
        .isEqualTo("0");
  }

  @Test
  void access_fromOtherInterfaces_isImpossible() throws Exception {
    NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> !address.isLoopbackAddress())
        .forEach(
            address ->
                assertThatThrownBy(() -> new Socket(address, server.endpoint().port()).close())
                    .isInstanceOf(IOException.class));
  }

  @Test
  void access_byTheVertxClient() throws Exception {
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

  @Test
  void files_areTheOwnersOnly() throws Exception {
    Path home = directory.path().resolve("postgres");
    assertThat(mode(home)).isEqualTo("rwx------");
    assertThat(mode(home.resolve("cluster"))).isEqualTo("rwx------");
    assertThat(mode(home.resolve("superuser.password"))).isEqualTo("rw-------");
    assertThat(Files.readString(home.resolve("server.log")))
        .doesNotContain(server.endpoint().password())
        .doesNotContain(server.superuser().password());
    assertThat(server.endpoint().toString()).doesNotContain(server.endpoint().password());
  }

  @Test
  void server_isOutOfReachOfTheTerminal() throws Exception {
    long pid = PostmasterFile.read(root.resolve("postgres/cluster")).orElseThrow().pid();
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));

    // Process id, (program), state, parent, process group, session.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    assertThat(fields[2]).as("process group").isEqualTo(Long.toString(pid));
    assertThat(fields[3]).as("session").isEqualTo(Long.toString(pid));
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

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
