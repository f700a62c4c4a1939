package dev.curfew.cluster.trial;

import dev.curfew.claim.history.Span;
import dev.curfew.cluster.trial.SessionHistory.Trouble;
import java.util.Comparator;
import java.util.List;

/** Until when something that was due may be left undone. */
final class TroubleTimes {
  private final List<Trouble> troubles;
  private final long ordinaryMicros;

  /**
   * @param ordinaryMicros how late a cluster may be that is not in trouble
   */
  TroubleTimes(List<Trouble> troubles, long ordinaryMicros) {
    this.troubles =
        troubles.stream()
            .sorted(Comparator.comparingLong(trouble -> trouble.span().from()))
            .toList();
    this.ordinaryMicros = ordinaryMicros;
  }

  /** The latest time, in epoch microseconds, for what was due then. */
  long latest(long due) {
    long latest = due + ordinaryMicros;
    for (Trouble trouble : troubles) {
      Span span = trouble.span();
      if (span.from() <= latest && due < span.to()) {
        long slow = trouble.slowMicros();
        latest = Math.max(latest, slow == 0 ? span.to() + ordinaryMicros : latest + slow);
      }
    }
    return latest;
  }
}
