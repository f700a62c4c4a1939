package dev.curfew.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.bus.Routes;
import dev.curfew.bus.ShardsMoved;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Members of one database, whose network a test splits and mends. */
final class ClusterMembershipTest {
  /** A silent member is found so within the limit, one beat more, and what a busy machine adds. */
  private static final Duration FOUND_SILENT =
      LiveMember.PACE.silence().plus(LiveMember.PACE.interval().multipliedBy(3));

  private final HandDrivenNetwork network = new HandDrivenNetwork();
  private final List<LiveMember> members = new ArrayList<>();
  private DatabaseEndpoint database;

  @BeforeEach
  void createDatabase() throws Exception {
    try (TestStore store = TestStore.open()) {
      database = store.endpoint();
    }
  }

  @AfterEach
  void stop() throws IOException {
    for (LiveMember member : members) {
      member.close();
    }
  }

  private LiveMember join(String name) throws IOException {
    LiveMember member = new LiveMember(name, database, network);
    members.add(member);
    return member;
  }

  private static Set<UUID> ids(LiveMember... members) {
    return Stream.of(members).map(LiveMember::id).collect(Collectors.toSet());
  }

  private static void awaitHosts(Set<UUID> hosts, LiveMember... seenBy) {
    for (LiveMember member : seenBy) {
      Await.until(
          () -> "hosts " + member.roster(),
          FOUND_SILENT,
          () -> member.roster().hosts().equals(hosts));
    }
  }

  private static void awaitLive(Set<UUID> live, LiveMember... seenBy) {
    for (LiveMember member : seenBy) {
      Await.until(
          () -> "live " + member.roster(),
          FOUND_SILENT,
          () -> member.roster().live().keySet().equals(live));
    }
  }

  @Test
  void join_isKnownToAll() throws Exception {
    LiveMember a = join("a");
    assertThat(a.roster().hosts()).isEqualTo(ids(a));
    assertThat(a.roster().owners()).hasSize(256);
    LiveMember b = join("b");
    LiveMember c = join("c");

    awaitHosts(ids(a, b, c), a, b, c);
    assertThat(a.roster().live().get(b.id()).name()).isEqualTo("b");
    assertThat(a.roster().preferred(7)).isEqualTo(c.roster().preferred(7));
    assertThat(a.membership().knowsItsShards()).isTrue();
  }

  @Test
  void kill_isFoundSoonerThanSilence() throws Exception {
    LiveMember a = join("a");
    LiveMember b = join("b");
    awaitHosts(ids(a, b), a, b);
    // Whoever has just joined does not judge so.
    settled(a, b);

    b.kill();

    Await.until(
        "the killed member is dead",
        LiveMember.PACE.interval().multipliedBy(2),
        () -> a.roster().live().keySet().equals(ids(a)));
    assertThat(a.roster().hosts()).isEqualTo(ids(a));
  }

  /** Until each has read without a gap for longer than the limit of silence. */
  private static void settled(LiveMember... members) {
    long until = System.nanoTime() + LiveMember.PACE.silence().plusMillis(500).toNanos();
    for (LiveMember member : members) {
      Await.until(
          "time passes", () -> System.nanoTime() > until && member.membership().knowsItsShards());
    }
  }

  @Test
  void hang_isFoundBySilence_whileItsConnectionsStayAndItIsInTouch() throws Exception {
    LiveMember a = join("a");
    LiveMember b = join("b");
    awaitHosts(ids(a, b), a, b);
    try (LiveMember.Hang hang = b.hang()) {
      awaitLive(ids(a), a);
      assertThat(b.membership().knowsItsShards()).isFalse();
    }

    awaitHosts(ids(a, b), a, b);
    Await.until("confirmed again", b.membership()::knowsItsShards);
  }

  @Test
  void outageForAll_leavesNobodyDead() throws Exception {
    LiveMember a = join("a");
    LiveMember b = join("b");
    LiveMember c = join("c");
    awaitHosts(ids(a, b, c), a, b, c);
    List<LiveMember> all = List.of(a, b, c);
    // The notices of joining are looked into before.
    all.forEach(member -> Await.result(member.membership().look()));
    all.forEach(member -> member.told().clear());

    all.forEach(member -> member.database().cut());
    long until = System.nanoTime() + LiveMember.PACE.silence().multipliedBy(2).toNanos();
    Await.until(
        "an outage longer than silence",
        () -> {
          assertThat(all).allMatch(member -> member.membership().knowsItsShards());
          return System.nanoTime() > until;
        });
    assertThat(Await.failure(a.membership().look())).hasMessageContaining("database");
    // One after the other, so that the first finds the others without connections.
    a.database().mend();
    awaitAnswer(a);
    b.database().mend();
    c.database().mend();
    settled(a, b, c);

    assertThat(all).allSatisfy(member -> assertThat(member.told()).isEmpty());
  }

  private static void awaitAnswer(LiveMember member) {
    Await.until(
        "the database is back",
        () -> Await.result(member.membership().look().map(true).otherwise(false)));
  }

  @Test
  void outageForOne_leavesTheOthersTheCluster() throws Exception {
    LiveMember a = join("a");
    LiveMember b = join("b");
    LiveMember c = join("c");
    awaitHosts(ids(a, b, c), a, b, c);

    Await.result(c.membership().look());
    c.database().cut();
    awaitHosts(ids(a, b), a, b);
    // For all it can know the database is away for everybody.
    assertThat(c.membership().knowsItsShards()).isTrue();
    // The others have taken its shards, and tell.
    c.bus().publish(Routes.SHARDS_MOVED, ShardsMoved.INSTANCE);
    Await.until("word of that has come", () -> !c.membership().knowsItsShards());

    c.database().mend();
    awaitHosts(ids(a, b, c), a, b, c);
    Await.until("confirmed again", c.membership()::knowsItsShards);
  }

  @Test
  void outageForOneThatLosesItsFellows_leavesItKnowingNothing() throws Exception {
    LiveMember a = join("a");
    LiveMember b = join("b");
    awaitHosts(ids(a, b), a, b);

    b.database().cut();
    network.split(List.of(ids(a), ids(b)));

    Await.until("nothing known", () -> !b.membership().knowsItsShards());
    awaitHosts(ids(a), a);
    assertThat(a.membership().knowsItsShards()).isTrue();
  }

  @Test
  void split_isGoneOnWithByTheLargerSide() throws Exception {
    LiveMember a = join("a");
    LiveMember b = join("b");
    LiveMember c = join("c");
    awaitHosts(ids(a, b, c), a, b, c);

    network.split(List.of(ids(a), ids(b, c)));
    awaitHosts(ids(b, c), a, b, c);
    assertThat(a.roster().live().keySet()).isEqualTo(ids(a, b, c));
    assertThat(a.roster().hostsHere()).isFalse();

    network.heal();
    awaitHosts(ids(a, b, c), a, b, c);
  }

  @Test
  void splitInEqualParts_isGoneOnWithByTheOldest() throws Exception {
    LiveMember a = join("a");
    LiveMember b = join("b");
    awaitHosts(ids(a, b), a, b);

    network.split(List.of(ids(a), ids(b)));
    awaitHosts(ids(a), a, b);

    LiveMember c = join("c");
    network.split(List.of(ids(a), ids(b), ids(c)));
    awaitHosts(ids(a), a, b, c);
  }

  @Test
  void leaving_takesItsShardsElsewhereAndItsRowAway() throws Exception {
    LiveMember a = join("a");
    LiveMember b = join("b");
    awaitHosts(ids(a, b), a, b);

    Await.result(b.membership().withdraw());
    assertThat(b.roster().hosts()).isEqualTo(ids(a));
    awaitHosts(ids(a), a);
    assertThat(a.roster().live().get(b.id()).leaving()).isTrue();

    Await.result(b.membership().leave());
    awaitLive(ids(a), a);
    try (DirectSql sql = DirectSql.open(database)) {
      assertThat(sql.column("SELECT name FROM cluster_member")).containsExactly("a");
    }
  }

  @Test
  void lastThatLeaves_hasNobodyToHost() throws Exception {
    LiveMember a = join("a");
    Await.result(a.membership().withdraw());
    assertThat(a.roster().hosts()).isEmpty();
    assertThat(a.roster().preferred(0)).isNull();
  }

  @Test
  void newLifeOfANode_doesNotWaitForTheOldOne() throws Exception {
    LiveMember before = join("a");
    before.take(3);
    before.kill();
    // As long as it takes a node to start.
    try (DirectSql sql = DirectSql.open(database)) {
      sql.run("UPDATE cluster_member SET seen_at = seen_at - interval '5 seconds'");
      Await.until(
          "the server has noticed",
          () ->
              sql.number(
                      "SELECT count(*) FROM pg_stat_activity WHERE application_name = ?",
                      "curfew/" + before.id())
                  == 0);
    }

    LiveMember now = join("a");

    assertThat(now.roster().live().keySet()).isEqualTo(ids(now));
    assertThat(now.roster().owner(3)).isEqualTo(before.id());
    assertThat(now.roster().owners().get(3).node()).isEqualTo("a");
  }

  @Test
  void rowThatSomebodyRemoves_isWrittenAgain() throws Exception {
    LiveMember a = join("a");
    try (DirectSql sql = DirectSql.open(database)) {
      sql.run("DELETE FROM cluster_member");
      Await.until("written again", () -> sql.number("SELECT count(*) FROM cluster_member") == 1);
    }
    assertThat(a.roster().hostsHere()).isTrue();
  }

  @Test
  void rowsOfLongAgo_areForgotten() throws Exception {
    try (DirectSql sql = DirectSql.open(database)) {
      sql.run(
          "INSERT INTO cluster_member (id, name, roles, seen_at)"
              + " VALUES (?, 'old', '{sessions}', now() - interval '2 hours'),"
              + " (?, 'recent', '{sessions}', now() - interval '30 minutes')",
          UUID.randomUUID(),
          UUID.randomUUID());
      LiveMember a = join("a");
      Await.until(
          "only the old one is forgotten",
          () ->
              sql.column("SELECT name FROM cluster_member ORDER BY name")
                  .equals(List.of("a", "recent")));
      assertThat(a.roster().live().keySet()).isEqualTo(ids(a));
    }
  }

  @Test
  void look_seesWhatHasMovedBefore() throws Exception {
    LiveMember a = join("a");
    LiveMember b = join("b");
    b.take(9);

    Await.result(a.membership().look());

    assertThat(a.roster().owner(9)).isEqualTo(b.id());
  }

  @Test
  void notice_isLookedInto() throws Exception {
    LiveMember a = join("a");
    a.take(9);
    a.bus().publish(Routes.SHARDS_MOVED, ShardsMoved.INSTANCE);
    Await.until(
        "looked at once", LiveMember.PACE.interval(), () -> a.id().equals(a.roster().owner(9)));
  }

  @Test
  void watchers_areToldOfChangesOnly() throws Exception {
    LiveMember a = join("a");
    LiveMember b = join("b");
    awaitHosts(ids(a, b), a, b);
    Await.result(a.membership().look());
    Await.result(b.membership().look());
    Await.result(a.membership().look());
    a.told().clear();

    long until = System.nanoTime() + LiveMember.PACE.interval().multipliedBy(4).toNanos();
    Await.until("beats go by", () -> System.nanoTime() > until);
    assertThat(a.told()).isEmpty();

    b.take(1);
    Await.until("told", () -> a.told().size() == 1);
    assertThat(a.told().get(0).owner(1)).isEqualTo(b.id());
  }

  @Test
  void address_isReadByOthers() throws Exception {
    LiveMember a = join("a");
    LiveMember b = join("b");
    b.membership().answersAt("https://b:8443");
    Await.until(
        "read",
        () ->
            a.roster().live().containsKey(b.id())
                && a.roster().live().get(b.id()).address().equals("https://b:8443"));
  }
}
