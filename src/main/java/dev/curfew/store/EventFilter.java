package dev.curfew.store;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which events are wanted; an event must satisfy every part.
 *
 * @param realmId null for every realm
 * @param users numeric ids; null for everybody
 * @param sessionId null for every session
 * @param types wire names; null for every type
 * @param sessionsOnly whether only what happened to a session is wanted
 */
public record EventFilter(
    @Nullable Integer realmId,
    @Nullable Set<Long> users,
    @Nullable UUID sessionId,
    @Nullable Set<String> types,
    boolean sessionsOnly) {
  public static final EventFilter ALL = new EventFilter(null, null, null, null, false);

  public EventFilter {
    users = users == null ? null : Set.copyOf(users);
    types = types == null ? null : Set.copyOf(types);
  }

  /** The same decision that the log's reader makes in SQL. */
  public boolean matches(LoggedEvent event) {
    return (realmId == null || realmId == event.realmId())
        && (users == null || (event.userId() != null && users.contains(event.userId())))
        && (sessionId == null || sessionId.equals(event.sessionId()))
        && (types == null || types.contains(event.type()))
        && (!sessionsOnly || event.sessionId() != null);
  }

  /** Whether every event is wanted. */
  boolean isOpen() {
    return realmId == null && users == null && types == null && !sessionsOnly;
  }
}
