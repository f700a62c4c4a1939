package dev.curfew.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.store.Member;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members are numbered by age, the oldest first; their ids say nothing of it. */
final class GroupsTest {
  private static UUID id(int number) {
    return new UUID(number * 0x9E3779B97F4A7C15L, number);
  }

  private static Member member(int number, String role, boolean leaving, Integer... touches) {
    Set<UUID> touched = Arrays.stream(touches).map(GroupsTest::id).collect(Collectors.toSet());
    touched.add(id(number));
    return new Member(id(number), "n" + number, Set.of(role), "", number, number, leaving, touched);
  }

  private static Member member(int number, Integer... touches) {
    return member(number, "sessions", false, touches);
  }

  private static Set<UUID> ids(Integer... numbers) {
    return Arrays.stream(numbers).map(GroupsTest::id).collect(Collectors.toSet());
  }

  private static Set<UUID> goingOn(Member... live) {
    return Groups.goingOn(List.of(live));
  }

  @Test
  void all_goOnTogether() {
    assertThat(goingOn(member(1, 2, 3), member(2, 1, 3), member(3, 1, 2))).isEqualTo(ids(1, 2, 3));
  }

  @Test
  void largest_goesOn() {
    assertThat(goingOn(member(1), member(2, 3), member(3, 2))).isEqualTo(ids(2, 3));
  }

  @Test
  void tie_isTheOldests() {
    assertThat(goingOn(member(2), member(1))).isEqualTo(ids(1));
    assertThat(goingOn(member(1, 4), member(2, 3), member(3, 2), member(4, 1)))
        .isEqualTo(ids(1, 4));
  }

  @Test
  void touch_countsWhenItIsMutual() {
    assertThat(goingOn(member(1, 2, 3), member(2, 3), member(3, 2))).isEqualTo(ids(2, 3));
  }

  @Test
  void groupWithoutAHost_doesNotGoOn() {
    assertThat(
            goingOn(
                member(1, "api", false, 2, 3),
                member(2, "api", false, 1, 3),
                member(3, "sessions", true, 1, 2),
                member(4)))
        .isEqualTo(ids(4));
    assertThat(goingOn(member(1, "api", false))).isEmpty();
  }

  @Test
  void memberThatReachesOnlySome_staysOut() {
    // 1 and 3 see each other by way of 2 only.
    assertThat(goingOn(member(1, 2), member(2, 1, 3), member(3, 2))).isEqualTo(ids(1, 2));
    // 4 has lost one of three.
    assertThat(goingOn(member(1, 2, 3, 4), member(2, 1, 3, 4), member(3, 1, 2), member(4, 1, 2)))
        .isEqualTo(ids(1, 2, 3));
  }

  @Test
  void nobody_isNobody() {
    assertThat(goingOn()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void random_findsACompleteGroup_whateverTheOrder(long seed) {
    Random random = new Random(seed);
    for (int run = 0; run < 500; run++) {
      int count = 1 + random.nextInt(8);
      double density = random.nextDouble();
      Map<Integer, Set<Integer>> touches = new HashMap<>();
      for (int from = 0; from < count; from++) {
        for (int to = 0; to < count; to++) {
          if (random.nextDouble() < density) {
            touches.computeIfAbsent(from, none -> new HashSet<>()).add(to);
          }
        }
      }
      List<Member> live = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        live.add(member(i, touches.getOrDefault(i, Set.of()).toArray(Integer[]::new)));
      }
      Set<UUID> found = Groups.goingOn(live);
      Collections.shuffle(live, random);
      assertThat(Groups.goingOn(live)).as("seed %d run %d", seed, run).isEqualTo(found);
      assertThat(found).isNotEmpty();
      List<Member> group = live.stream().filter(one -> found.contains(one.id())).toList();
      assertThat(group)
          .as("seed %d run %d", seed, run)
          .allMatch(one -> group.stream().allMatch(other -> one.touches().contains(other.id())));
    }
  }
}
