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

  /** How far two good oscillators may drift apart, in parts per million. */
  private static final long DRIFT_PPM = 100;

  long at(long monotonic) {
    long elapsed = Math.max(0, monotonic - since);
    return monotonic + offset - Math.min(debt, elapsed / SLOWDOWN);
  }

  long errorAt(long monotonic) {
    long elapsed = Math.max(0, monotonic - since);
    return error + Math.max(0, debt - elapsed / SLOWDOWN) + elapsed * DRIFT_PPM / 1_000_000;
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
