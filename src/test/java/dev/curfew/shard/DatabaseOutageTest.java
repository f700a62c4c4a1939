package dev.curfew.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.session.Command;
import dev.curfew.session.NewSession;
import dev.curfew.session.Outcome;
import dev.curfew.session.SessionState;
import dev.curfew.store.embedded.DataDirectory;
import dev.curfew.store.embedded.EmbeddedServer;
import dev.curfew.testing.Await;
import dev.curfew.testing.DatabaseProxy;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.SessionLog;
import dev.curfew.testing.TestDatabase;
import io.vertx.core.Future;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose database server goes away under it and comes back. */
class DatabaseOutageTest {
  private static final long HOUR = 3_600_000;

  @TempDir Path root;
  private final DatabaseProxy proxy = new DatabaseProxy();
  private DataDirectory directory;
  private EmbeddedServer server;
  private HostedNode node;
  private DirectSql sql;
  private SessionLog log;

  @BeforeEach
  void open() throws Exception {
    directory = DataDirectory.open(root);
    startServer();
    node = HostedNode.start("one", proxy.endpoint(server.superuser()));
  }

  @AfterEach
  void close() throws Exception {
    node.close();
    stopServer();
    directory.close();
    proxy.close();
  }

  private void startServer() throws Exception {
    server = EmbeddedServer.start(directory, TestDatabase.PROGRAMS);
    proxy.connectTo(server.superuser());
    sql = DirectSql.open(server.superuser());
    log = new SessionLog(sql);
  }

  private void stopServer() throws Exception {
    sql.close();
    proxy.cut();
    server.close();
  }

  @Test
  void outage_endsNobodyAndDelaysWhatWasDue() throws Exception {
    NewSession heard = node.gatewaySession(HOUR, 2_000);
    NewSession silent = node.gatewaySession(HOUR, 2_000);
    NewSession due = node.session(1_500);
    NewSession unaffected = node.session(HOUR);
    node.open(heard);
    node.open(silent);
    long dueAt = node.open(due).session().expiresAt();
    node.open(unaffected);
    stopServer();

    Await.until(
        "longer than anyone may be silent",
        () -> {
          assertThat(node.heartbeat(heard)).isInstanceOf(Outcome.Done.class);
          return node.now() > dueAt + 3_000;
        });
    startServer();
    long backAt = node.now();
    Await.until(
        "what was due is done",
        () -> {
          node.heartbeat(heard);
          return log.types(due.id()).contains("ended");
        });

    assertThat(log.types(due.id())).containsExactly("started", "expired", "ended");
    assertThat(log.data(due.id(), "expired").getString("deadline")).isNotNull();
    assertThat(log.at(due.id(), "expired")).isGreaterThanOrEqualTo(dueAt);
    Await.until(
        "the silent one is given up",
        () -> {
          node.heartbeat(heard);
          return log.types(silent.id()).contains("ended");
        });
    assertThat(log.at(silent.id(), "lost")).isGreaterThanOrEqualTo(backAt + 2_000);
    assertThat(log.state(heard.id())).isEqualTo(SessionState.ACTIVE);
    assertThat(log.state(unaffected.id())).isEqualTo(SessionState.ACTIVE);
  }

  @Test
  void commands_duringAnOutageAreDoneOnceOrNotAtAll() throws Exception {
    NewSession patient = node.session(HOUR);
    NewSession hasty = node.session(HOUR);
    node.open(patient);
    node.open(hasty);
    stopServer();
    Throwable refusal =
        Await.failure(
            node.host().sessions().ask(new Command.Extend(hasty.id(), HOUR, HostedNode.USER)));
    assertThat(refusal)
        .isInstanceOfSatisfying(
            CurfewException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE));

    Future<Outcome> revocation =
        node.host().sessions().ask(new Command.Revoke(patient.id(), HostedNode.ADMIN, null));
    startServer();
    revocation.otherwiseEmpty();
    Await.until(
        "revoked",
        () -> {
          node.revoke(patient);
          return log.types(patient.id()).contains("ended");
        });

    assertThat(log.types(patient.id())).containsExactly("started", "revoked", "ended");
    assertThat(log.types(hasty.id())).startsWith("started").doesNotContain("revoked");
    node.done(new Command.Observe(hasty.id()));
  }
}
