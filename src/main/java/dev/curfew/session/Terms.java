package dev.curfew.session;

import dev.curfew.fault.CurfewException;
import java.util.Arrays;

/**
 * What a session was granted under: a snapshot of its policy, bounded by its realm's tier, taken
 * when the session is created. A later change of the policy does not touch sessions that exist.
 *
 * <p>All durations are milliseconds. Instances are immutable and compare by value, so that the
 * sessions of one policy share one instance.
 */
public final class Terms {
  /**
   * The longest any duration may be; keeps every sum of a time and a duration far from overflow.
   */
  public static final long LONGEST = 366L * 24 * 3600 * 1000;

  private final int policyId;
  private final int realmId;
  private final long maxDuration;
  private final long maxIdle;
  private final long staleAfter;
  private final long[] warnBefore;

  /**
   * @param maxDuration longest total duration, from 1 to {@link #LONGEST}
   * @param maxIdle longest time without user activity; 0 for no limit
   * @param staleAfter longest silence of the owner process; 0 for no limit
   * @param warnBefore how long before the end to warn, each positive; order does not matter
   */
  public Terms(
      int policyId,
      int realmId,
      long maxDuration,
      long maxIdle,
      long staleAfter,
      long... warnBefore) {
    this.policyId = policyId;
    this.realmId = realmId;
    this.maxDuration = within("maxDuration", maxDuration, 1);
    this.maxIdle = within("maxIdle", maxIdle, 0);
    this.staleAfter = within("staleAfter", staleAfter, 0);
    this.warnBefore = Arrays.stream(warnBefore).sorted().distinct().toArray();
    for (long threshold : this.warnBefore) {
      within("warnBefore", threshold, 1);
    }
  }

  private static long within(String field, long value, long least) {
    if (value < least || value > LONGEST) {
      throw CurfewException.invalid(
          field, "must be from " + least + " ms to " + LONGEST + " ms (366 days)");
    }
    return value;
  }

  public int policyId() {
    return policyId;
  }

  public int realmId() {
    return realmId;
  }

  public long maxDuration() {
    return maxDuration;
  }

  public long maxIdle() {
    return maxIdle;
  }

  public long staleAfter() {
    return staleAfter;
  }

  /** The warning thresholds, ascending. */
  public long[] warnBefore() {
    return warnBefore.clone();
  }

  /** How many warning thresholds are smaller. */
  public int thresholdsBelow(long threshold) {
    int below = 0;
    while (below < warnBefore.length && warnBefore[below] < threshold) {
      below++;
    }
    return below;
  }

  /**
   * The warning threshold that has so many smaller ones; {@link Long#MAX_VALUE} when there is none.
   */
  public long threshold(int smaller) {
    return smaller < warnBefore.length ? warnBefore[smaller] : Long.MAX_VALUE;
  }

  /**
   * The threshold to warn for now: the smallest one already reached of those not yet warned of.
   *
   * @param remaining time left
   * @param warnedDownTo the smallest threshold warned of in this expiry generation; {@link
   *     Long#MAX_VALUE} for none
   * @return the threshold, or 0 when none is due
   */
  public long dueWarning(long remaining, long warnedDownTo) {
    for (long threshold : warnBefore) {
      if (threshold >= warnedDownTo) {
        break;
      }
      if (threshold >= remaining) {
        return threshold;
      }
    }
    return 0;
  }

  /**
   * The next threshold that time will reach: the largest below {@code warnedDownTo}; 0 for none.
   */
  public long nextWarning(long warnedDownTo) {
    for (int i = warnBefore.length - 1; i >= 0; i--) {
      if (warnBefore[i] < warnedDownTo) {
        return warnBefore[i];
      }
    }
    return 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Terms that
        && policyId == that.policyId
        && realmId == that.realmId
        && maxDuration == that.maxDuration
        && maxIdle == that.maxIdle
        && staleAfter == that.staleAfter
        && Arrays.equals(warnBefore, that.warnBefore);
  }

  @Override
  public int hashCode() {
    int hash = 31 * policyId + realmId;
    hash = 31 * hash + Long.hashCode(maxDuration);
    hash = 31 * hash + Long.hashCode(maxIdle);
    hash = 31 * hash + Long.hashCode(staleAfter);
    return 31 * hash + Arrays.hashCode(warnBefore);
  }

  @Override
  public String toString() {
    return "Terms[policy="
        + policyId
        + ", realm="
        + realmId
        + ", maxDuration="
        + maxDuration
        + ", maxIdle="
        + maxIdle
        + ", staleAfter="
        + staleAfter
        + ", warnBefore="
        + Arrays.toString(warnBefore)
        + "]";
  }
}
