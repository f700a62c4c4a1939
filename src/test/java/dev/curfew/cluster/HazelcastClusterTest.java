package dev.curfew.cluster;

import dev.curfew.testing.Await;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Members that are processes of their own, on this machine. */
class HazelcastClusterTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  /** Heartbeats may be missing for five seconds; a busy machine is given some more. */
  private static final Duration SILENCE = Duration.ofSeconds(12);

  /** Takes under a second where the machine has nothing else to do. */
  private static final Duration GONE = Duration.ofSeconds(10);

  private Members members;

  @BeforeEach
  void start() throws IOException {
    members = Members.startTogether(3);
  }

  @AfterEach
  void stop() {
    members.close();
  }

  /** PITFALLS 24: a member that was taken for dead is told everything again, and tells. */
  @Test
  void routes_workAgainAfterAMemberWasStoppedForLong() {
    members.awaitTouch(SOON);
    members.awaitRoutes(SOON);
    MemberProcess frozen = members.get(1);

    frozen.setSuspended(true);
    Members.awaitTouch(SILENCE, members.get(0), members.get(2));
    frozen.setSuspended(false);

    members.awaitTouch(Duration.ofSeconds(40));
    members.awaitRoutes(SOON);
  }

  /**
   * PITFALLS 24: what a member that is late after a split deletes of its fellows' addresses. Nobody
   * is told of such a deletion.
   */
  @Test
  void routes_workAgainAfterTheRegistryWasEmptied() {
    members.awaitTouch(SOON);

    members.get(2).damageRegistry();

    members.awaitRoutes(SOON);
  }

  @Test
  void member_thatIsKilledOrLeaves_isMissedSoon() throws Exception {
    members.awaitTouch(SOON);

    members.get(2).kill();
    Members.awaitTouch(GONE, members.get(0), members.get(1));

    members.get(1).leave();
    Members.awaitTouch(GONE, members.get(0));
    Await.until("no answer", SOON, () -> members.get(0).ask(members.get(1)).startsWith("no"));
  }
}
