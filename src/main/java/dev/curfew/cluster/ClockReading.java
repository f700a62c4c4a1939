package dev.curfew.cluster;

/**
 * How to turn this machine's monotonic time into cluster time, from one moment on. All values are
 * microseconds.
 *
 * @param offset cluster time minus monotonic time when the reading was taken, the debt included
 * @param debt how far the clock was found to be ahead; paid back gradually, so that it slows down
 *     and never steps back
 * @param since monotonic time of the reading
 * @param error how far off the offset may be
 */
record ClockReading(long offset, long debt, long since, long error) {
  /** A clock that is ahead runs slower by one part in so many until it is right. */
  private static final long SLOWDOWN = 16;

  /**
   * One that is ahead by more than this runs at half its speed: the database's clock has been set
   * back, and a node is not ready before it is right again.
   */
  private static final long FAR_AHEAD = 1_000_000;

  private static final long SLOWDOWN_FAR_AHEAD = 2;

  /** How far two good oscillators may drift apart, in parts per million. */
  private static final long DRIFT_PPM = 100;

  long at(long monotonic) {
    long elapsed = Math.max(0, monotonic - since);
    return monotonic + offset - paid(elapsed);
  }

  long errorAt(long monotonic) {
    long elapsed = Math.max(0, monotonic - since);
    return error + debt - paid(elapsed) + drift(elapsed);
  }

  /** How far the two clocks may drift apart in a time. */
  static long drift(long elapsed) {
    return elapsed * DRIFT_PPM / 1_000_000;
  }

  private long paid(long elapsed) {
    return Math.min(debt, elapsed / (debt > FAR_AHEAD ? SLOWDOWN_FAR_AHEAD : SLOWDOWN));
  }

  /**
   * The reading after a new measurement: a clock that is behind steps forward, one that is ahead
   * slows down.
   */
  ClockReading corrected(long measuredOffset, long measuredError, long monotonic) {
    long shown = at(monotonic) - monotonic;
    return measuredOffset >= shown
        ? new ClockReading(measuredOffset, 0, monotonic, measuredError)
        : new ClockReading(shown, shown - measuredOffset, monotonic, measuredError);
  }
}
