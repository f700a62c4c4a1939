package dev.curfew.session;

import dev.curfew.fault.CurfewException;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * How long before its end a session is warned: a set of durations in milliseconds, ascending.
 * Immutable, and compared by value.
 *
 * <p>What has been told in one generation of a deadline is one number, the smallest threshold told:
 * time reaches the larger ones first, and of several that are past only the smallest is told, so
 * whatever is not smaller is told or passed over for good.
 */
public final class Thresholds {
  public static final Thresholds NONE = new Thresholds(new long[0]);

  private final long[] ascending;

  private Thresholds(long[] ascending) {
    this.ascending = ascending;
  }

  /**
   * The thresholds of these durations, in any order; equal ones count once.
   *
   * @throws CurfewException INVALID_FIELD for one that is not from 1 to {@link Terms#LONGEST}
   */
  public static Thresholds of(long... millis) {
    for (long threshold : millis) {
      if (threshold < 1 || threshold > Terms.LONGEST) {
        throw CurfewException.invalid(
            "warnBefore", "must be from 1 ms to " + Terms.LONGEST + " ms (366 days)");
      }
    }
    return of(Arrays.stream(millis));
  }

  private static Thresholds of(LongStream millis) {
    long[] ascending = millis.sorted().distinct().toArray();
    return ascending.length == 0 ? NONE : new Thresholds(ascending);
  }

  /** The thresholds of both. */
  public Thresholds and(Thresholds others) {
    if (others.isEmpty()) {
      return this;
    }
    return of(LongStream.concat(Arrays.stream(ascending), Arrays.stream(others.ascending)));
  }

  public boolean isEmpty() {
    return ascending.length == 0;
  }

  /** Milliseconds, ascending. */
  public long[] millis() {
    return ascending.clone();
  }

  /** How many are smaller: the place of one of these, or of {@link Long#MAX_VALUE}. */
  public int below(long threshold) {
    int found = Arrays.binarySearch(ascending, threshold);
    return found < 0 ? -found - 1 : found;
  }

  /** The one that has so many smaller ones; {@link Long#MAX_VALUE} when there is none. */
  public long at(int smaller) {
    return smaller < ascending.length ? ascending[smaller] : Long.MAX_VALUE;
  }

  /**
   * The threshold to tell now: the smallest one reached, if it has not been told.
   *
   * @param remaining time left
   * @param warnedDownTo the smallest threshold told in this generation; {@link Long#MAX_VALUE} for
   *     none
   * @return 0 when none is due
   */
  public long due(long remaining, long warnedDownTo) {
    long smallest = at(below(remaining));
    return smallest < warnedDownTo ? smallest : 0;
  }

  /** The next one that time will reach: the largest below {@code warnedDownTo}; 0 for none. */
  public long next(long warnedDownTo) {
    int smaller = below(warnedDownTo);
    return smaller == 0 ? 0 : ascending[smaller - 1];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Thresholds that && Arrays.equals(ascending, that.ascending);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ascending);
  }

  @Override
  public String toString() {
    return Arrays.toString(ascending);
  }
}
