package dev.curfew.realm;

import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A session as it is shown: the committed row with the names around it. Of a live session {@code
 * lastAccessAt} and {@code lastReportedAt} may be about a second old.
 *
 * @param createdBy numeric id of the user who opened it
 * @param maxDuration longest total duration it was granted
 * @param maxIdle 0 for any
 * @param owner the gateway process that reports for it
 * @param endingAt when its end began; 0 while it lives
 * @param endedAt 0 until everything outside is undone
 * @param endedBy who stopped it, where the reason is {@link EndReason#STOPPED}
 * @param checkoutId 0 when it has none
 * @param recordingStage code of its {@link dev.curfew.lease.RecordingStage}; 0 when it has no
 *     recording
 */
public record SessionDetail(
    UUID id,
    long numericId,
    SessionKind kind,
    SessionState state,
    @Nullable EndReason reason,
    int realmId,
    String realm,
    UserReference user,
    long createdBy,
    int policyId,
    long maxDuration,
    long maxIdle,
    long createdAt,
    long startedAt,
    long expiresAt,
    int generation,
    @Nullable String owner,
    long lastAccessAt,
    long lastReportedAt,
    long endingAt,
    long endedAt,
    Initiator.@Nullable Kind endedBy,
    @Nullable String ipv4Address,
    @Nullable String ipv6Address,
    long checkoutId,
    int recordingStage,
    SessionAttributes attributes) {

  /** Milliseconds until the hard deadline, never negative; 0 once the session is over. */
  public long remaining(long now) {
    return state.live() ? Math.max(0, expiresAt - now) : 0;
  }
}
