package dev.curfew.store;

import dev.curfew.session.SessionKind;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which sessions that are not over to show. Nulls do not narrow it.
 *
 * @param userId numeric id
 * @param q part of the user's names or of the names or ids of device and resource
 */
public record ActiveSessionQuery(
    @Nullable Integer realmId, @Nullable Long userId, Set<SessionKind> kinds, @Nullable String q) {
  public ActiveSessionQuery {
    kinds = Set.copyOf(kinds);
  }
}
