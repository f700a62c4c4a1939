package dev.curfew.directory;

import dev.curfew.auth.Principal;
import dev.curfew.realm.SessionDetail;
import io.vertx.core.Future;

/** The way every session comes into being. */
public final class SessionOpenings {
  /**
   * Opens a session under a policy of its user's realm. Kind JUMP waits in APPROVED for its first
   * use; all others are ACTIVE at once.
   *
   * @return the committed session; fails with INVALID_FIELD, OVER_MAXIMUM_DURATION (the message
   *     names what limits), NOT_FOUND for an unknown user, policy or resource, FORBIDDEN for
   *     another user's session, WRONG_STATE when the policy's quota is used up
   */
  public Future<SessionDetail> open(Principal by, SessionRequest wanted) {
    return NotYet.here();
  }
}
