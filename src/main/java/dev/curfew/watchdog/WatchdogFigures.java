package dev.curfew.watchdog;

import dev.curfew.lease.RecordingStage;
import dev.curfew.lease.Work;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** What the watchdog of a node has done. Read from any thread. */
public final class WatchdogFigures {

  /** A recording taken from an owner that has been silent for too long. */
  public record Move(RecordingStage from, RecordingStage to) {}

  private final LongSupplier clock;
  private final Map<Move, LongAdder> moves = new LinkedHashMap<>();
  private volatile boolean active;
  private volatile long sweptAt;

  WatchdogFigures(LongSupplier clock) {
    this.clock = clock;
    for (Work work : Work.values()) {
      moves.put(new Move(work.underWay(), work.waiting()), new LongAdder());
      moves.put(new Move(work.underWay(), RecordingStage.FAILED), new LongAdder());
    }
  }

  void active(boolean now) {
    active = now;
  }

  void moved(Work work, RecordingStage to) {
    of(new Move(work.underWay(), to)).increment();
  }

  void swept() {
    sweptAt = clock.getAsLong();
  }

  private LongAdder of(Move move) {
    LongAdder adder = moves.get(move);
    if (adder == null) {
      throw new IllegalArgumentException("no move of the watchdog: " + move);
    }
    return adder;
  }

  /** Every move that the watchdog may make. */
  public List<Move> possible() {
    return new ArrayList<>(moves.keySet());
  }

  /** How often this node has made that move. */
  public long moves(Move move) {
    return of(move).sum();
  }

  /** Whether this node's watchdog is the one that sweeps. */
  public boolean active() {
    return active;
  }

  /** Seconds since this node's last whole sweep; not a number before the first. */
  public double lastSweepAgeSeconds() {
    long at = sweptAt;
    return at == 0 ? Double.NaN : (clock.getAsLong() - at) / 1000.0;
  }
}
