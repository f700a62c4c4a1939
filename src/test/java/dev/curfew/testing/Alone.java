package dev.curfew.testing;

import dev.curfew.cluster.Membership;
import dev.curfew.cluster.SoleMember;
import dev.curfew.store.Database;
import dev.curfew.store.Member;
import dev.curfew.store.ShardStore;
import java.util.Set;
import java.util.UUID;

/** Nodes that have a database to themselves. */
public final class Alone {
  private Alone() {}

  /** The membership of a new life of a node. */
  public static Membership on(Database database, String node) {
    return Await.result(
        SoleMember.join(
            Member.starting(UUID.randomUUID(), node, Set.of("sessions")),
            new ShardStore(database)));
  }
}
