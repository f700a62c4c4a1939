package dev.curfew.directory;

import dev.curfew.realm.SessionAttributes;
import dev.curfew.realm.Sudo;
import dev.curfew.session.SessionKind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Access that an administrator grants by hand.
 *
 * @param kind DEVICE_ADMIN or TIMED_ACCESS
 * @param userId whose it shall be, in any form
 * @param targetId the device's or resource's id; a resource may be named, too
 * @param targetName as lists show it; null for a resource's own name
 * @param startsAt epoch milliseconds; 0 for now
 * @param sudo null where it does not apply
 * @param policyId null for the realm's default
 */
public record NewGrant(
    SessionKind kind,
    String userId,
    String targetId,
    @Nullable String targetName,
    long startsAt,
    Duration duration,
    @Nullable Sudo sudo,
    @Nullable String remarks,
    @Nullable Integer policyId) {

  SessionAttributes attributes(String id, @Nullable String name) {
    return kind == SessionKind.DEVICE_ADMIN
        ? new SessionAttributes(null, null, id, name, null, null)
        : new SessionAttributes(null, null, null, null, id, name);
  }
}
