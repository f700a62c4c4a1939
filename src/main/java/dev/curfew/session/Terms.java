package dev.curfew.session;

import dev.curfew.fault.CurfewException;

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
  private final Thresholds warnBefore;

  /** The same, with the thresholds one by one. */
  public Terms(
      int policyId,
      int realmId,
      long maxDuration,
      long maxIdle,
      long staleAfter,
      long... warnBefore) {
    this(policyId, realmId, maxDuration, maxIdle, staleAfter, Thresholds.of(warnBefore));
  }

  /**
   * @param maxDuration longest total duration, from 1 to {@link #LONGEST}
   * @param maxIdle longest time without user activity; 0 for no limit
   * @param staleAfter longest silence of the owner process; 0 for no limit
   * @param warnBefore how long before the end to warn
   */
  public Terms(
      int policyId,
      int realmId,
      long maxDuration,
      long maxIdle,
      long staleAfter,
      Thresholds warnBefore) {
    this.policyId = policyId;
    this.realmId = realmId;
    this.maxDuration = within("maxDuration", maxDuration, 1);
    this.maxIdle = within("maxIdle", maxIdle, 0);
    this.staleAfter = within("staleAfter", staleAfter, 0);
    this.warnBefore = warnBefore;
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

  /** How long before the end to warn, by what the session was granted under. */
  public Thresholds warnBefore() {
    return warnBefore;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Terms that
        && policyId == that.policyId
        && realmId == that.realmId
        && maxDuration == that.maxDuration
        && maxIdle == that.maxIdle
        && staleAfter == that.staleAfter
        && warnBefore.equals(that.warnBefore);
  }

  @Override
  public int hashCode() {
    int hash = 31 * policyId + realmId;
    hash = 31 * hash + Long.hashCode(maxDuration);
    hash = 31 * hash + Long.hashCode(maxIdle);
    hash = 31 * hash + Long.hashCode(staleAfter);
    return 31 * hash + warnBefore.hashCode();
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
        + warnBefore
        + "]";
  }
}
