package dev.curfew.audit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one step of a verification found.
 *
 * @param batches looked at in this step
 * @param seals looked at
 * @param events found as they were sealed
 * @param dropped events that retention has dropped, whose seals are as they were
 * @param findings in the log's order; at most {@link LogVerification#MOST_FINDINGS}
 * @param next the batch after which the next step begins; null when this was the last
 * @param unsealed after the last step: events that are not sealed yet, and so cannot be verified;
 *     counted no further than {@link LogVerification#MOST_UNSEALED}
 */
public record VerifiedPart(
    long batches,
    long seals,
    long events,
    long dropped,
    List<Finding> findings,
    @Nullable Long next,
    long unsealed) {
  public VerifiedPart {
    findings = List.copyOf(findings);
  }

  /** The same with these findings. */
  VerifiedPart with(List<Finding> others) {
    return new VerifiedPart(batches, seals, events, dropped, others, next, unsealed);
  }
}
