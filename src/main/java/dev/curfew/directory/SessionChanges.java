package dev.curfew.directory;

import dev.curfew.auth.Principal;
import dev.curfew.realm.SessionDetail;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What users and administrators may do to a session. Each answers with the session as committed; an
 * unknown session, or one of another realm, is NOT_FOUND, another user's FORBIDDEN.
 */
public final class SessionChanges {
  /**
   * Moves the deadline.
   *
   * @return fails with OVER_MAXIMUM_DURATION in the access dialect's own words, WRONG_STATE when
   *     the session is ending or over, INVALID_FIELD when the addition is not positive
   */
  public Future<SessionDetail> extend(Principal by, UUID id, Duration additional) {
    return NotYet.here();
  }

  /**
   * Ends the session on its user's word, or an administrator's.
   *
   * @return fails with NOT_STOPPABLE when it is ending or over
   */
  public Future<SessionDetail> stop(Principal by, UUID id) {
    return NotYet.here();
  }

  /**
   * Takes the session away. One that is over stays as it ended. For administrators.
   *
   * @param remark why, in the administrator's words
   */
  public Future<SessionDetail> revoke(Principal by, UUID id, @Nullable String remark) {
    return NotYet.here();
  }

  /**
   * Notes that an approved session is in use. For administrators.
   *
   * @return fails with WRONG_STATE when it has not begun or is over
   */
  public Future<SessionDetail> activate(Principal by, UUID id) {
    return NotYet.here();
  }
}
