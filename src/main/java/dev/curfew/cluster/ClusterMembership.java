package dev.curfew.cluster;

import dev.curfew.bus.Bus;
import dev.curfew.bus.Routes;
import dev.curfew.bus.ShardsMoved;
import dev.curfew.store.Member;
import dev.curfew.store.MemberStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

public final class ClusterMembership implements Membership {
  private final Member self;
  private final MemberStore store;
  private final Contacts contacts;
  private final Bus bus;
  private final List<Consumer<Roster>> watchers = new CopyOnWriteArrayList<>();
  private volatile Roster roster;
  private volatile boolean leaving;
  private volatile long confirmed = System.nanoTime();

  private ClusterMembership(MemberStore store, Contacts contacts, Bus bus, Member self) {
    this.store = store;
    this.contacts = contacts;
    this.bus = bus;
    this.self = self;
    this.roster = new Roster(self.id(), Map.of(), Set.of(), List.of());
  }

  public static Future<ClusterMembership> join(
      Vertx vertx, MemberStore store, Contacts contacts, Bus bus, Member self) {
    ClusterMembership m = new ClusterMembership(store, contacts, bus, self);
    return m.look()
        .compose(seen -> bus.subscribe(Routes.SHARDS_MOVED, moved -> m.look()))
        .map(
            seen -> {
              contacts.watch(m::look);
              vertx.setPeriodic(1000, t -> m.look());
              bus.publish(Routes.SHARDS_MOVED, ShardsMoved.INSTANCE);
              return m;
            });
  }

  @Override
  public UUID self() {
    return self.id();
  }

  @Override
  public Roster roster() {
    return roster;
  }

  @Override
  public void watch(Consumer<Roster> changed) {
    watchers.add(changed);
  }

  @Override
  public Future<Void> look() {
    Set<UUID> touch = contacts.inTouch();
    long sent = System.nanoTime();
    return store
        .beat(
            new Member(self.id(), self.name(), self.roles(), self.address(), 0, 0, leaving, touch))
        .map(
            beat -> {
              confirmed = sent;
              long now = beat.members().stream().mapToLong(Member::seenAt).max().orElse(0);
              Map<UUID, Member> live = new HashMap<>();
              Set<UUID> hosts = new HashSet<>();
              for (Member m : beat.members()) {
                if (now - m.seenAt() < 3500 && touch.contains(m.id())) {
                  live.put(m.id(), m);
                  if (m.hostsSessions() && !m.leaving()) {
                    hosts.add(m.id());
                  }
                }
              }
              Roster next = new Roster(self.id(), live, hosts, beat.owners());
              roster = next;
              watchers.forEach(w -> w.accept(next));
              return null;
            });
  }

  @Override
  public boolean knowsItsShards() {
    return System.nanoTime() - confirmed < 3_000_000_000L;
  }

  @Override
  public Future<Void> withdraw() {
    leaving = true;
    return look().onSuccess(seen -> bus.publish(Routes.SHARDS_MOVED, ShardsMoved.INSTANCE));
  }

  @Override
  public Future<Void> leave() {
    return store.remove(self.id()).otherwiseEmpty();
  }
}
