package dev.curfew.store;

import java.util.List;

/**
 * What of a policy can be written. Durations are milliseconds; 0 means none.
 *
 * @param maxDuration 0 for what the tier allows
 */
public record PolicyRow(
    String name,
    long maxDuration,
    long maxIdle,
    long staleAfter,
    List<Long> warnBefore,
    int quota,
    boolean approvalRequired,
    long approvalMaxDuration) {
  public PolicyRow {
    warnBefore = List.copyOf(warnBefore);
  }
}
