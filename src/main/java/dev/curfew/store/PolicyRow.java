package dev.curfew.store;

import dev.curfew.session.RecordingRetention;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a policy can be written. Durations are milliseconds; 0 means none.
 *
 * @param maxDuration 0 for what the tier allows
 * @param warnBefore descending; null for what the realm says
 * @param recordingRetention null for what the realm says
 */
public record PolicyRow(
    String name,
    long maxDuration,
    long maxIdle,
    long staleAfter,
    @Nullable List<Long> warnBefore,
    @Nullable RecordingRetention recordingRetention,
    int quota,
    boolean approvalRequired,
    long approvalMaxDuration) {
  public PolicyRow {
    warnBefore = warnBefore == null ? null : List.copyOf(warnBefore);
  }
}
