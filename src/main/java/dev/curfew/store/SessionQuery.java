package dev.curfew.store;

import dev.curfew.realm.AccessStatus;
import dev.curfew.session.EndReason;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which sessions to show. Empty sets and nulls do not narrow it.
 *
 * @param userId numeric id
 * @param q part of the user's names or of the names in the attributes
 */
public record SessionQuery(
    @Nullable Integer realmId,
    @Nullable Long userId,
    Set<SessionKind> kinds,
    Set<SessionState> states,
    Set<EndReason> reasons,
    @Nullable String q,
    @Nullable AccessStatus accessStatus) {
  public SessionQuery {
    kinds = Set.copyOf(kinds);
    states = Set.copyOf(states);
    reasons = Set.copyOf(reasons);
  }
}
