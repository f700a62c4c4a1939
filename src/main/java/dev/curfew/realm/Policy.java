package dev.curfew.realm;

import dev.curfew.session.RecordingRetention;
import dev.curfew.session.Thresholds;
import java.util.List;

/**
 * What sessions are granted under. A session keeps the terms of its creation whatever becomes of
 * the policy; how long its recording is kept is what the policy says at the time.
 *
 * @param isDefault whether it is the one a session of the realm gets when nothing names another
 * @param maxDuration longest total duration; 0 for what the realm's tier allows
 * @param maxIdle longest time without user activity; 0 for any
 * @param staleAfter longest silence of the owner process
 * @param warnBefore how long before the end to warn a session that is opened now, descending
 * @param warnBeforeFrom who says so
 * @param recordingRetention how long the finished recordings of its sessions are kept, now
 * @param recordingRetentionFrom who says so
 * @param quota how many live sessions one user may have under it; 0 for any number
 * @param approvalRequired whether a session under it must be asked for and approved
 * @param approvalMaxDuration longest duration that may be asked for
 * @param approvalScope whom an approval serves
 */
public record Policy(
    int id,
    int realmId,
    String realm,
    String name,
    boolean isDefault,
    long maxDuration,
    long maxIdle,
    long staleAfter,
    List<Long> warnBefore,
    TermSource warnBeforeFrom,
    RecordingRetention recordingRetention,
    TermSource recordingRetentionFrom,
    int quota,
    boolean approvalRequired,
    long approvalMaxDuration,
    ApprovalScope approvalScope) {

  public Policy {
    warnBefore = List.copyOf(warnBefore);
  }

  /** The thresholds as a session is granted them. */
  public Thresholds thresholds() {
    return Thresholds.of(warnBefore.stream().mapToLong(Long::longValue).toArray());
  }
}
