package dev.curfew.cluster;

import dev.curfew.bus.Bus;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.store.Member;
import dev.curfew.store.MemberStore;
import dev.curfew.store.ShardOwner;
import dev.curfew.store.ShardStore;
import dev.curfew.testing.Await;
import dev.curfew.testing.CuttableLink;
import dev.curfew.testing.TestStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A member with connections, an event loop and a way to the database of its own. */
final class LiveMember implements AutoCloseable {
  /** Half as long as a node's own, so that tests are quick. */
  static final ClusterMembership.Options PACE =
      new ClusterMembership.Options(Duration.ofMillis(500), Duration.ofMillis(1750));

  private final Member self;
  private final CuttableLink link;
  private final TestStore store;
  private final Bus bus;
  private final ClusterMembership membership;
  private final HandDrivenNetwork network;
  private final List<Roster> told = new CopyOnWriteArrayList<>();
  private boolean killed;

  LiveMember(String name, DatabaseEndpoint database, HandDrivenNetwork network) throws IOException {
    this.self = Member.starting(UUID.randomUUID(), name, Set.of("sessions"));
    this.network = network;
    this.link = CuttableLink.to(database);
    this.store = TestStore.open(link.endpoint(), self.id());
    this.bus = new Bus(store.vertx());
    this.membership =
        Await.result(
            ClusterMembership.join(
                store.vertx(),
                new MemberStore(store.database()),
                network.join(self.id()),
                bus,
                self,
                PACE));
    membership.watch(told::add);
  }

  UUID id() {
    return self.id();
  }

  ClusterMembership membership() {
    return membership;
  }

  Roster roster() {
    return membership.roster();
  }

  /** Every roster that it was told of. */
  List<Roster> told() {
    return told;
  }

  CuttableLink database() {
    return link;
  }

  Bus bus() {
    return bus;
  }

  void take(int shard) {
    ShardStore shards = new ShardStore(store.database());
    List<ShardOwner> owners = Await.result(shards.owners());
    Await.result(shards.take(shard, self.name(), self.id(), owners.get(shard).epoch()));
  }

  /** Its process ends: its connections with it, and nobody reaches it. */
  void kill() {
    killed = true;
    network.vanish(self.id());
    Await.result(store.vertx().close());
    link.cut();
  }

  /** It does nothing for as long as the result is not closed; its connections stay. */
  Hang hang() throws InterruptedException {
    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    membership
        .context()
        .runOnContext(
            none -> {
              hanging.countDown();
              try {
                end.await();
              } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
              }
            });
    hanging.await();
    return end::countDown;
  }

  @FunctionalInterface
  interface Hang extends AutoCloseable {
    @Override
    void close();
  }

  @Override
  public void close() throws IOException {
    if (!killed) {
      Await.result(membership.leave());
      store.close();
    }
    link.close();
  }
}
