package dev.curfew.bench;

import dev.curfew.bus.Bus;
import dev.curfew.claim.ClaimCoordinator;
import dev.curfew.lease.Work;
import dev.curfew.store.ClaimStore;
import dev.curfew.store.EventPartitions;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.RecordedSessions;
import dev.curfew.testing.TestStore;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;

/**
 * Claims a second through the coordinator, each claimant asking for one recording after the other;
 * beside it, by turns in the same run, the usual way: one {@code FOR UPDATE SKIP LOCKED LIMIT 1}
 * statement for each claim, on the same table, writing the same columns and the same event, by as
 * many threads as there are claimants, each with a JDBC connection of its own, up to 32 of them.
 * Real embedded PostgreSQL, fsync on. Beside the rate stands what a claim costs the JVM and the
 * server together.
 *
 * <p>Then the same for half a minute without vacuum and with an old snapshot held open, while new
 * recordings become ready: the dead entries of those that were claimed gather before them.
 *
 * <p>Arguments: recordings in a round, rounds, seconds of churn; 20,000, 5 and 30 without them.
 */
public final class ClaimBench {
  private static final int[] CLAIMANTS = {8, 32, 128};
  private static final int MOST_CONNECTIONS = 32;
  private static final int CHURNING = 32;
  private static final int CHURNED = 10_000;
  private static final Duration LEASE = Duration.ofMinutes(2);

  private static final String ONE =
      """
      WITH next AS (
        SELECT session_id FROM recording
        WHERE stage = 2 AND ready_at <= clock_timestamp()
        ORDER BY ready_at
        LIMIT 1
        FOR UPDATE SKIP LOCKED
      ), claimed AS (
        UPDATE recording r
        SET stage = 3, owner = ?, token = r.token + 1,
            lease_until = clock_timestamp() + interval '2 minutes',
            reported_at = clock_timestamp(), attempt = r.attempt + 1, ready_at = NULL,
            updated_at = clock_timestamp()
        FROM next WHERE r.session_id = next.session_id
        RETURNING r.session_id, r.realm_id, r.user_id, r.owner, r.token, r.attempt
      ), logged AS (
        INSERT INTO event (type, realm_id, session_id, user_id, at, data)
        SELECT 'dev.curfew.recording.encoding', c.realm_id, c.session_id, c.user_id,
          clock_timestamp(),
          jsonb_build_object(
            'sessionId', c.session_id, 'userId', c.user_id, 'from', 'Ended', 'stage', 'Encoding',
            'owner', c.owner, 'attempt', c.attempt,
            'by', jsonb_build_object('kind', 'process', 'userId', 0, 'name', c.owner))
        FROM claimed c
      )
      SELECT token FROM claimed
      """;

  private final TestStore store;
  private final DirectSql sql;
  private final RecordedSessions sessions;
  private final Vertx claimants;
  private final ClaimCoordinator coordinator;
  private final AtomicLong claimed = new AtomicLong();
  private final CpuMeter meter;

  private ClaimBench(TestStore store, DirectSql sql, Vertx claimants) throws SQLException {
    this.store = store;
    this.sql = sql;
    this.meter = CpuMeter.of(sql);
    this.sessions = new RecordedSessions(sql);
    this.claimants = claimants;
    this.coordinator =
        new ClaimCoordinator(
            new ClaimStore(store.database()),
            new Bus(store.vertx()),
            ClaimCoordinator.Options.withLease(LEASE));
  }

  public static void main(String[] args) throws Exception {
    int recordings = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    int seconds = args.length > 2 ? Integer.parseInt(args[2]) : 30;
    Vertx claimants = Vertx.vertx();
    try (TestStore store = TestStore.open();
        DirectSql sql = DirectSql.open(store.endpoint())) {
      Await.result(new EventPartitions(store.database()).addAhead(1));
      sql.run("ALTER TABLE recording SET (autovacuum_enabled = off)");
      ClaimBench bench = new ClaimBench(store, sql, claimants);
      Await.result(store.vertx().deployVerticle(bench.coordinator));
      for (int count : CLAIMANTS) {
        bench.compare(count, recordings, rounds);
      }
      bench.churn("one statement a claim", seconds, false);
      bench.churn("coordinator", seconds, true);
    }
    System.exit(0);
  }

  private void compare(int count, int recordings, int rounds) throws Exception {
    Figures[] folded = new Figures[rounds];
    Figures[] single = new Figures[rounds];
    for (int round = 0; round < rounds; round++) {
      single[round] = round(recordings, () -> one(count, this::allClaimed));
      folded[round] = round(recordings, () -> throughCoordinator(count, this::allClaimed));
      System.out.printf(
          "%3d claimants, round %d: coordinator %,7.0f claims/s, one statement a claim %,6.0f/s%n",
          count, round + 1, folded[round].perSecond, single[round].perSecond);
    }
    double together = Figures.median(folded, Figures::perSecond);
    double apart = Figures.median(single, Figures::perSecond);
    System.out.printf(
        "%3d claimants, median: coordinator %,7.0f claims/s, %3.0f us CPU each; one statement a"
            + " claim %,6.0f/s, %3.0f us; ratio %.1f%n",
        count,
        together,
        Figures.median(folded, Figures::cpu),
        apart,
        Figures.median(single, Figures::cpu),
        together / apart);
  }

  /** Claims until told to stop. */
  private interface Run {
    void go() throws Exception;
  }

  private long wanted;

  private boolean allClaimed() {
    return claimed.get() >= wanted;
  }

  /**
   * @param cpu microseconds of a claim, of all processes together
   */
  private record Figures(double perSecond, double cpu) {

    static double median(Figures[] rounds, ToDoubleFunction<Figures> which) {
      return Arrays.stream(rounds).mapToDouble(which).sorted().toArray()[rounds.length / 2];
    }
  }

  private Figures round(int recordings, Run run) throws Exception {
    prepare(recordings);
    wanted = recordings;
    long cpu = meter.micros();
    long begun = System.nanoTime();
    run.go();
    double perSecond = recordings / ((System.nanoTime() - begun) / 1e9);
    return new Figures(perSecond, (double) (meter.micros() - cpu) / recordings);
  }

  private void prepare(int recordings) throws SQLException {
    sql.run("TRUNCATE recording, event");
    sessions.endedInBulk(recordings);
    sql.run("VACUUM ANALYZE recording");
    claimed.set(0);
  }

  private void throughCoordinator(int count, BooleanSupplier over) throws InterruptedException {
    CountDownLatch running = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      String name = "encoder-" + i;
      claimants.runOnContext(start -> next(name, over, running));
    }
    running.await();
  }

  private void next(String name, BooleanSupplier over, CountDownLatch running) {
    if (over.getAsBoolean()) {
      running.countDown();
      return;
    }
    coordinator
        .claim(Work.ENCODE, name, 1, Duration.ZERO)
        .granted()
        .onComplete(
            granted -> {
              if (granted.succeeded()) {
                claimed.addAndGet(granted.result().size());
              }
              next(name, over, running);
            });
  }

  private void one(int count, BooleanSupplier over) throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<DirectSql> connections = new ArrayList<>();
    for (int i = 0; i < Math.min(count, MOST_CONNECTIONS); i++) {
      DirectSql connection = DirectSql.open(store.endpoint());
      connections.add(connection);
      String name = "encoder-" + i;
      threads.add(new Thread(() -> claimOnes(connection, name, over), name));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    for (DirectSql connection : connections) {
      connection.close();
    }
  }

  private void claimOnes(DirectSql connection, String name, BooleanSupplier over) {
    try {
      while (!over.getAsBoolean()) {
        claimed.addAndGet(connection.column(ONE, name).size());
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Claims a second in each tenth of the time, while new recordings become ready. */
  private void churn(String how, int seconds, boolean coordinated) throws Exception {
    prepare(CHURNED);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    BooleanSupplier over = () -> System.nanoTime() > end;
    StringBuilder rates = new StringBuilder();
    Thread watching = new Thread(() -> rates.append(rates(end, seconds)), "rates");
    Thread supplying = new Thread(() -> supply(over), "supply");
    try (DirectSql old = DirectSql.open(store.endpoint())) {
      old.begin();
      old.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
      old.column("SELECT count(*) FROM recording");
      watching.start();
      supplying.start();
      if (coordinated) {
        throughCoordinator(CHURNING, over);
      } else {
        one(CHURNING, over);
      }
      supplying.join();
      watching.join();
      old.rollback();
    }
    System.out.printf(
        "churn, %d claimants, %d s, old snapshot held open, %s: claims/s by tenths%s%n",
        CHURNING, seconds, how, rates);
  }

  private String rates(long end, int seconds) {
    StringBuilder text = new StringBuilder();
    long step = TimeUnit.SECONDS.toNanos(seconds) / 10;
    long before = 0;
    for (long at = end - 9 * step; at <= end; at += step) {
      sleepUntil(at);
      long now = claimed.get();
      text.append(String.format(" %,.0f", (now - before) / (step / 1e9)));
      before = now;
    }
    return text.toString();
  }

  private static void sleepUntil(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Keeps some ready that have just become so. */
  private void supply(BooleanSupplier over) {
    long supplied = CHURNED;
    try (DirectSql connection = DirectSql.open(store.endpoint())) {
      RecordedSessions arriving = new RecordedSessions(connection);
      while (!over.getAsBoolean()) {
        if (supplied - claimed.get() < CHURNED / 2) {
          arriving.endedInBulk(CHURNED / 5);
          supplied += CHURNED / 5;
        } else {
          TimeUnit.MILLISECONDS.sleep(1);
        }
      }
    } catch (SQLException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
