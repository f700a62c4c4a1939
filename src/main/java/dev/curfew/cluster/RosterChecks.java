package dev.curfew.cluster;

import dev.curfew.store.Member;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What of a roster keeps a member from serving; each says so in words, or null when it holds. */
public final class RosterChecks {
  private RosterChecks() {}

  /**
   * Every shard is a live member's, or will be in a moment: while shards move, all members together
   * would else turn away what only needs to wait.
   */
  public static @Nullable String shards(Roster roster) {
    if (!roster.hosts().isEmpty()) {
      return null;
    }
    int unowned = roster.unowned().size();
    int orphaned = roster.orphaned().size();
    String of = " of " + roster.owners().size() + " shards ";
    List<String> reasons = new ArrayList<>();
    if (unowned > 0) {
      reasons.add(unowned + of + "are nobody's");
    }
    if (orphaned > 0) {
      reasons.add(orphaned + of + "are those of members that are not alive");
    }
    reasons.add("no member hosts sessions");
    return String.join("; ", reasons);
  }

  /** The member belongs to the group of members that goes on while the network is split. */
  public static @Nullable String company(Roster roster) {
    Member self = roster.live().get(roster.self());
    if (self == null) {
      return "this node's own sign of life is too old";
    }
    boolean goesOn =
        self.leaving()
            || roster.hosts().isEmpty()
            || (self.hostsSessions()
                ? roster.hostsHere()
                : !Collections.disjoint(self.touches(), roster.hosts()));
    return goesOn
        ? null
        : "cut off from the members that go on: not in touch with " + missed(self, roster);
  }

  private static String missed(Member self, Roster roster) {
    Set<String> names = new TreeSet<>();
    for (Member other : roster.live().values()) {
      if (!self.touches().contains(other.id())) {
        names.add(other.name());
      }
    }
    return names.isEmpty() ? "enough of them" : String.join(", ", names);
  }
}
