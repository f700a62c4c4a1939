package dev.curfew.directory;

import dev.curfew.realm.AccessStatus;
import dev.curfew.session.EndReason;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which sessions a list shows. Empty sets and nulls do not narrow it.
 *
 * @param user in any form
 * @param q part of the user's names or of the names in the attributes, without regard to case
 * @param realm a realm's name
 * @param accessStatus what state and resource rules come to
 */
public record SessionFilter(
    Set<SessionKind> kinds,
    Set<SessionState> states,
    Set<EndReason> reasons,
    @Nullable String user,
    @Nullable String q,
    @Nullable String realm,
    @Nullable AccessStatus accessStatus) {
  public static final SessionFilter ALL =
      new SessionFilter(Set.of(), Set.of(), Set.of(), null, null, null, null);

  public SessionFilter {
    kinds = Set.copyOf(kinds);
    states = Set.copyOf(states);
    reasons = Set.copyOf(reasons);
  }

  public SessionFilter ofKinds(Set<SessionKind> some) {
    return new SessionFilter(some, states, reasons, user, q, realm, accessStatus);
  }

  public SessionFilter inStates(Set<SessionState> some) {
    return new SessionFilter(kinds, some, reasons, user, q, realm, accessStatus);
  }

  public SessionFilter endedFor(Set<EndReason> some) {
    return new SessionFilter(kinds, states, some, user, q, realm, accessStatus);
  }

  public SessionFilter ofUser(@Nullable String anyForm) {
    return new SessionFilter(kinds, states, reasons, anyForm, q, realm, accessStatus);
  }

  public SessionFilter naming(@Nullable String part) {
    return new SessionFilter(kinds, states, reasons, user, part, realm, accessStatus);
  }

  public SessionFilter inRealm(@Nullable String name) {
    return new SessionFilter(kinds, states, reasons, user, q, name, accessStatus);
  }

  public SessionFilter standing(AccessStatus status) {
    return new SessionFilter(kinds, states, reasons, user, q, realm, status);
  }
}
