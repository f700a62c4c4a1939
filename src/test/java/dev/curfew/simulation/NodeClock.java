package dev.curfew.simulation;

/**
 * A node's idea of the cluster's time: never further off than {@link #BOUND}, never stepping back.
 * When it is found to be behind it steps forward, when it is ahead it runs slower for a while.
 */
final class NodeClock {
  static final long BOUND = 50;

  private static final long SLOWDOWN = 16;

  private final Timeline timeline;
  private long error;
  private long debt;
  private long since;

  NodeClock(Timeline timeline, long error) {
    this.timeline = timeline;
    this.error = error;
    this.since = timeline.now();
  }

  long now() {
    return timeline.now() + shownError();
  }

  /** A new measurement of how far off the clock ought to be. */
  void correct(long measured) {
    long shown = shownError();
    error = Math.max(shown, measured);
    debt = Math.max(0, shown - measured);
    since = timeline.now();
  }

  private long shownError() {
    return error - Math.min(debt, (timeline.now() - since) / SLOWDOWN);
  }
}
