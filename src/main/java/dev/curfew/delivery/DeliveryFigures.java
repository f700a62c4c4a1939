package dev.curfew.delivery;

import dev.curfew.store.LaneQueue;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What the deliveries of a node come to. Read from any thread. */
public final class DeliveryFigures {
  private final Map<LaneQueue.Outcome, LongAdder> attempts = new EnumMap<>(LaneQueue.Outcome.class);
  private volatile long pending;
  private volatile long dead;
  private volatile long lagMillis;

  DeliveryFigures() {
    for (LaneQueue.Outcome outcome : LaneQueue.Outcome.values()) {
      attempts.put(outcome, new LongAdder());
    }
  }

  private LongAdder of(LaneQueue.Outcome outcome) {
    LongAdder adder = attempts.get(outcome);
    if (adder == null) {
      throw new IllegalStateException(outcome.name());
    }
    return adder;
  }

  void count(LaneQueue.Outcome outcome) {
    of(outcome).increment();
  }

  void measured(long pendingNow, long deadNow, long lagMillisNow) {
    pending = pendingNow;
    dead = deadNow;
    lagMillis = lagMillisNow;
  }

  /** Attempts of this node that ended so. */
  public long attempts(LaneQueue.Outcome outcome) {
    return of(outcome).sum();
  }

  /** Messages of the whole installation that wait, when it was last counted. */
  public long pending() {
    return pending;
  }

  /** Messages of the whole installation that were given up, when it was last counted. */
  public long dead() {
    return dead;
  }

  /** How long the oldest message that waits has waited. */
  public double lagSeconds() {
    return lagMillis / 1000.0;
  }
}
