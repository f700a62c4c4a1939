package dev.curfew.directory;

import dev.curfew.auth.Principal;
import dev.curfew.config.Secret;
import io.vertx.core.Future;
import java.util.UUID;

/** One-time tokens by which a second person joins a live session of the realm. */
public final class JoinTokens {
  /**
   * The route has checked the scope.
   *
   * @return fails with WRONG_STATE unless the session is active
   */
  public Future<JoinTicket> issue(Principal by, UUID sessionId, JoinRequest request) {
    return NotYet.here();
  }

  /**
   * Takes a token in: it is used up.
   *
   * @return fails with UNAUTHENTICATED when it is unknown, used or expired, WRONG_STATE when the
   *     session is over by now
   */
  public Future<JoinTicket> redeem(Secret token) {
    return NotYet.here();
  }
}
