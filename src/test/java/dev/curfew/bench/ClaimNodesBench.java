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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether nodes that hand out claims stand in each other's way: claims a second by three
 * coordinators on one database, each with connections of its own and 64 claimants, and by turns in
 * the same run, by one coordinator with all 192. Real embedded PostgreSQL, fsync on.
 *
 * <p>Arguments: recordings in a round, rounds; 20,000 and 5 without them.
 */
public final class ClaimNodesBench {
  private static final int NODES = 3;
  private static final int CLAIMANTS = 192;
  private static final Duration LEASE = Duration.ofMinutes(2);

  private final DirectSql sql;
  private final List<ClaimCoordinator> coordinators;
  private final Vertx claimants = Vertx.vertx();
  private final AtomicLong claimed = new AtomicLong();

  private ClaimNodesBench(DirectSql sql, List<ClaimCoordinator> coordinators) {
    this.sql = sql;
    this.coordinators = coordinators;
  }

  public static void main(String[] args) throws Exception {
    int recordings = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    TestStore first = TestStore.open();
    Await.result(new EventPartitions(first.database()).addAhead(1));
    List<ClaimCoordinator> coordinators = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      TestStore node = i == 0 ? first : TestStore.open(first.endpoint());
      ClaimCoordinator coordinator =
          new ClaimCoordinator(
              new ClaimStore(node.database()),
              new Bus(node.vertx()),
              ClaimCoordinator.Options.withLease(LEASE));
      Await.result(node.vertx().deployVerticle(coordinator));
      coordinators.add(coordinator);
    }
    try (DirectSql sql = DirectSql.open(first.endpoint())) {
      sql.run("ALTER TABLE recording SET (autovacuum_enabled = off)");
      new ClaimNodesBench(sql, coordinators).compare(recordings, rounds);
    }
    System.exit(0);
  }

  private void compare(int recordings, int rounds) throws Exception {
    double[] one = new double[rounds];
    double[] all = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      one[round] = claimsASecond(coordinators.subList(0, 1), recordings);
      all[round] = claimsASecond(coordinators, recordings);
      System.out.printf(
          "round %d: one coordinator %,7.0f claims/s, %d coordinators %,7.0f/s%n",
          round + 1, one[round], NODES, all[round]);
    }
    Arrays.sort(one);
    Arrays.sort(all);
    System.out.printf(
        "%d claimants, median: one coordinator %,7.0f claims/s, %d coordinators %,7.0f/s; ratio"
            + " %.2f%n",
        CLAIMANTS, one[rounds / 2], NODES, all[rounds / 2], all[rounds / 2] / one[rounds / 2]);
  }

  private double claimsASecond(List<ClaimCoordinator> nodes, int recordings) throws Exception {
    sql.run("TRUNCATE recording, event");
    new RecordedSessions(sql).endedInBulk(recordings);
    sql.run("VACUUM ANALYZE recording");
    claimed.set(0);
    CountDownLatch running = new CountDownLatch(CLAIMANTS);
    long begun = System.nanoTime();
    for (int i = 0; i < CLAIMANTS; i++) {
      ClaimCoordinator node = nodes.get(i % nodes.size());
      String name = "encoder-" + i;
      claimants.runOnContext(start -> next(node, name, recordings, running));
    }
    running.await();
    return recordings / ((System.nanoTime() - begun) / 1e9);
  }

  private void next(ClaimCoordinator node, String name, int wanted, CountDownLatch running) {
    if (claimed.get() >= wanted) {
      running.countDown();
      return;
    }
    node.claim(Work.ENCODE, name, 1, Duration.ZERO)
        .granted()
        .onComplete(
            granted -> {
              if (granted.succeeded()) {
                claimed.addAndGet(granted.result().size());
              }
              next(node, name, wanted, running);
            });
  }
}
