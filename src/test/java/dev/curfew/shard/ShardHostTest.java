package dev.curfew.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.kernel.IdHash;
import dev.curfew.session.Command;
import dev.curfew.session.NewSession;
import dev.curfew.session.Outcome;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import dev.curfew.session.Terms;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.SessionLog;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShardHostTest {
  private static final long HOUR = 3_600_000;

  private TestStore database;
  private DirectSql sql;
  private SessionLog log;
  private HostedNode node;

  @BeforeEach
  void open() throws Exception {
    database = TestStore.open();
    sql = DirectSql.open(database.endpoint());
    log = new SessionLog(sql);
    node = HostedNode.start("one", database.endpoint());
  }

  @AfterEach
  void close() throws Exception {
    node.close();
    sql.close();
    database.close();
  }

  @Test
  void session_livesFromCreationToItsEnd() throws Exception {
    NewSession session = node.session(HOUR);

    Outcome.Done opened = node.open(session);
    assertThat(opened.changed()).isTrue();
    assertThat(opened.session().remaining()).isBetween(HOUR - 20_000, HOUR);
    assertThat(log.state(session.id())).isEqualTo(SessionState.ACTIVE);
    assertThat(node.open(session).changed()).isFalse();

    Outcome.Done extended = node.done(new Command.Extend(session.id(), HOUR, HostedNode.USER));
    assertThat(extended.session().expiresAt()).isEqualTo(opened.session().expiresAt() + HOUR);
    Outcome.Refused over =
        node.refused(new Command.Extend(session.id(), 7 * HOUR, HostedNode.USER));
    assertThat(over.code()).isEqualTo(ErrorCode.OVER_MAXIMUM_DURATION);
    assertThat(over.limit()).isEqualTo(8 * HOUR);

    assertThat(node.revoke(session)).isInstanceOf(Outcome.Done.class);
    assertThat(log.state(session.id())).isEqualTo(SessionState.ENDED);
    assertThat(log.types(session.id())).containsExactly("started", "extended", "revoked", "ended");
    assertThat(log.data(session.id(), "revoked").getString("remark")).isEqualTo("no longer needed");
    assertThat(node.revoke(session)).isEqualTo(Outcome.NotLive.INSTANCE);
    assertThat(node.ask(new Command.Extend(session.id(), 1, HostedNode.USER)))
        .isEqualTo(Outcome.NotLive.INSTANCE);
    assertThat(node.host().sessionsHeld()).isZero();
  }

  @Test
  void creation_underAnIdThatWasUsedIsRefused() throws Exception {
    NewSession session = node.session(HOUR);
    node.open(session);
    node.revoke(session);

    assertThat(node.refused(new Command.Create(session, HostedNode.USER)).code())
        .isEqualTo(ErrorCode.ALREADY_EXISTS);
    assertThat(log.types(session.id())).containsExactly("started", "revoked", "ended");
  }

  @Test
  void expiry_warnsOnceThenEndsOnTime() throws Exception {
    NewSession session = node.session(1_500, 1_000, 60_000);
    long expiresAt = node.open(session).session().expiresAt();

    log.awaitEnd(session.id());

    assertThat(log.types(session.id()))
        .containsExactly("started", "expiring", "expiring", "expired", "ended");
    assertThat(log.at(session.id(), "expired")).isBetween(expiresAt, expiresAt + 1_000);
    assertThat(log.data(session.id(), "expired").getLong("latenessMillis"))
        .isEqualTo(log.at(session.id(), "expired") - expiresAt);
    assertThat(node.host().sessionsHeld()).isZero();
  }

  @Test
  void extension_armsTheWarningAgain() throws Exception {
    NewSession session = node.session(1_200, 1_000);
    node.open(session);
    Await.until("warned", () -> log.types(session.id()).contains("expiring"));

    node.done(new Command.Extend(session.id(), 1_000, HostedNode.USER));
    log.awaitEnd(session.id());

    assertThat(log.types(session.id()))
        .containsExactly("started", "expiring", "extended", "expiring", "expired", "ended");
  }

  @Test
  void heartbeats_keepASessionAndReachTheDatabase() throws Exception {
    NewSession session = node.gatewaySession(HOUR, 1_000);
    long openedAt = node.open(session).session().now();

    Await.until(
        "alive far beyond one silence",
        () -> {
          node.heartbeat(session);
          return node.now() > openedAt + 2_500;
        });
    assertThat(log.state(session.id())).isEqualTo(SessionState.ACTIVE);
    assertThat(node.refused(new Command.Heartbeat(session.id(), "psm-2")).code())
        .isEqualTo(ErrorCode.NOT_OWNER);
    long lastReported = node.done(new Command.Observe(session.id())).session().lastReported();
    Await.until(
        "written",
        () ->
            sql.number(
                    "SELECT ms(last_reported_at) FROM session_pulse WHERE session_id = ?",
                    session.id())
                == lastReported);

    log.awaitEnd(session.id());
    assertThat(log.types(session.id())).contains("lost");
    assertThat(log.at(session.id(), "lost")).isBetween(lastReported + 1_000, lastReported + 2_500);
  }

  @Test
  void revocation_winsOverWhatRacesIt() throws Exception {
    for (int round = 0; round < 20; round++) {
      NewSession session = node.session(HOUR);
      node.open(session);
      List<Future<Outcome>> race = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        race.add(
            node.host().sessions().ask(new Command.Extend(session.id(), 1_000, HostedNode.USER)));
      }
      race.add(
          node.host().sessions().ask(new Command.Revoke(session.id(), HostedNode.ADMIN, null)));
      for (int i = 0; i < 5; i++) {
        race.add(
            node.host().sessions().ask(new Command.Extend(session.id(), 1_000, HostedNode.USER)));
      }
      Await.result(Future.join(race));

      assertThat(log.state(session.id())).isEqualTo(SessionState.ENDED);
      List<String> types = log.types(session.id());
      assertThat(types).endsWith("revoked", "ended").containsOnlyOnce("revoked", "ended");
    }
  }

  @Test
  void ending_waitsUntilTheEffectsAreUndone() throws Exception {
    node.undoFailures.set(1);
    NewSession session = node.session(SessionKind.ACCESS, HOUR, new Terms(1, 1, HOUR, 0, 0), true);
    node.open(session);

    node.stop(session);

    assertThat(log.state(session.id())).isEqualTo(SessionState.ENDING);
    assertThat(log.types(session.id())).containsExactly("started", "stopped");
    log.awaitEnd(session.id());
    assertThat(node.undone).containsExactly(session.id());
    assertThat(log.types(session.id())).containsExactly("started", "stopped", "ended");
  }

  // Restart

  @Test
  void restart_executesWhatFellDueAndJudgesSilenceFromThen() throws Exception {
    NewSession due = node.session(700);
    NewSession later = node.session(6_000);
    NewSession silent = node.gatewaySession(HOUR, 1_500);
    NewSession living = node.gatewaySession(HOUR, 1_500);
    NewSession unaffected = node.session(HOUR);
    long dueAt = node.open(due).session().expiresAt();
    long laterAt = node.open(later).session().expiresAt();
    node.open(silent);
    node.open(living);
    node.open(unaffected);
    node.stop();
    node.close();
    Await.until(
        "two seconds without a node",
        () -> sql.number("SELECT ms(clock_timestamp())") > dueAt + 2_000);
    assertThat(log.state(due.id())).isEqualTo(SessionState.ACTIVE);

    node = HostedNode.start("one", database.endpoint());
    long restartedAt = sql.number("SELECT max(ms(taken_at)) FROM shard_owner");
    log.awaitEnd(due.id());

    assertThat(log.data(due.id(), "expired").getLong("latenessMillis")).isGreaterThan(2_000);
    Await.until(
        "the silent one is given up",
        () -> {
          node.heartbeat(living);
          return log.types(silent.id()).contains("ended");
        });
    assertThat(log.types(silent.id())).containsExactly("started", "lost", "captured", "ended");
    assertThat(log.at(silent.id(), "lost")).isGreaterThanOrEqualTo(silentUntil(silent, 1_500));
    assertThat(log.state(living.id())).isEqualTo(SessionState.ACTIVE);
    log.awaitEnd(later.id());
    assertThat(log.at(later.id(), "expired"))
        .isBetween(laterAt, Math.max(laterAt, restartedAt) + 1_000);
    assertThat(log.state(unaffected.id())).isEqualTo(SessionState.ACTIVE);
  }

  /** The earliest moment at which silence may be held against a session of the restarted node. */
  private long silentUntil(NewSession session, long staleAfter) throws Exception {
    return sql.number(
            "SELECT ms(o.taken_at) FROM shard_owner o JOIN session s USING (shard) WHERE s.id = ?",
            session.id())
        + staleAfter;
  }

  @Test
  void kill_losesNothingThatWasAnswered() throws Exception {
    List<NewSession> opened = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      NewSession session = node.session(HOUR);
      node.open(session);
      opened.add(session);
    }
    long extendedTo =
        node.done(new Command.Extend(opened.get(0).id(), HOUR, HostedNode.USER))
            .session()
            .expiresAt();
    node.revoke(opened.get(1));
    node.close();

    node = HostedNode.start("one", database.endpoint());

    assertThat(node.host().sessionsHeld()).isEqualTo(49);
    assertThat(node.done(new Command.Observe(opened.get(0).id())).session().expiresAt())
        .isEqualTo(extendedTo);
    assertThat(node.ask(new Command.Observe(opened.get(1).id())))
        .isEqualTo(Outcome.NotLive.INSTANCE);
  }

  // Takeover

  @Test
  void takeover_leavesNothingToTheNodeBefore() throws Exception {
    NewSession extended = node.session(HOUR);
    NewSession expiring = node.session(4_000, 2_000);
    NewSession revoked = node.session(HOUR);
    node.open(extended);
    long expiresAt = node.open(expiring).session().expiresAt();
    node.open(revoked);
    HostedNode before = node;
    node = HostedNode.start("two", database.endpoint());
    try {
      assertFindsNoShard(before, new Command.Extend(extended.id(), HOUR, HostedNode.USER));
      assertFindsNoShard(before, new Command.Revoke(revoked.id(), HostedNode.ADMIN, "over"));
      assertThat(log.types(extended.id())).containsExactly("started");
      assertThat(log.state(revoked.id())).isEqualTo(SessionState.ACTIVE);
      assertFindsNoShard(before, new Command.Observe(extended.id()));

      node.revoke(revoked);
      log.awaitEnd(expiring.id());
      assertThat(log.types(expiring.id()))
          .containsExactly("started", "expiring", "expired", "ended");
      assertThat(log.at(expiring.id(), "expired")).isBetween(expiresAt, expiresAt + 2_000);
      assertThat(log.types(revoked.id())).containsExactly("started", "revoked", "ended");
      Await.until("deposed in every shard it tried", () -> before.host().shardsServed() < 256);
      assertThat(node.host().shardsServed()).isEqualTo(256);
      assertThat(sql.number("SELECT count(*) FROM shard_owner WHERE node = 'two'")).isEqualTo(256);
    } finally {
      before.close();
    }
  }

  private static void assertFindsNoShard(HostedNode node, Command command) {
    assertThat(Await.failure(node.host().sessions().ask(command)))
        .isInstanceOfSatisfying(
            CurfewException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  @Test
  void session_writtenByAnotherHandIsTakenUpOnDemand() throws Exception {
    NewSession session = node.session(HOUR);
    node.open(session);
    UUID copy = UUID.randomUUID();
    int shard = IdHash.shard(copy, 256);
    sql.run(
        "INSERT INTO session SELECT (jsonb_populate_record(s, jsonb_build_object("
            + "'id', ?::text, 'numeric_id', 999999, 'shard', ?))).* FROM session s",
        copy.toString(),
        shard);
    assertThat(node.ask(new Command.Observe(copy))).isEqualTo(Outcome.NotLive.INSTANCE);

    node.host().lookAgain(copy);

    Await.until("taken up", () -> node.ask(new Command.Observe(copy)) instanceof Outcome.Done);
  }
}
