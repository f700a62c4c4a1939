package dev.curfew.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.store.Member;
import dev.curfew.store.ShardOwner;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RosterChecksTest {
  private static final UUID ONE = new UUID(0, 1);
  private static final UUID TWO = new UUID(0, 2);
  private static final UUID GONE = new UUID(0, 9);

  private static Member member(UUID id, String role, boolean leaving, UUID... touches) {
    return new Member(
        id,
        "curfew-" + id.getLeastSignificantBits(),
        Set.of(role),
        "",
        1,
        2,
        leaving,
        Set.of(touches));
  }

  private static ShardOwner shard(UUID owner) {
    return new ShardOwner(owner, "curfew", 3);
  }

  /** As the first of the members sees it. */
  private static Roster roster(Set<UUID> hosts, List<ShardOwner> owners, Member... live) {
    Map<UUID, Member> members =
        Stream.of(live).collect(Collectors.toMap(Member::id, Function.identity()));
    return new Roster(live[0].id(), members, hosts, owners);
  }

  @Test
  void shards_ofLiveMembersAreWell() {
    Roster roster =
        roster(
            Set.of(TWO),
            List.of(shard(TWO), shard(TWO)),
            member(ONE, "api", false, ONE, TWO),
            member(TWO, "sessions", false, ONE, TWO));

    assertThat(RosterChecks.shards(roster)).isNull();
    assertThat(RosterChecks.company(roster)).isNull();
    assertThat(roster.shardsOf(TWO)).isEqualTo(2);
    assertThat(roster.misplaced()).isEmpty();
  }

  @Test
  void shards_ofNobodyOrOfTheDeadAreNamed() {
    Roster roster =
        roster(
            Set.of(),
            List.of(shard(null), shard(GONE), shard(GONE)),
            member(ONE, "api", false, ONE));

    assertThat(RosterChecks.shards(roster))
        .isEqualTo(
            "1 of 3 shards are nobody's; 2 of 3 shards are those of members that are not alive;"
                + " no member hosts sessions");
    assertThat(roster.unowned()).containsExactly(0);
    assertThat(roster.orphaned()).containsExactly(1, 2);
  }

  @Test
  void shards_ofWhoShouldHandThemOverAreFound() {
    Roster roster =
        roster(
            Set.of(TWO),
            List.of(shard(ONE), shard(TWO)),
            member(ONE, "sessions", true, ONE, TWO),
            member(TWO, "sessions", false, ONE, TWO));

    assertThat(roster.misplaced()).containsExactly(0);
    assertThat(RosterChecks.shards(roster)).isNull();
    assertThat(RosterChecks.company(roster)).isNull();
  }

  @Test
  void host_outsideOfTheGroupThatGoesOnSaysWhomItMisses() {
    Roster roster =
        roster(
            Set.of(TWO),
            List.of(shard(TWO)),
            member(ONE, "sessions", false, ONE),
            member(TWO, "sessions", false, TWO));

    assertThat(RosterChecks.company(roster))
        .isEqualTo("cut off from the members that go on: not in touch with curfew-2");
  }

  @Test
  void memberWithoutSessions_needsAHostInTouch() {
    Member cutOff = member(ONE, "api", false, ONE);
    Member host = member(TWO, "sessions", false, TWO);

    assertThat(RosterChecks.company(roster(Set.of(TWO), List.of(shard(TWO)), cutOff, host)))
        .contains("curfew-2");
    assertThat(
            RosterChecks.company(
                roster(
                    Set.of(TWO), List.of(shard(TWO)), member(ONE, "api", false, ONE, TWO), host)))
        .isNull();
  }
}
