package dev.curfew.cluster.trial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.claim.history.Span;
import dev.curfew.cluster.trial.Attempt.Answer;
import dev.curfew.testing.DirectSql;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three nodes as processes on one database, under load, and everything that may befall them, one
 * after the other. After the last, all that was seen is held against the rules, which is where most
 * of what these tests are about is found out.
 *
 * <p>{@code -Dtrial.rounds=N} does it all N times, {@code -Dtrial.starts=N} opens so many sessions
 * a second.
 */
@Tag("trial")
class ClusterTrialIT {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterTrialIT.class);
  private static final int ROUNDS = Integer.getInteger("trial.rounds", 1);
  private static final int STARTS_PER_SECOND = Integer.getInteger("trial.starts", 8);
  private static final int NODES = 3;
  private static final Duration A_WHILE = Duration.ofSeconds(4);

  private static ClusterRig rig;
  private static Load load;
  private static int next;

  @BeforeAll
  static void open(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
    rig = ClusterRig.open(directory, NODES);
    load = rig.load(STARTS_PER_SECOND);
    ClusterRig.pause(A_WHILE);
  }

  /** PITFALLS 2: nothing that has ended is alive again after all of it. */
  @AfterAll
  static void everyRuleIsKept() throws Exception {
    try (ClusterRig closed = rig) {
      SessionHistory history = closed.finishAndCheck();
      assertThat(history.changes()).as("the run was worth it").hasSizeGreaterThan(100);
    }
  }

  /** Each time another one. */
  private static int victim() {
    return next++ % NODES;
  }

  private interface Misfortune {
    void happens() throws Exception;
  }

  private void inEachRound(Misfortune misfortune) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      misfortune.happens();
      ClusterRig.pause(A_WHILE);
    }
  }

  /** PITFALLS 1 and 4: the sessions of a dead node go on to be ended, by the others. */
  @Test
  void nodeThatIsKilled_isTakenOver() throws Exception {
    inEachRound(
        () -> {
          int victim = victim();
          rig.kill(victim);
          LOG.info("killed one, all shards served after {}", rig.awaitServed());
          ClusterRig.pause(A_WHILE);
          rig.startAgain(victim);
        });
  }

  @Test
  void twoNodesThatAreKilledAtOnce_areTakenOverByTheThird() throws Exception {
    inEachRound(
        () -> {
          int one = victim();
          int other = victim();
          rig.kill(one, other);
          LOG.info("killed two, all shards served after {}", rig.awaitServed());
          ClusterRig.pause(A_WHILE);
          rig.startAgain(one, other);
        });
  }

  /**
   * PITFALLS 25: a node that wakes and still believes to be the owner of its shards changes
   * nothing, and says nothing of them.
   */
  @Test
  void nodeThatStandsStill_isTakenOver_andChangesNothingWhenItWakes() throws Exception {
    inEachRound(
        () -> {
          Duration noticed = rig.standStill(victim(), Duration.ofSeconds(20));
          LOG.info("stopped, all shards served after {}", noticed);
          assertThat(noticed).isLessThan(Limits.DETECTION);
          rig.awaitBalance();
        });
  }

  /** PITFALLS 7: an outage of the database ends no session. */
  @Test
  void databaseThatIsRestarted_costsNoSession() throws Exception {
    inEachRound(() -> rig.databaseAway(Duration.ZERO));
    assertThat(lasting()).isEqualTo(Load.LASTING);
  }

  /** PITFALLS 7, longer than any session may be silent. */
  @Test
  void databaseThatIsAwayForAMinute_costsNoSession_andWhatWasDueIsDoneAtOnce() throws Exception {
    inEachRound(
        () -> {
          rig.databaseAway(Duration.ofSeconds(60));
          long back = Span.now();
          ClusterRig.pause(Limits.RECOVERY);
          try (DirectSql sql = rig.sql()) {
            LOG.info(
                "database back, what was due was done after {} ms",
                (sql.number(
                            "SELECT COALESCE(max(at), 0) FROM session_journal WHERE reason = 1"
                                + " AND expires_at * 1000 < ?",
                            back)
                        - back)
                    / 1_000);
            assertThat(
                    sql.number(
                        "SELECT count(*) FROM session WHERE state < 3 AND expires_at < at_ms(?)",
                        back / 1_000))
                .as("overdue sessions")
                .isZero();
          }
        });
    assertThat(lasting()).isEqualTo(Load.LASTING);
  }

  private long lasting() throws Exception {
    try (DirectSql sql = rig.sql()) {
      return sql.number(
          "SELECT count(*) FROM session WHERE state = 2 AND attributes->>'deviceName' LIKE"
              + " 'LASTS-%'");
    }
  }

  @Test
  void nodesThatAreRestartedInTurn_failNoRequestThatIsSentAgainOnce() throws Exception {
    inEachRound(
        () -> {
          long from = Span.now();
          for (int node = 0; node < NODES; node++) {
            rig.leave(node);
            ClusterRig.pause(Duration.ofSeconds(1));
            rig.startAgain(node);
          }
          assertThat(load.failed()).filteredOn(failed -> failed.at() >= from).isEmpty();
        });
  }

  /** Not even one that is not sent again, as long as it goes to another node. */
  @Test
  void nodeThatLeaves_failsNoRequestOfTheOthers() throws Exception {
    inEachRound(
        () -> {
          int leaving = victim();
          long from = Span.now();
          rig.leave(leaving);
          ClusterRig.pause(A_WHILE);
          assertThat(unanswered(from, leaving)).isEmpty();
          rig.startAgain(leaving);
        });
  }

  private List<Attempt> unanswered(long from, int but) {
    return load.attempts().stream()
        .filter(attempt -> attempt.span().from() >= from)
        .filter(attempt -> !attempt.node().equals(ClusterRig.name(but)))
        .filter(
            attempt -> attempt.answer() == Answer.UNKNOWN || attempt.answer() == Answer.NOT_SENT)
        .toList();
  }
}
