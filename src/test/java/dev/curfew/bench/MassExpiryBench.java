package dev.curfew.bench;

import dev.curfew.bus.Bus;
import dev.curfew.cluster.ClusterClock;
import dev.curfew.session.Command;
import dev.curfew.session.Initiator;
import dev.curfew.session.NewSession;
import dev.curfew.session.SessionKind;
import dev.curfew.session.Terms;
import dev.curfew.shard.ShardHost;
import dev.curfew.store.Database;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.testing.Alone;
import dev.curfew.testing.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How long it takes until the ends of 100,000 sessions of one node, due in the same second, are
 * committed with their events, and that each ended once. Real shards on the real embedded
 * PostgreSQL, fsync on.
 */
public final class MassExpiryBench {
  private static final int SESSIONS = 100_000;
  private static final long LEAD_MILLIS = 60_000;

  private MassExpiryBench() {}

  public static void main(String[] args) throws Exception {
    Vertx vertx = Vertx.vertx();
    DatabaseEndpoint endpoint = TestDatabase.fresh();
    Database database = await(Database.open(vertx, endpoint, 16, UUID.randomUUID()));
    ClusterClock clock = await(ClusterClock.start(vertx, database));
    ShardHost host =
        await(
            ShardHost.create(
                vertx,
                database,
                Alone.on(database, "bench"),
                clock,
                new Bus(vertx),
                id -> Future.succeededFuture(),
                new ShardHost.Options("bench", Duration.ofSeconds(60), Duration.ofSeconds(1))));
    await(host.serve());

    long due = clock.now() + LEAD_MILLIS;
    long created = System.nanoTime();
    create(host, clock, due);
    System.out.printf(
        "%,d sessions opened in %.1f s (%,.0f a second, each answered once durable)%n",
        SESSIONS, seconds(created), SESSIONS / seconds(created));
    if (clock.now() >= due) {
      throw new IllegalStateException("too slow to open them all before they are due");
    }

    try (Connection connection = endpoint.dataSource().getConnection();
        Statement sql = connection.createStatement()) {
      while (count(sql, "SELECT count(*) FROM session WHERE state < 4") > 0) {
        Thread.sleep(100);
      }
      System.out.printf(
          "all ended; the last %,d ms after it was due; events of type ended: %,d for %,d"
              + " sessions%n",
          count(sql, "SELECT ms(max(ended_at)) - " + due + " FROM session"),
          count(sql, "SELECT count(*) FROM event WHERE type = 'dev.curfew.session.ended'"),
          count(
              sql,
              "SELECT count(DISTINCT session_id) FROM event"
                  + " WHERE type = 'dev.curfew.session.ended'"));
      System.out.printf(
          "the last commit began %,d ms after the deadline; sessions that ended early: %,d%n",
          count(
              sql,
              "SELECT ms(max(recorded_at)) - "
                  + due
                  + " FROM event WHERE type = 'dev.curfew.session.ended'"),
          count(sql, "SELECT count(*) FROM session WHERE ended_at < expires_at"));
    }
    await(host.close());
    clock.close();
    await(database.close());
    await(vertx.close());
  }

  private static void create(ShardHost host, ClusterClock clock, long due) throws Exception {
    Terms terms = new Terms(1, 1, 86_400_000, 0, 0, 5_000);
    Initiator by = new Initiator(Initiator.Kind.ADMIN, 1, "bench");
    CountDownLatch open = new CountDownLatch(SESSIONS);
    Semaphore window = new Semaphore(5_000);
    AtomicInteger failed = new AtomicInteger();
    for (int i = 0; i < SESSIONS; i++) {
      window.acquire();
      NewSession session =
          new NewSession(
              UUID.randomUUID(),
              i + 1L,
              SessionKind.ACCESS,
              1 + i % 10_000,
              terms,
              0,
              due - clock.now(),
              false,
              null,
              false,
              NewSession.Details.NONE);
      host.sessions()
          .ask(new Command.Create(session, by))
          .onFailure(failure -> failed.incrementAndGet())
          .onComplete(
              done -> {
                window.release();
                open.countDown();
              });
    }
    open.await();
    if (failed.get() > 0) {
      throw new IllegalStateException(failed + " sessions could not be opened");
    }
  }

  private static long count(Statement sql, String query) throws SQLException {
    try (ResultSet rows = sql.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
  }
}
