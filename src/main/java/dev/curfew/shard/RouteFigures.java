package dev.curfew.shard;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/** What a node's way to the shards has seen. Read from any thread. */
public final class RouteFigures {
  private final LongAdder forwarded = new LongAdder();
  private final LongAdder unanswered = new LongAdder();
  private final IntSupplier parked;

  RouteFigures(IntSupplier parked) {
    this.parked = parked;
  }

  void forwarded() {
    forwarded.increment();
  }

  void unanswered() {
    unanswered.increment();
  }

  /** How many commands were sent to other members, each time counted. */
  public long commandsForwarded() {
    return forwarded.sum();
  }

  /** How many of those got no answer. */
  public long commandsUnanswered() {
    return unanswered.sum();
  }

  /** How many commands wait for their shard to be served. */
  public int commandsParked() {
    return parked.getAsInt();
  }
}
