package dev.curfew.cluster;

import dev.curfew.store.Member;
import dev.curfew.store.ShardOwner;
import dev.curfew.store.ShardStore;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** The member of a cluster that consists of one node: everything is its own. */
public final class SoleMember implements Membership {
  private final Member self;
  private final ShardStore store;
  private volatile Roster roster;

  private SoleMember(Member self, ShardStore store, Roster roster) {
    this.self = self;
    this.store = store;
    this.roster = roster;
  }

  /** A member that knows the owners before it, none of which is alive. */
  public static Future<SoleMember> join(Member self, ShardStore store) {
    return store.owners().map(owners -> new SoleMember(self, store, roster(self, owners)));
  }

  private static Roster roster(Member self, List<ShardOwner> owners) {
    return new Roster(self.id(), Map.of(self.id(), self), Set.of(self.id()), owners);
  }

  @Override
  public UUID self() {
    return self.id();
  }

  @Override
  public boolean isSole() {
    return true;
  }

  @Override
  public Roster roster() {
    return roster;
  }

  /** Never called: whoever else takes a shard of this database is no fellow but a mistake. */
  @Override
  public void watch(Consumer<Roster> changed) {}

  @Override
  public Future<Void> look() {
    return store
        .owners()
        .map(
            owners -> {
              roster = roster(self, owners);
              return null;
            });
  }

  @Override
  public boolean knowsItsShards() {
    return true;
  }

  @Override
  public Future<Void> withdraw() {
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> leave() {
    return Future.succeededFuture();
  }
}
