package dev.curfew.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.session.Command;
import dev.curfew.session.NewSession;
import dev.curfew.session.SessionKind;
import dev.curfew.session.Terms;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.SessionLog;
import dev.curfew.testing.TestStore;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What subscriptions add to the warnings of sessions, over a real database. */
class AddedThresholdsTest {
  private static final long MINUTE = 60_000;

  private TestStore database;
  private DirectSql sql;
  private SessionLog log;
  private HostedNode node;

  @BeforeEach
  void open() throws Exception {
    database = TestStore.open();
    sql = DirectSql.open(database.endpoint());
    log = new SessionLog(sql);
    for (int realm = 1; realm <= 2; realm++) {
      sql.run(
          "INSERT INTO realm (id, name, tier) OVERRIDING SYSTEM VALUE VALUES (?, ?, 'premium')",
          realm,
          "realm-" + realm);
    }
    node = HostedNode.start("one", database.endpoint());
  }

  @AfterEach
  void close() throws Exception {
    node.close();
    sql.close();
    database.close();
  }

  private UUID subscribe(int realm, long... thresholds) throws SQLException {
    UUID id = UUID.randomUUID();
    sql.run(
        "INSERT INTO lane (id, kind, realm_id, thresholds_ms) VALUES (?, 'webhook', ?, ?::bigint[])",
        id,
        realm,
        literal(thresholds));
    return id;
  }

  private static String literal(long... thresholds) {
    return Arrays.toString(thresholds).replace('[', '{').replace(']', '}');
  }

  private void ask(UUID subscription, long... thresholds) throws SQLException {
    sql.run(
        "UPDATE lane SET thresholds_ms = ?::bigint[] WHERE id = ?",
        literal(thresholds),
        subscription);
  }

  /** Thresholds told, in seconds and in order. */
  private List<String> told(NewSession session) throws SQLException {
    return sql.column(
        "SELECT data ->> 'thresholdSeconds' FROM event WHERE session_id = ?"
            + " AND type LIKE '%.expiring' ORDER BY xid, id",
        session.id());
  }

  private void awaitTold(NewSession session, String... thresholds) {
    Await.until("told", () -> told(session).equals(List.of(thresholds)));
  }

  private NewSession opened(long length, long... warnBefore) {
    NewSession session = node.session(length, warnBefore);
    node.open(session);
    return session;
  }

  @Test
  void subscription_isToldOfSessionsOfItsRealmThatLiveAlready() throws Exception {
    NewSession session = opened(10 * MINUTE, 5 * MINUTE);
    NewSession elsewhere =
        node.session(
            SessionKind.ACCESS, 10 * MINUTE, new Terms(1, 2, 480 * MINUTE, 0, 0, MINUTE), false);
    node.open(elsewhere);
    UUID subscription = subscribe(1, 30 * MINUTE, 20 * MINUTE);
    node.noticeThresholds();
    awaitTold(session, "1200");
    assertThat(log.data(session.id(), "expiring").getLong("timeRemainingSeconds"))
        .isBetween(570L, 600L);

    ask(subscription, 30 * MINUTE, 20 * MINUTE, 15 * MINUTE);
    node.noticeThresholds();
    awaitTold(session, "1200", "900");
    NewSession later = opened(10 * MINUTE);
    awaitTold(later, "900");
    node.done(new Command.Extend(session.id(), MINUTE, HostedNode.USER));
    awaitTold(session, "1200", "900", "900");
    assertThat(told(elsewhere)).isEmpty();
  }

  @Test
  void lostNotice_onlyDelays() throws Exception {
    NewSession session = opened(10 * MINUTE);
    subscribe(1, 20 * MINUTE);
    awaitTold(session, "1200");
  }

  @Test
  void restart_repeatsNothing_andLoadsWhatChangedMeanwhile() throws Exception {
    UUID subscription = subscribe(1, 20 * MINUTE);
    node.noticeThresholds();
    NewSession session = opened(10 * MINUTE);
    awaitTold(session, "1200");
    node.close();
    ask(subscription, 40 * MINUTE);
    node = HostedNode.start("two", database.endpoint());
    node.done(new Command.Observe(session.id()));
    assertThat(told(session)).containsExactly("1200");
    node.close();
    ask(subscription, 40 * MINUTE, 20 * MINUTE, 12 * MINUTE);
    node = HostedNode.start("three", database.endpoint());
    awaitTold(session, "1200", "720");
  }

  @Test
  void subscription_thatEndsIsTakenOut_thatPausesIsNot() throws Exception {
    UUID disabled = subscribe(1, 3_000);
    UUID deleted = subscribe(1, 2_000);
    UUID paused = subscribe(1, 1_000);
    node.noticeThresholds();
    NewSession session = opened(10 * MINUTE, 20 * MINUTE);
    sql.run("UPDATE lane SET state = 'disabled' WHERE id = ?", disabled);
    sql.run("UPDATE lane SET state = 'deleted' WHERE id = ?", deleted);
    sql.run("UPDATE lane SET state = 'paused' WHERE id = ?", paused);
    node.noticeThresholds();
    // A subscription more, by which it is seen that the notice was heard.
    subscribe(1, 15 * MINUTE);
    node.noticeThresholds();
    awaitTold(session, "1200", "900");
    NewSession brief = opened(3_500);
    log.awaitEnd(brief.id());
    assertThat(told(brief)).containsExactly("900", "1");
  }
}
