package dev.curfew.cluster.trial;

import dev.curfew.claim.history.Span;
import dev.curfew.cluster.trial.SessionHistory.Trouble;
import java.util.Comparator;
import java.util.List;

/** Until when something that was due may be left undone. */
final class TroubleTimes {
  private final List<Span> spans;
  private final long ordinaryMicros;

  /**
   * @param ordinaryMicros how late a cluster may be that is not in trouble
   */
  TroubleTimes(List<Trouble> troubles, long ordinaryMicros) {
    this.spans =
        troubles.stream().map(Trouble::span).sorted(Comparator.comparingLong(Span::from)).toList();
    this.ordinaryMicros = ordinaryMicros;
  }

  /** The latest time, in epoch microseconds, for what was due then. */
  long latest(long due) {
    long latest = due + ordinaryMicros;
    for (Span span : spans) {
      if (span.from() <= latest && due < span.to()) {
        latest = Math.max(latest, span.to() + ordinaryMicros);
      }
    }
    return latest;
  }
}
