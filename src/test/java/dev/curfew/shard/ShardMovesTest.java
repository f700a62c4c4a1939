package dev.curfew.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.bus.Bus;
import dev.curfew.bus.Routes;
import dev.curfew.cluster.ClusterClock;
import dev.curfew.session.Command;
import dev.curfew.session.NewSession;
import dev.curfew.session.Outcome;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import dev.curfew.session.Terms;
import dev.curfew.store.Member;
import dev.curfew.store.SessionStore;
import dev.curfew.store.ShardOwner;
import dev.curfew.store.ShardStore;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes of one cluster and their shards, while members come, hang, leave and die. */
class ShardMovesTest {
  private static final long HOUR = 3_600_000;
  private static final int SHARDS = 256;

  private TestStore store;
  private DirectSql sql;
  private SessionStore sessions;
  private ShardStore owners;
  private Bus bus;
  private ClusterClock clock;
  private Node one;
  private Node two;

  /** A host of shards and its place in the cluster. */
  private final class Node {
    final HandDrivenMembership membership;
    final ShardHost host;

    Node(String name) {
      List<ShardOwner> read = Await.result(owners.owners());
      membership = new HandDrivenMembership(name, owners, read);
      host =
          Await.result(
              ShardHost.create(
                  store.vertx(),
                  store.database(),
                  membership,
                  clock,
                  bus,
                  session -> Future.succeededFuture(),
                  new ShardHost.Options(name, Duration.ofSeconds(5), Duration.ofMillis(50))));
      Await.result(bus.subscribe(Routes.SHARDS_MOVED, moved -> membership.look()));
    }

    Member member() {
      return membership.member();
    }

    Outcome ask(Command command) {
      return Await.result(host.sessions().ask(command));
    }

    Outcome.Done done(Command command) {
      return (Outcome.Done) ask(command);
    }
  }

  @BeforeEach
  void open() throws Exception {
    store = TestStore.open();
    sql = DirectSql.open(store.endpoint());
    sessions = new SessionStore(store.database());
    owners = new ShardStore(store.database());
    bus = new Bus(store.vertx());
    clock = Await.result(ClusterClock.start(store.vertx(), store.database()));
    one = new Node("one");
    two = new Node("two");
  }

  @AfterEach
  void close() throws Exception {
    Await.result(one.host.close());
    Await.result(two.host.close());
    clock.close();
    sql.close();
    store.close();
  }

  /** Both see both; these host shards. */
  private void cluster(Node... hosting) {
    Set<Member> members = Set.of(one.member(), two.member());
    Set<Member> hosts = new java.util.HashSet<>();
    for (Node host : hosting) {
      hosts.add(host.member());
    }
    one.membership.see(members, hosts);
    two.membership.see(members, hosts);
  }

  private void serveTogether() {
    cluster(one, two);
    Await.result(one.host.serve());
    Await.result(two.host.serve());
    awaitServed();
  }

  private void awaitServed() {
    Await.until(
        () -> one.host.shardsServed() + " and " + two.host.shardsServed() + " shards are served",
        Duration.ofSeconds(20),
        () ->
            one.host.shardsServed() + two.host.shardsServed() == SHARDS
                && one.host.shardsMissing() == 0
                && two.host.shardsMissing() == 0
                && agreeOnOwners());
  }

  private boolean agreeOnOwners() {
    List<ShardOwner> rows = Await.result(owners.owners());
    return rows.equals(one.membership.roster().owners())
        && rows.equals(two.membership.roster().owners());
  }

  private NewSession session(SessionKind kind, long duration, long staleAfter) {
    long numericId = Await.result(sessions.numericIds(1)).get(0);
    return new NewSession(
        UUID.randomUUID(),
        numericId,
        kind,
        23,
        new Terms(1, 1, 8 * HOUR, 0, staleAfter),
        0,
        duration,
        false,
        kind.ownedByProcess() ? "psm-1" : null,
        false,
        NewSession.Details.NONE);
  }

  private NewSession open(Node by) {
    NewSession session = session(SessionKind.ACCESS, HOUR, 0);
    by.done(new Command.Create(session, HostedNode.USER));
    return session;
  }

  private static Command.Extend extension(NewSession session) {
    return new Command.Extend(session.id(), 1_000, HostedNode.USER);
  }

  // Where a command arrives

  @Test
  void command_findsItsShardFromAnyNode() {
    serveTogether();
    Map<NewSession, Long> deadlines = new LinkedHashMap<>();
    for (int i = 0; i < 40; i++) {
      NewSession session = open(i % 2 == 0 ? one : two);
      deadlines.put(session, one.done(extension(session)).session().expiresAt());
    }
    deadlines.forEach(
        (session, deadline) -> {
          assertThat(two.done(new Command.Observe(session.id())).session().expiresAt())
              .isEqualTo(deadline);
          assertThat(two.done(extension(session)).session().expiresAt())
              .isEqualTo(deadline + 1_000);
        });
    assertThat(one.host.sessionsHeld()).isBetween(1L, 39L);
    assertThat(one.host.sessionsHeld() + two.host.sessionsHeld()).isEqualTo(40);
    assertThat(one.host.routes().commandsForwarded()).isPositive();
    assertThat(one.host.routes().commandsUnanswered()).isZero();
  }

  @Test
  void nodeWithoutShards_passesEverythingOn() {
    cluster(one);
    Await.result(one.host.serve());
    Await.result(two.host.serve());
    awaitServed();
    NewSession session = open(two);
    assertThat(two.ask(new Command.Revoke(session.id(), HostedNode.ADMIN, "over")))
        .isInstanceOf(Outcome.Done.class);
    assertThat(one.ask(new Command.Observe(session.id()))).isEqualTo(Outcome.NotLive.INSTANCE);
    assertThat(two.host.shardsServed()).isZero();
  }

  // Coming and leaving

  /** Asks both nodes in turn for as long as it runs; each answer must be a yes. */
  private final class Load implements AutoCloseable {
    private final AtomicBoolean over = new AtomicBoolean();
    private final Map<NewSession, AtomicInteger> extended = new LinkedHashMap<>();
    private final List<CompletableFuture<Void>> clients = new ArrayList<>();

    Load(int sessions) {
      for (int i = 0; i < sessions; i++) {
        NewSession session = open(one);
        AtomicInteger count = new AtomicInteger();
        extended.put(session, count);
        clients.add(CompletableFuture.runAsync(() -> run(session, count)));
      }
    }

    private void run(NewSession session, AtomicInteger count) {
      while (!over.get()) {
        Node node = count.get() % 2 == 0 ? one : two;
        node.done(extension(session));
        count.incrementAndGet();
      }
    }

    void awaitMore(int each) {
      Map<NewSession, Integer> before = new LinkedHashMap<>();
      extended.forEach((session, count) -> before.put(session, count.get()));
      Await.until(
          "all go on",
          () ->
              clients.stream().anyMatch(CompletableFuture::isCompletedExceptionally)
                  || before.entrySet().stream()
                      .allMatch(
                          entry -> extended.get(entry.getKey()).get() >= entry.getValue() + each));
    }

    @Override
    public void close() {
      over.set(true);
      clients.forEach(CompletableFuture::join);
    }

    /** Every extension that was answered is there, and none twice. */
    void assertEachDoneOnce() throws Exception {
      for (Map.Entry<NewSession, AtomicInteger> entry : extended.entrySet()) {
        assertThat(
                sql.number(
                    "SELECT ms(expires_at) - ms(started_at) FROM session WHERE id = ?",
                    entry.getKey().id()))
            .isEqualTo(HOUR + 1_000L * entry.getValue().get());
      }
    }
  }

  /** No command fails or is carried out twice, non-idempotent ones included. */
  @Test
  void membersThatComeAndLeave_failNoCommand() throws Exception {
    cluster(one);
    Await.result(one.host.serve());
    Await.result(two.host.serve());
    awaitServed();
    Load load = new Load(6);
    try (load) {
      for (int i = 0; i < 3; i++) {
        cluster(one, two);
        load.awaitMore(3);
        awaitServed();
        cluster(i % 2 == 0 ? two : one);
        load.awaitMore(3);
        awaitServed();
      }
    }
    load.assertEachDoneOnce();
    assertThat(sql.number("SELECT count(*) FROM shard_owner WHERE member IS NULL")).isZero();
  }

  @Test
  void leaving_isDoneWhenOthersServeAll() {
    serveTogether();
    NewSession session = open(one);
    Future<Void> handedOver = one.host.handAllOver(Duration.ofSeconds(15));
    cluster(two);
    Await.result(handedOver);
    assertThat(one.host.shardsServed()).isZero();
    assertThat(one.done(extension(session)).changed()).isTrue();
    // The last ones are its own already and may still be loading.
    Await.until("all served", () -> two.host.shardsServed() == SHARDS);
  }

  @Test
  void leaving_ofTheLastDoesNotWaitForAnybody() {
    serveTogether();
    one.membership.see(Set.of(one.member()), Set.of(one.member()));
    Await.until("all are its own", () -> one.host.shardsServed() == SHARDS);
    Await.result(one.host.handAllOver(Duration.ofSeconds(15)));
  }

  // Dying

  /** PITFALLS 25: the rows decide, whatever either believes of the other. */
  @Test
  void nodeTakenForDead_changesNothingMore() throws Exception {
    serveTogether();
    List<NewSession> open = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      open.add(open(one));
    }
    // Two takes one for dead, which knows nothing of it.
    two.membership.see(Set.of(two.member()), Set.of(two.member()));
    Await.until("taken over", () -> two.host.shardsServed() == SHARDS);
    for (NewSession session : open) {
      two.done(new Command.Revoke(session.id(), HostedNode.ADMIN, "over"));
      // Whatever it decides by what it remembers finds no place.
      assertThat(one.ask(extension(session))).isEqualTo(Outcome.NotLive.INSTANCE);
      assertThat(sql.number("SELECT state FROM session WHERE id = ?", session.id()))
          .isEqualTo(SessionState.ENDED.code());
    }
  }

  /** PITFALLS 4: what it remembers may long be over; it asks before it answers. */
  @Test
  void nodeThatMayHaveBeenReplaced_answersNothingFromMemory() {
    serveTogether();
    List<NewSession> open = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      open.add(open(one));
    }
    // It sleeps; two takes over and ends everything.
    one.membership.knows(false);
    two.membership.see(Set.of(two.member()), Set.of(two.member()));
    Await.until("taken over", () -> two.host.shardsServed() == SHARDS);
    open.forEach(session -> two.done(new Command.Revoke(session.id(), HostedNode.ADMIN, "over")));
    // It wakes, and is asked before it has heard anything.
    List<Future<Outcome>> answers =
        open.stream()
            .map(session -> one.host.sessions().ask(new Command.Heartbeat(session.id(), "psm-1")))
            .toList();
    Await.result(one.membership.look());
    one.membership.knows(true);
    answers.forEach(answer -> assertThat(Await.result(answer)).isEqualTo(Outcome.NotLive.INSTANCE));
  }

  @Test
  void ownerThatDoesNotHandOver_isTakenFromAfterAWhile() {
    cluster(one);
    Await.result(one.host.serve());
    Await.result(two.host.serve());
    awaitServed();
    NewSession session = open(one);
    // One does not notice that it should hand over, though it is alive.
    two.membership.see(Set.of(one.member(), two.member()), Set.of(two.member()));
    Await.until("taken", () -> two.host.shardsServed() == SHARDS);
    assertThat(two.done(new Command.Observe(session.id())).session().id()).isEqualTo(session.id());
    assertThat(one.done(extension(session)).changed()).isTrue();
  }

  /** The next owner, which never serves it, for every shard that somebody takes. */
  private static final String THIEF =
      """
      CREATE FUNCTION steal() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE shard_owner SET epoch = epoch + 1, member = gen_random_uuid()
        WHERE shard = NEW.shard;
        RETURN NULL;
      END $$;
      CREATE TRIGGER steal AFTER UPDATE ON shard_owner FOR EACH ROW
        WHEN (pg_trigger_depth() = 0 AND NEW.epoch > OLD.epoch) EXECUTE FUNCTION steal();
      """;

  /** A node that gets little time to run may lose a shard before it knows that it serves it. */
  @Test
  void shardLostWhileItIsBroughtUp_isTakenAgain() throws Exception {
    cluster(one);
    Await.result(one.host.serve());
    Await.result(two.host.serve());
    awaitServed();
    for (int i = 0; i < 40; i++) {
      one.done(new Command.Create(session(SessionKind.ACCESS, 1_000, 0), HostedNode.USER));
    }
    Await.result(one.host.close());
    assertThat(sql.number("SELECT count(*) FROM session WHERE state < 4")).isPositive();
    Await.until(
        "what is left is overdue, so that whoever takes it has something to commit",
        () ->
            sql.number(
                    "SELECT count(*) FROM session WHERE state < 4"
                        + " AND expires_at > clock_timestamp()")
                == 0);
    sql.run(THIEF);
    CountDownLatch busy = new CountDownLatch(1);
    two.membership.holdUp(busy);
    two.membership.see(Set.of(two.member()), Set.of(two.member()));
    AtomicInteger most = new AtomicInteger();
    Await.until(
        "some have found that they were taken",
        () -> {
          int served = two.host.shardsServed();
          return served < most.getAndUpdate(before -> Math.max(before, served));
        });
    sql.run("DROP TRIGGER steal ON shard_owner");
    busy.countDown();

    Await.until(
        () -> two.host.shardsServed() + " are served",
        Duration.ofSeconds(20),
        () -> two.host.shardsServed() == SHARDS);
    Await.until(
        "what was overdue is ended",
        () -> sql.number("SELECT count(*) FROM session WHERE state < 4") == 0);
  }
}
