package dev.curfew.shard;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** How shards came to this node and went. Read from any thread. */
public final class MoveFigures {
  private final LongAdder taken = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final AtomicLong longest = new AtomicLong();
  private final LongAdder lost = new LongAdder();

  void taken(long took) {
    taken.increment();
    nanos.add(took);
    longest.accumulateAndGet(took, Math::max);
  }

  void lost() {
    lost.increment();
  }

  /** How many shards were taken, from the start on. */
  public long shardsTaken() {
    return taken.sum();
  }

  /** How long that took in all, from the decision to take each until it served: seconds. */
  public double secondsTaking() {
    return nanos.sum() / (double) TimeUnit.SECONDS.toNanos(1);
  }

  /** How long the slowest took: seconds. */
  public double longestSeconds() {
    return longest.get() / (double) TimeUnit.SECONDS.toNanos(1);
  }

  /** How many shards found that another member had taken them. */
  public long shardsLost() {
    return lost.sum();
  }
}
