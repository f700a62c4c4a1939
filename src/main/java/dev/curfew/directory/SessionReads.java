package dev.curfew.directory;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.realm.Page;
import dev.curfew.realm.SessionDetail;
import dev.curfew.realm.Transition;
import dev.curfew.session.SessionKind;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Sessions as they are shown. Reading never counts as activity. */
public final class SessionReads {
  /**
   * For the session's user, administrators and (to read) auditors.
   *
   * @return fails with NOT_FOUND, or FORBIDDEN for another user's
   */
  public Future<SessionDetail> get(Principal by, UUID id, Authorisation.Intent intent) {
    return NotYet.here();
  }

  /**
   * For gateways: any session of the caller's realm. The route has checked the gateway's scope.
   *
   * @return fails with NOT_FOUND
   */
  public Future<SessionDetail> getForGateway(Principal by, UUID id) {
    return NotYet.here();
  }

  /** How a session came where it is, oldest first. The caller has been shown the session. */
  public Future<List<Transition>> history(UUID id) {
    return NotYet.here();
  }

  /** Newest first. For administrators and auditors: those of the realm, or all. */
  public Future<Page<SessionDetail>> list(Principal by, SessionFilter filter, PageRequest page) {
    return NotYet.here();
  }

  /** How many {@link #list} would show. */
  public Future<Long> count(Principal by, SessionFilter filter) {
    return NotYet.here();
  }

  /** The caller's own, newest first; the filter's user and realm do not matter. */
  public Future<Page<SessionDetail>> own(Principal by, SessionFilter filter, PageRequest page) {
    return NotYet.here();
  }

  /**
   * A user's live sessions of these kinds, oldest first. The caller has resolved the user.
   *
   * @param kinds empty for all
   */
  public Future<List<SessionDetail>> liveOf(int userNumericId, Set<SessionKind> kinds) {
    return NotYet.here();
  }
}
