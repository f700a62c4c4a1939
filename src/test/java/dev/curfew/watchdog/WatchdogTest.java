package dev.curfew.watchdog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.bus.Bus;
import dev.curfew.cluster.ClusterClock;
import dev.curfew.lease.RecordingStage;
import dev.curfew.lease.Work;
import dev.curfew.store.ClaimStore;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.testing.Await;
import dev.curfew.testing.CuttableLink;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.RecordedSessions;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  private static final Duration LEASE = Duration.ofMinutes(2);
  private static final Duration INTERVAL = Duration.ofMillis(100);
  private static final long LONG_SILENCE = Duration.ofMinutes(11).toMillis();

  private DatabaseEndpoint direct;
  private CuttableLink link;
  private TestStore store;
  private DirectSql sql;
  private RecordedSessions sessions;
  private ClaimStore claims;
  private ClusterClock clock;
  private final List<UUID> lookedAt = new CopyOnWriteArrayList<>();
  private final List<UUID> undone = new CopyOnWriteArrayList<>();
  private volatile Runnable atEverySweep = () -> {};

  @BeforeEach
  void open() throws Exception {
    TestStore migrated = TestStore.open();
    sql = DirectSql.open(migrated.endpoint());
    direct = migrated.endpoint();
    link = CuttableLink.to(direct);
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
            new IdleRepairs() {
              @Override
              public void lookAgain(UUID sessionId) {
                lookedAt.add(sessionId);
              }

              @Override
              public Future<Void> undo(UUID sessionId) {
                undone.add(sessionId);
                return super.undo(sessionId);
              }

              @Override
              public Future<Void> settleRequests() {
                atEverySweep.run();
                return super.settleRequests();
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

  private static long moves(Watchdog watchdog, RecordingStage from, RecordingStage to) {
    return watchdog.figures().moves(new WatchdogFigures.Move(from, to));
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

  @Test
  void deadUploader_losesItsRecordingAndTheLastAttemptFails() throws SQLException {
    Watchdog watchdog = deploy(store, clock, Duration.ofMillis(300));
    UUID id = sessions.ended();
    sql.run("UPDATE recording SET stage = 4, attempt = 0 WHERE session_id = ?", id);
    for (int attempt = 1; attempt <= 3; attempt++) {
      Await.result(claims.claim(Work.UPLOAD, List.of("uploader"), LEASE, 0));
      sessions.silent(id, LONG_SILENCE);
      RecordingStage next = attempt < 3 ? RecordingStage.DONE_ENCODED : RecordingStage.FAILED;
      Await.until("given up", () -> sessions.stage(id) == next);
    }
    assertThat(sessions.events(id))
        .containsExactly("uploading", "requeued", "uploading", "requeued", "uploading", "failed");
    assertThat(
            sql.column(
                """
                SELECT (data->'by'->>'name') || ': ' || left(data->>'reason', 25) FROM event
                WHERE session_id = ? AND type ~ '(requeued|failed)$'
                """,
                id))
        .hasSize(3)
        .containsOnly("watchdog: its owner has been silent");
    Await.until(
        "counted", () -> moves(watchdog, RecordingStage.UPLOADING, RecordingStage.FAILED) == 1);
    assertThat(moves(watchdog, RecordingStage.UPLOADING, RecordingStage.DONE_ENCODED)).isEqualTo(2);
    assertThat(watchdog.figures().lastSweepAgeSeconds()).isBetween(0.0, 20.0);
  }

  /** Invariant 6: whoever stood still heard nobody, and holds it against nobody. */
  @Test
  void silence_whileTheWatchdogItselfStoodStill_doesNotCount() throws SQLException {
    Duration limit = Duration.ofSeconds(2);
    AtomicLong resumed = new AtomicLong();
    Watchdog watchdog = deploy(store, clock, limit);
    Await.until("it sweeps", () -> watchdog.figures().active());
    UUID id = claimed();
    atEverySweep =
        () -> {
          if (resumed.get() == 0) {
            LockSupport.parkNanos(Duration.ofMillis(5_500).toNanos());
            resumed.set(System.nanoTime());
          }
        };
    Await.until("it resumes", () -> resumed.get() > 0);
    sessions.silent(id, LONG_SILENCE);
    Await.until("put back", () -> sessions.stage(id) == RecordingStage.ENDED);
    assertThat(Duration.ofNanos(System.nanoTime() - resumed.get()))
        .as("a whole limit after the standstill")
        .isGreaterThanOrEqualTo(limit);
  }

  @Test
  void seat_goesToTheNextNodeWhenTheConnectionOfItsHolderDies() throws Exception {
    Watchdog first = deploy(store, clock, Duration.ofMillis(500));
    assertThat(first.figures().active()).isTrue();
    try (TestStore other = TestStore.open(direct)) {
      ClusterClock otherClock = Await.result(ClusterClock.start(other.vertx(), other.database()));
      Watchdog second = deploy(other, otherClock, Duration.ofMillis(500));
      List<UUID> dead = sessions.ended(20);
      Await.result(
          new ClaimStore(other.database())
              .claim(Work.ENCODE, Collections.nCopies(20, "encoder"), LEASE, 0));
      assertThat(second.figures().active()).isFalse();

      link.cut();
      for (UUID id : dead) {
        sessions.silent(id, LONG_SILENCE);
      }
      Await.until("the other takes over", () -> second.figures().active());
      link.mend();

      for (UUID id : dead) {
        Await.until("put back", () -> sessions.stage(id) == RecordingStage.ENDED);
        assertThat(sessions.events(id)).as("put back once").containsExactly("encoding", "requeued");
      }
      Await.until("the first knows", () -> !first.figures().active());
      Await.until(
          "counted",
          () ->
              moves(first, RecordingStage.ENCODING, RecordingStage.ENDED)
                      + moves(second, RecordingStage.ENCODING, RecordingStage.ENDED)
                  == 20);
      Await.result(other.vertx().undeploy(second.deploymentID()));
      otherClock.close();
    }
  }
}
