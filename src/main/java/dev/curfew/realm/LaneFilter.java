package dev.curfew.realm;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which events of its realm a lane wants; an event must satisfy every part.
 *
 * @param types wire names of types; null for every type
 * @param kinds wire names of session kinds; null for every kind, and for what is about no session
 * @param users numeric ids; null for everybody, empty for nobody
 * @param sessionId null for every session
 * @param sessionsOnly whether only what happened to a session is wanted
 * @param thresholds milliseconds before the expiry at which this lane wants its warnings; null for
 *     those of policy and realm
 */
public record LaneFilter(
    @Nullable Set<String> types,
    @Nullable Set<String> kinds,
    @Nullable Set<Long> users,
    @Nullable UUID sessionId,
    boolean sessionsOnly,
    @Nullable List<Long> thresholds) {
  /** Everything of the realm. */
  public static final LaneFilter ALL = new LaneFilter(null, null, null, null, false, null);

  public LaneFilter {
    types = types == null ? null : Set.copyOf(types);
    kinds = kinds == null ? null : Set.copyOf(kinds);
    users = users == null ? null : Set.copyOf(users);
    thresholds = thresholds == null ? null : List.copyOf(thresholds);
  }
}
