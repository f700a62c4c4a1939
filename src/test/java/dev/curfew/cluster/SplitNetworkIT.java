package dev.curfew.cluster;

import dev.curfew.testing.Await;
import dev.curfew.testing.NetworkLab;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PITFALLS 24: after the network between members heals, all routes of the event bus work again. */
@Tag("full")
class SplitNetworkIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration SILENCE = Duration.ofSeconds(15);
  private static final Duration HEALING = Duration.ofSeconds(60);

  private static final Duration PARTING = Duration.ofSeconds(40);
  private static final int ROUNDS = Integer.getInteger("splits", 4);

  private NetworkLab lab;
  private Members members;

  @BeforeEach
  void start() {
    lab = NetworkLab.open(3);
    members = Members.startIn(lab, 3);
    members.awaitTouch(SOON);
    members.awaitRoutes(SOON);
  }

  @AfterEach
  void stop() {
    members.close();
    lab.close();
  }

  @Test
  void routes_workAgainAfterOneWasAlone() {
    lab.split(Set.of(lab.host(2)));
    Members.awaitTouch(SILENCE, members.get(2));
    Members.awaitTouch(SILENCE, members.get(0), members.get(1));

    lab.mend();

    members.awaitTouch(HEALING);
    members.awaitRoutes(SOON);
  }

  /** Each still reaches the third, but commands go from any to any: one of the two has to go. */
  @Test
  void members_thatDoNotReachEachOther_partThoughAThirdReachesBoth() {
    lab.cut(lab.host(1), lab.host(2));

    Await.until(
        "one of the two is alone",
        PARTING,
        () -> {
          Set<UUID> master = members.get(0).inTouch();
          int third = master.contains(members.get(1).id()) ? 2 : 1;
          return master.size() == 2
              && members.get(3 - third).inTouch().equals(master)
              && members.get(third).inTouch().size() == 1;
        });

    lab.mend();
    members.awaitTouch(HEALING);
    members.awaitRoutes(SOON);
  }

  /**
   * Whatever is cut and mended, in whatever phase of noticing it: what each part deletes of the
   * others must not outlast the healing.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void routes_workAgainAfterManySplits(long seed) throws InterruptedException {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      int one = random.nextInt(3);
      lab.cut(lab.host(one), lab.host((one + 1) % 3));
      if (random.nextBoolean()) {
        lab.split(Set.of(lab.host(random.nextInt(3))));
      }
      // Not for luck: the point is to mend at any time.
      Thread.sleep(random.nextInt(3_000, 9_000));
      lab.mend();
      Thread.sleep(random.nextInt(0, 4_000));
    }

    members.awaitTouch(HEALING);
    members.awaitRoutes(SOON);
  }

  /** The oldest member is Hazelcast's master: its going away takes another way there. */
  @Test
  void routes_workAgainAfterTheOldestWasAlone() {
    lab.split(Set.of(lab.host(0)));
    Members.awaitTouch(SILENCE, members.get(0));
    Members.awaitTouch(SILENCE, members.get(1), members.get(2));

    lab.mend();

    members.awaitTouch(HEALING);
    members.awaitRoutes(SOON);
  }
}
