package dev.curfew.bench;

import dev.curfew.audit.LogVerification;
import dev.curfew.audit.Sealing;
import dev.curfew.audit.VerifiedPart;
import dev.curfew.auth.SealKey;
import dev.curfew.auth.SecretBox;
import dev.curfew.store.EventCursor;
import dev.curfew.store.EventFilter;
import dev.curfew.store.EventPage;
import dev.curfew.store.EventPartitions;
import dev.curfew.store.EventStore;
import dev.curfew.store.LoggedEvent;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Events a second through the log while a cursor reads along, and how far behind the cursor is;
 * beside it, by turns in the same run, a bare insert of the same rows into a table without index or
 * partition and without a reader. Then how fast the log is sealed and verified. Real embedded
 * PostgreSQL, fsync on; batches as large as a busy shard's, inserted as the shards insert them.
 *
 * <p>Arguments: events in a round, rounds; 50,000 and 5 without them.
 */
public final class EventLogBench {
  private static final int BATCH = 500;
  private static final int PAGE = 1_000;
  private static final String ROWS =
      """
       (type, realm_id, session_id, user_id, at, data)
      SELECT e.type, e.realm_id, e.session_id, e.user_id, at_ms(e.at), e.data::jsonb
      FROM unnest(?::text[], ?::integer[], ?::uuid[], ?::bigint[], ?::bigint[], ?::text[])
        WITH ORDINALITY AS e (type, realm_id, session_id, user_id, at, data, position)
      ORDER BY e.position
      """;

  private EventLogBench() {}

  public static void main(String[] args) throws Exception {
    int events = args.length > 0 ? Integer.parseInt(args[0]) : 50_000;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    try (TestStore store = TestStore.open();
        DirectSql sql = DirectSql.open(store.endpoint())) {
      await(new EventPartitions(store.database()).addAhead(1));
      sql.run("CREATE TABLE bare (LIKE event INCLUDING DEFAULTS)");
      double[] logged = new double[rounds];
      double[] bare = new double[rounds];
      Reader reader = new Reader(new EventStore(store.database()));
      for (int round = 0; round < rounds; round++) {
        bare[round] = events / insert(sql, "bare", events);
        reader.start(events);
        logged[round] = events / insert(sql, "event", events);
        reader.join();
        System.out.printf(
            "round %d: %,.0f events/s while read, cursor behind p50 %.1f ms, p99 %.1f ms; bare"
                + " %,.0f rows/s%n",
            round + 1, logged[round], reader.behind(0.50), reader.behind(0.99), bare[round]);
      }
      Arrays.sort(logged);
      Arrays.sort(bare);
      System.out.printf(
          "median: %,.0f events/s, bare %,.0f rows/s, ratio %.2f%n",
          logged[rounds / 2], bare[rounds / 2], logged[rounds / 2] / bare[rounds / 2]);
      seal(store, (long) events * rounds);
    }
    System.exit(0);
  }

  private static void seal(TestStore store, long events) {
    SealKey key = SealKey.of(SecretBox.of(new byte[32]));
    long since = System.nanoTime();
    await(new Sealing(store.database(), key).all());
    System.out.printf("sealed: %,.0f events/s%n", events / seconds(since));
    LogVerification verification = new LogVerification(store.database(), key);
    since = System.nanoTime();
    long verified = 0;
    Long after = 0L;
    while (after != null) {
      VerifiedPart part = await(verification.step(null, after));
      verified += part.events();
      after = part.next();
    }
    System.out.printf("verified: %,d events, %,.0f/s%n", verified, verified / seconds(since));
  }

  /** The user's id tells the reader when the row was sent. */
  private static double insert(DirectSql sql, String table, int events) throws SQLException {
    long begun = System.nanoTime();
    for (int done = 0; done < events; done += BATCH) {
      String[] types = new String[BATCH];
      Integer[] realms = new Integer[BATCH];
      UUID[] sessions = new UUID[BATCH];
      Long[] users = new Long[BATCH];
      Long[] times = new Long[BATCH];
      String[] data = new String[BATCH];
      long now = System.nanoTime();
      for (int i = 0; i < BATCH; i++) {
        types[i] = "dev.curfew.session.expiring";
        realms[i] = 1 + i % 3;
        sessions[i] = UUID.randomUUID();
        users[i] = now;
        times[i] = System.currentTimeMillis();
        data[i] =
            ("{\"sessionId\":\"%s\",\"numericId\":%d,\"kind\":\"psm\",\"thresholdSeconds\":300,"
                    + "\"expiresAt\":\"2026-02-18T11:30:00Z\",\"timeRemainingSeconds\":299,"
                    + "\"message\":\"Your session will expire in 5 minutes.\","
                    + "\"by\":{\"kind\":\"policy\",\"userId\":0,\"name\":\"policy\"}}")
                .formatted(sessions[i], done + i);
      }
      sql.run("INSERT INTO " + table + ROWS, types, realms, sessions, users, times, data);
    }
    return seconds(begun);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(600, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      throw new IllegalStateException("not within ten minutes", late);
    }
  }

  /** Follows the log page by page. */
  private static final class Reader {
    private final EventStore log;
    private EventCursor place = EventCursor.START;
    private Thread thread = new Thread();
    private long[] behind = new long[0];

    Reader(EventStore log) {
      this.log = log;
    }

    void start(int events) {
      thread = new Thread(() -> behind = follow(events), "reader");
      thread.start();
    }

    private long[] follow(int events) {
      List<Long> waits = new ArrayList<>(events);
      while (waits.size() < events) {
        EventPage page = await(log.read(place, EventFilter.ALL, PAGE));
        long now = System.nanoTime();
        for (LoggedEvent event : page.events()) {
          Long sent = event.userId();
          waits.add(sent == null ? 0 : now - sent);
        }
        place = page.next();
      }
      return waits.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    void join() throws InterruptedException {
      thread.join();
    }

    /** In milliseconds. */
    double behind(double quantile) {
      return behind[(int) ((behind.length - 1) * quantile)] / 1e6;
    }
  }
}
