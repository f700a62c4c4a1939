package dev.curfew.shard;

import dev.curfew.cluster.Membership;
import dev.curfew.cluster.Roster;
import dev.curfew.store.Member;
import dev.curfew.store.ShardOwner;
import dev.curfew.store.ShardStore;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** A member whose fellows come and go by a test's word; whose the shards are, the rows say. */
final class HandDrivenMembership implements Membership {
  private final Member member;
  private final ShardStore store;
  private final List<Consumer<Roster>> watchers = new CopyOnWriteArrayList<>();
  private final Map<UUID, Member> live = new ConcurrentHashMap<>();
  private final Set<UUID> hosts = ConcurrentHashMap.newKeySet();
  private volatile List<ShardOwner> owners;
  private volatile boolean knows = true;
  private volatile CountDownLatch heldUp = new CountDownLatch(0);

  /**
   * @param owners as read before
   */
  HandDrivenMembership(String name, ShardStore store, List<ShardOwner> owners) {
    this.member = Member.starting(UUID.randomUUID(), name, Set.of("sessions"));
    this.store = store;
    this.owners = owners;
    live.put(member.id(), member);
  }

  Member member() {
    return member;
  }

  /** Sees another, and hosts shards together with these. */
  void see(Set<Member> fellows, Set<Member> hosting) {
    live.keySet().retainAll(Set.of(member.id()));
    fellows.forEach(fellow -> live.put(fellow.id(), fellow));
    hosts.clear();
    hosting.forEach(host -> hosts.add(host.id()));
    tell();
  }

  /** Whether what it has in memory may be believed. */
  void knows(boolean now) {
    knows = now;
  }

  /**
   * Holds up whoever asks whether it is alone, as a host does when it has brought up a shard: a
   * node whose threads get no time.
   */
  void holdUp(CountDownLatch until) {
    heldUp = until;
  }

  @Override
  public boolean isSole() {
    try {
      heldUp.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private void tell() {
    Roster roster = roster();
    watchers.forEach(watcher -> watcher.accept(roster));
  }

  @Override
  public UUID self() {
    return member.id();
  }

  @Override
  public Roster roster() {
    return new Roster(member.id(), live, hosts, owners);
  }

  @Override
  public void watch(Consumer<Roster> changed) {
    watchers.add(changed);
  }

  @Override
  public Future<Void> look() {
    return store
        .owners()
        .map(
            read -> {
              if (!read.equals(owners)) {
                owners = read;
                tell();
              }
              return null;
            });
  }

  @Override
  public boolean knowsItsShards() {
    return knows;
  }

  @Override
  public Future<Void> withdraw() {
    hosts.remove(member.id());
    tell();
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> leave() {
    return Future.succeededFuture();
  }
}
