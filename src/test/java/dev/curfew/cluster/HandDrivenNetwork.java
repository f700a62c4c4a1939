package dev.curfew.cluster;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The network between the members of a test, split and mended by its word. */
final class HandDrivenNetwork {
  /** On which side of the split each member is. */
  private final Map<UUID, Integer> sides = new ConcurrentHashMap<>();

  private final Map<UUID, Runnable> watchers = new ConcurrentHashMap<>();

  /** What a member that joins now sees. */
  Contacts join(UUID member) {
    sides.put(member, 0);
    changed();
    return new Contacts() {
      @Override
      public Set<UUID> inTouch() {
        return reached(member);
      }

      @Override
      public void watch(Runnable changed) {
        watchers.put(member, changed);
      }
    };
  }

  private Set<UUID> reached(UUID member) {
    Set<UUID> reached = new HashSet<>(Set.of(member));
    Map<UUID, Integer> now = new HashMap<>(sides);
    Integer own = now.get(member);
    if (own != null) {
      now.forEach(
          (other, side) -> {
            if (side.equals(own)) {
              reached.add(other);
            }
          });
    }
    return reached;
  }

  /** Whoever is named together stays in touch; whoever is not named is alone. */
  void split(List<Set<UUID>> groups) {
    int alone = groups.size();
    for (UUID member : Set.copyOf(sides.keySet())) {
      int side = 0;
      while (side < groups.size() && !groups.get(side).contains(member)) {
        side++;
      }
      sides.put(member, side < groups.size() ? side : alone++);
    }
    changed();
  }

  void heal() {
    sides.replaceAll((member, side) -> 0);
    changed();
  }

  /** A member is seen by nobody any more. */
  void vanish(UUID member) {
    sides.remove(member);
    watchers.remove(member);
    changed();
  }

  private void changed() {
    watchers.values().forEach(Runnable::run);
  }
}
