package dev.curfew.cluster;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The last measurements of the database's clock. Of those that agree the best is believed; when one
 * contradicts another, the database's clock has been set since the other was taken, which is worth
 * nothing from then on.
 */
final class ClockSamples {
  private static final int REMEMBERED = 8;

  private final Deque<Sample> samples = new ArrayDeque<>();

  /**
   * One measurement. All values are microseconds.
   *
   * @param offset the database's time minus monotonic time
   * @param error how far off the offset may have been when it was taken
   * @param takenAt monotonic
   */
  record Sample(long offset, long error, long takenAt) {
    /** How far off the offset may be by now: the two clocks have drifted apart since. */
    long errorAt(long monotonic) {
      return error + ClockReading.drift(monotonic - takenAt);
    }

    private boolean contradicts(Sample before) {
      return Math.abs(offset - before.offset) > error + before.errorAt(takenAt);
    }
  }

  /** The best of the measurements, with this one, when it is taken. */
  Sample best(Sample latest) {
    samples.removeIf(latest::contradicts);
    if (samples.size() == REMEMBERED) {
      samples.removeFirst();
    }
    samples.addLast(latest);
    Sample best = latest;
    for (Sample sample : samples) {
      if (sample.errorAt(latest.takenAt) < best.errorAt(latest.takenAt)) {
        best = sample;
      }
    }
    return best;
  }
}
