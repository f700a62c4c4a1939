package dev.curfew;

import dev.curfew.bus.Claims;
import dev.curfew.claim.ClaimCoordinator;
import dev.curfew.claim.ClaimsForOthers;
import dev.curfew.claim.RemoteClaims;
import dev.curfew.cluster.Membership;
import dev.curfew.cluster.Roster;
import dev.curfew.config.NodeRole;
import dev.curfew.store.ClaimStore;
import dev.curfew.store.Member;
import io.vertx.core.Deployable;
import java.util.List;
import java.util.UUID;

/**
 * Who hands out recordings to this node and to those who ask it: with role {@code claims} it does,
 * to members without it too; else it asks one that does.
 *
 * @param parts to be deployed in this order
 */
record NodeClaims(Claims claims, List<Deployable> parts) {

  static NodeClaims of(NodeBasis basis) {
    ClaimStore store = new ClaimStore(basis.database());
    Membership membership = basis.membership();
    if (!basis.config().node().roles().contains(NodeRole.CLAIMS)) {
      RemoteClaims elsewhere =
          new RemoteClaims(
              store,
              basis.bus(),
              () -> handingOut(membership.roster()),
              RemoteClaims.Options.DEFAULT);
      return new NodeClaims(elsewhere, List.of(elsewhere));
    }
    ClaimCoordinator here =
        new ClaimCoordinator(
            store,
            basis.bus(),
            ClaimCoordinator.Options.withLease(basis.config().recording().lease()));
    return new NodeClaims(
        here,
        membership.isSole()
            ? List.of(here)
            : List.of(here, new ClaimsForOthers(here, basis.bus(), membership.self())));
  }

  private static List<UUID> handingOut(Roster roster) {
    String role = NodeRole.CLAIMS.toString();
    return roster.live().values().stream()
        .filter(member -> member.roles().contains(role) && !member.leaving())
        .map(Member::id)
        .toList();
  }
}
