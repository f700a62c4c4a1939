package dev.curfew.cluster;

import dev.curfew.store.Member;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Which of the live members go on while the network between them is split. All find the same from
 * the same rows, on whichever side they are.
 *
 * <p>Members belong together when each says that it is in touch with the other. Of the groups in
 * which all are in touch with all, and which have somebody to host sessions, the largest goes on;
 * of those that are equally large the one with the oldest member.
 */
final class Groups {
  private static final Comparator<Member> BY_AGE =
      Comparator.comparingLong(Member::joinedAt).thenComparing(Member::id);

  private Groups() {}

  /** The members that go on; none when nobody could host sessions. */
  static Set<UUID> goingOn(Collection<Member> live) {
    List<Member> best = List.of();
    for (List<Member> linked : linked(live)) {
      List<Member> group = complete(linked);
      // The first to be found has the oldest member.
      if (group.size() > best.size() && group.stream().anyMatch(Groups::hosts)) {
        best = group;
      }
    }
    return best.stream().map(Member::id).collect(Collectors.toUnmodifiableSet());
  }

  /** Whether shards may be placed on a member that goes on. */
  static boolean hosts(Member member) {
    return member.hostsSessions() && !member.leaving();
  }

  private static boolean touch(Member one, Member other) {
    return one.touches().contains(other.id()) && other.touches().contains(one.id());
  }

  /** The members sorted by whom they reach, be it by way of others; the oldest first. */
  private static List<List<Member>> linked(Collection<Member> live) {
    List<Member> left = new ArrayList<>(live.stream().sorted(BY_AGE).toList());
    List<List<Member>> all = new ArrayList<>();
    while (!left.isEmpty()) {
      List<Member> linked = new ArrayList<>();
      Deque<Member> reached = new ArrayDeque<>(List.of(left.remove(0)));
      while (!reached.isEmpty()) {
        Member next = reached.remove();
        linked.add(next);
        List<Member> touched = left.stream().filter(other -> touch(next, other)).toList();
        left.removeAll(touched);
        reached.addAll(touched);
      }
      linked.sort(BY_AGE);
      all.add(linked);
    }
    return all;
  }

  /** Without those that do not reach all; whoever reaches the fewest goes first. */
  private static List<Member> complete(List<Member> linked) {
    List<Member> group = new ArrayList<>(linked);
    while (true) {
      Member loneliest = null;
      long fewest = group.size() - 1;
      for (Member member : group) {
        long reached =
            group.stream().filter(other -> other != member && touch(member, other)).count();
        // Of several the youngest, which comes last.
        if (reached < fewest || (loneliest != null && reached == fewest)) {
          loneliest = member;
          fewest = reached;
        }
      }
      if (loneliest == null) {
        return group;
      }
      group.remove(loneliest);
    }
  }
}
