package dev.curfew.claim.history;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.curfew.claim.history.Observation.Answer;
import dev.curfew.claim.history.Observation.Asked;
import dev.curfew.claim.history.Observation.Ending;
import dev.curfew.claim.history.Observation.Outage;
import dev.curfew.claim.history.Observation.Spoke;
import dev.curfew.lease.Work;
import dev.curfew.session.Initiator;
import dev.curfew.store.ClaimStore;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.RecordedSessions;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Two hundred workers of two nodes under fire, and the proof that every recording had one owner at
 * a time and none was lost. On the seed depends what befalls whom; how it interleaves is up to the
 * machine. {@code -Dclaims.recordings=N} sets the size, {@code -Dclaims.seed=N} the seed.
 *
 * <p>PITFALLS 19: rescue never overwrites what was finished or claimed anew. PITFALLS 20: work
 * longer than its lease is done once, as long as it is renewed. PITFALLS 21: names are used again
 * all the time. PITFALLS 23: whatever a claim returns belongs to whoever got it.
 */
class ClaimHistoryTest {
  private static final int WORKERS = 200;
  private static final int RECORDINGS = Integer.getInteger("claims.recordings", 10_000);
  private static final int BATCHES = 10;
  private static final int MOST_ATTEMPTS = 3;
  private static final Duration LEASE = Duration.ofMillis(500);
  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_RUN = Duration.ofMinutes(5);
  private static final List<String> NOISY = List.of("watchdog", "claim", "cluster");

  private final long seed = Long.getLong("claims.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Misfortunes misfortunes = new Misfortunes(LEASE, LIMIT, MOST_ATTEMPTS);
  private final AtomicBoolean over = new AtomicBoolean();
  private final Set<UUID> retried = new HashSet<>();
  private final List<ClaimNode> nodes = new ArrayList<>();

  /** Reaches the database whatever befalls the nodes. */
  private TestStore store;

  private DirectSql sql;
  private Journal journal;
  private Vertx workers;

  @BeforeEach
  void open() throws Exception {
    level(Level.ERROR);
    store = TestStore.open();
    sql = DirectSql.open(store.endpoint());
    journal = Journal.install(store.endpoint());
    workers = Vertx.vertx();
    for (String name : List.of("node-1", "node-2")) {
      nodes.add(new ClaimNode(name, store.endpoint(), LEASE, LIMIT, MOST_ATTEMPTS));
    }
  }

  @AfterEach
  void close() throws Exception {
    for (ClaimNode node : nodes) {
      node.link.mend();
      node.close();
    }
    Await.result(workers.close());
    sql.close();
    store.close();
    level(null);
  }

  /** Every claim that is taken from somebody is a warning; here they are thousands. */
  private static void level(@Nullable Level level) {
    NOISY.forEach(name -> ((Logger) LoggerFactory.getLogger("dev.curfew." + name)).setLevel(level));
  }

  @Test
  void everyRecording_hasOneOwnerAtATimeAndNoneIsLost() throws Exception {
    List<Future<Void>> running = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      Work work = i % 2 == 0 ? Work.ENCODE : Work.UPLOAD;
      String name = work + "-" + i / 2;
      running.add(new Worker(workers, seed + i, nodes, misfortunes, work, name, over::get).run());
    }
    breakThingsUntilAllIsDone();
    over.set(true);
    Await.until(
        "the workers stop", LONGEST_RUN, () -> running.stream().allMatch(Future::isComplete));
    Await.until("the last words are answered", () -> misfortunes.underWay().get() == 0);

    History history =
        new History(
            misfortunes.observations(),
            journal.changes(),
            journal.writes(),
            journal.told(),
            journal.stages(),
            MOST_ATTEMPTS,
            TimeUnit.MILLISECONDS.toMicros(LIMIT.toMillis()));
    String run = "seed " + seed + ", " + misfortunes.told();
    assertThat(misfortunes.failures()).as(run).isEmpty();
    assertThat(HistoryChecker.check(history)).as(run).isEmpty();
    assertThat(history.ends()).as(run).hasSize(RECORDINGS);
    assertItWasHard(history, run);
  }

  private void breakThingsUntilAllIsDone() throws Exception {
    RecordedSessions sessions = new RecordedSessions(sql);
    ClaimStore administrator = new ClaimStore(store.database());
    long giveUpAt = System.nanoTime() + LONGEST_RUN.toNanos();
    long nextCut = System.nanoTime() + random(1_500);
    int batches = 0;
    while (true) {
      long waiting = sql.number("SELECT count(*) FROM recording WHERE stage = 2");
      if (batches < BATCHES && waiting < RECORDINGS / BATCHES / 4) {
        sessions.endedInBulk(RECORDINGS / BATCHES);
        batches++;
      }
      retryFailed(administrator);
      long left = sql.number("SELECT count(*) FROM recording WHERE stage NOT IN (6, 7)");
      if (batches == BATCHES && left == 0) {
        return;
      }
      assertThat(System.nanoTime()).as("seed %d, %d are left", seed, left).isLessThan(giveUpAt);
      if (System.nanoTime() > nextCut) {
        cut();
        nextCut = System.nanoTime() + TimeUnit.SECONDS.toNanos(1) + random(2_500);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** A random time below so many milliseconds, in nanoseconds. */
  private long random(int millis) {
    return TimeUnit.MILLISECONDS.toNanos(random.nextInt(millis));
  }

  /** One node, or both, cannot reach the database for a while. */
  private void cut() throws InterruptedException {
    int which = random.nextInt(nodes.size() + 1);
    List<ClaimNode> cut = which < nodes.size() ? List.of(nodes.get(which)) : nodes;
    long from = Span.now();
    cut.forEach(node -> node.link.cut());
    TimeUnit.MILLISECONDS.sleep(20 + random.nextInt(400));
    cut.forEach(node -> node.link.mend());
    cut.forEach(node -> misfortunes.observe(new Outage(Span.since(from), node.name)));
  }

  /** Some of what failed is tried again, once. */
  private void retryFailed(ClaimStore administrator) throws Exception {
    for (String id : sql.column("SELECT session_id FROM recording WHERE stage = 7")) {
      UUID session = UUID.fromString(id);
      if (retried.add(session) && random.nextBoolean()) {
        Await.result(administrator.retry(session, new Initiator(Initiator.Kind.ADMIN, 1, "admin")));
      }
    }
  }

  /** The run must have had what it is about. */
  private static void assertItWasHard(History history, String run) {
    assertThat(count(history, Outage.class, outage -> true)).as("outages; " + run).isPositive();
    assertThat(count(history, Asked.class, asked -> asked.ending() == Ending.WITHDRAWN))
        .as("claims withdrawn; " + run)
        .isPositive();
    for (Answer answer : Answer.values()) {
      assertThat(count(history, Spoke.class, spoke -> spoke.answer() == answer))
          .as(answer + "; " + run)
          .isPositive();
    }
    assertThat(history.told().stream().filter(event -> "watchdog".equals(event.by())).count())
        .as("moves of the watchdog; " + run)
        .isPositive();
  }

  private static <T extends Observation> long count(
      History history, Class<T> kind, Predicate<T> which) {
    return history.seen().stream().filter(kind::isInstance).map(kind::cast).filter(which).count();
  }
}
