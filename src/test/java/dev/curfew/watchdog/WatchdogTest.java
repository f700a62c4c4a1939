package dev.curfew.watchdog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.bus.Bus;
import dev.curfew.cluster.ClusterClock;
import dev.curfew.lease.RecordingStage;
import dev.curfew.lease.Work;
import dev.curfew.store.ClaimStore;
import dev.curfew.testing.Await;
import dev.curfew.testing.CuttableLink;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.RecordedSessions;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  private static final Duration LEASE = Duration.ofMinutes(2);
  private static final Duration INTERVAL = Duration.ofMillis(100);
  private static final long LONG_SILENCE = Duration.ofMinutes(11).toMillis();

  private CuttableLink link;
  private TestStore store;
  private DirectSql sql;
  private RecordedSessions sessions;
  private ClaimStore claims;
  private ClusterClock clock;
  private final List<UUID> lookedAt = new CopyOnWriteArrayList<>();
  private final List<UUID> undone = new CopyOnWriteArrayList<>();

  @BeforeEach
  void open() throws Exception {
    TestStore migrated = TestStore.open();
    sql = DirectSql.open(migrated.endpoint());
    link = CuttableLink.to(migrated.endpoint());
    migrated.close();
    store = TestStore.open(link.endpoint());
    sessions = new RecordedSessions(sql);
    claims = new ClaimStore(store.database());
    clock = Await.result(ClusterClock.start(store.vertx(), store.database()));
  }

  @AfterEach
  void close() throws Exception {
    for (String id : store.vertx().deploymentIDs()) {
      Await.result(store.vertx().undeploy(id));
    }
    clock.close();
    store.close();
    link.close();
    sql.close();
  }

  private Watchdog deploy(TestStore on, ClusterClock clockThere, Duration limit) {
    Watchdog watchdog =
        new Watchdog(
            on.database(),
            clockThere,
            new Bus(on.vertx()),
            new Watchdog.Repairs() {
              @Override
              public Future<Void> settleRules() {
                return Future.succeededFuture();
              }

              @Override
              public void lookAgain(UUID sessionId) {
                lookedAt.add(sessionId);
              }

              @Override
              public Future<Void> undo(UUID sessionId) {
                undone.add(sessionId);
                return Future.succeededFuture();
              }

              @Override
              public Future<Void> settleRequests() {
                return Future.succeededFuture();
              }

              @Override
              public Future<Void> retireRecordings() {
                return Future.succeededFuture();
              }

              @Override
              public Future<LocalDate> releaseEvents(LocalDate firstKept) {
                return Future.succeededFuture(firstKept);
              }
            },
            new Watchdog.Options(
                INTERVAL,
                limit,
                limit,
                Duration.ofMinutes(1),
                Duration.ofSeconds(10),
                3,
                Duration.ofDays(90)));
    Await.result(on.vertx().deployVerticle(watchdog));
    return watchdog;
  }

  private UUID claimed() throws SQLException {
    UUID id = sessions.ended();
    assertThat(Await.result(claims.claim(Work.ENCODE, List.of("encoder"), LEASE, 0)).granted())
        .hasSize(1);
    return id;
  }

  @Test
  void deadEncoder_losesItsRecording() throws SQLException {
    UUID dead = claimed();
    sessions.silent(dead, LONG_SILENCE);
    UUID alive = claimed();

    deploy(store, clock, Duration.ofMillis(500));

    Await.until("put back", () -> sessions.stage(dead) == RecordingStage.ENDED);
    assertThat(sessions.stage(alive)).isEqualTo(RecordingStage.ENCODING);
    assertThat(sessions.events(dead)).containsExactly("encoding", "requeued");
    assertThat(
            sql.value(
                """
                SELECT data->'by'->>'name' || ': ' || (data->>'reason') FROM event
                WHERE session_id = ? AND type LIKE '%requeued'
                """,
                dead))
        .startsWith("watchdog: its owner has been silent for");
  }

  @Test
  void silence_beforeTheStart_doesNotCount() throws SQLException {
    UUID id = claimed();
    sessions.silent(id, LONG_SILENCE);
    long started = System.nanoTime();
    Duration limit = Duration.ofMillis(1_500);
    deploy(store, clock, limit);
    Await.until("put back", () -> sessions.stage(id) == RecordingStage.ENDED);
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThanOrEqualTo(limit);
  }

  @Test
  void silence_duringAnOutage_doesNotCount() throws Exception {
    Duration limit = Duration.ofSeconds(3);
    deploy(store, clock, limit);
    UUID id = claimed();

    link.cut();
    Await.until("the outage is noticed", () -> !clock.databaseAnswers());
    sessions.silent(id, LONG_SILENCE);
    long mended = System.nanoTime();
    link.mend();

    Await.until("put back", () -> sessions.stage(id) == RecordingStage.ENDED);
    assertThat(Duration.ofNanos(System.nanoTime() - mended))
        .as("a whole limit after the outage")
        .isGreaterThanOrEqualTo(limit);
  }

  @Test
  void lateAndStuckSessions_areLookedAtAgain() throws SQLException {
    long now = System.currentTimeMillis();
    UUID onTime = sessions.live(now - 60_000, now + 60_000);
    UUID justLate = sessions.live(now - 60_000, now - 1_000);
    UUID late = sessions.live(now - 60_000, now - 20_000);
    UUID stuck = sessions.live(now - 600_000, now + 60_000);
    sql.run(
        "UPDATE session SET state = 3, ending_at = now() - interval '2 minutes' WHERE id = ?",
        stuck);

    deploy(store, clock, Duration.ofMinutes(10));

    Await.until("both are found", () -> lookedAt.contains(late) && lookedAt.contains(stuck));
    assertThat(lookedAt).doesNotContain(onTime, justLate);
  }

  @Test
  void checkoutsLeftOpen_areUndone() throws SQLException {
    UUID over = sessions.ended();
    sql.run("UPDATE session SET ended_at = now() - interval '2 minutes' WHERE id = ?", over);
    UUID live = sessions.live();
    UUID neverWas = new UUID(5, 5);
    for (UUID id : List.of(over, live, neverWas)) {
      sql.run(
          """
          INSERT INTO checkout (id, realm_id, credential_id, user_id, session_id, opened_at)
          VALUES (nextval('checkout_id'), 1, 1, 1, ?, now() - interval '5 minutes')
          """,
          id);
    }

    deploy(store, clock, Duration.ofMinutes(10));

    Await.until("both are found", () -> undone.contains(over) && undone.contains(neverWas));
    assertThat(undone).doesNotContain(live);
  }

  @Test
  void daysOfTheLog_areThereFromTheStart() throws SQLException {
    deploy(store, clock, Duration.ofMinutes(10));
    assertThat(sql.number("SELECT count(*) FROM pg_inherits WHERE inhparent = 'event'::regclass"))
        .as("default, today and the days ahead")
        .isEqualTo(4);
  }

  @Test
  void seat_isTakenByOneAndGoesToTheNextWhenItLeaves() throws Exception {
    Watchdog first = deploy(store, clock, Duration.ofSeconds(1));
    try (TestStore other = TestStore.open(store.endpoint())) {
      ClusterClock otherClock = Await.result(ClusterClock.start(other.vertx(), other.database()));
      Watchdog second = deploy(other, otherClock, Duration.ofSeconds(1));
      assertThat(first.figures().active()).isTrue();
      assertThat(second.figures().active()).isFalse();
      Await.result(store.vertx().undeploy(first.deploymentID()));
      Await.until("the other takes the seat", () -> second.figures().active());
      otherClock.close();
    }
  }
}
