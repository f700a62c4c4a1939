package dev.curfew.store;

/**
 * How soon a reader of the log looks again while an older transaction holds events back: soon at
 * first, since most are over in a moment, then less and less often.
 */
public final class HoldBackPace {
  private static final long SHORTEST_MILLIS = 5;
  private static final long LONGEST_MILLIS = 100;

  private long next = SHORTEST_MILLIS;

  /** Something was read, or nothing is held back: the next hold-back is a new one. */
  public void startAnew() {
    next = SHORTEST_MILLIS;
  }

  /** Milliseconds until the next look; longer each time. */
  public long nextMillis() {
    long now = next;
    next = Math.min(LONGEST_MILLIS, next * 2);
    return now;
  }
}
