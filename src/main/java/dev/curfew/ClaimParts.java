package dev.curfew;

import dev.curfew.bus.Claims;
import dev.curfew.claim.ClaimCoordinator;
import dev.curfew.claim.ClaimsForOthers;
import dev.curfew.claim.RemoteClaims;
import dev.curfew.cluster.Membership;
import dev.curfew.config.NodeRole;
import dev.curfew.store.ClaimStore;
import dev.curfew.store.Member;
import io.vertx.core.Deployable;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The way to recordings that wait for a worker: here where the node's roles say so, else by way of
 * the members that have the role.
 *
 * @param verticles what is to run for it, in this order
 */
record ClaimParts(Claims claims, List<Supplier<Deployable>> verticles) {
  static ClaimParts of(NodeBasis basis) {
    ClaimStore store = new ClaimStore(basis.database());
    if (!basis.config().node().roles().contains(NodeRole.CLAIMS)) {
      RemoteClaims remote =
          new RemoteClaims(
              store,
              basis.bus(),
              () -> handingOut(basis.membership()),
              RemoteClaims.Options.DEFAULT);
      return new ClaimParts(remote, List.of(() -> remote));
    }
    ClaimCoordinator coordinator =
        new ClaimCoordinator(
            store,
            basis.bus(),
            ClaimCoordinator.Options.withLease(basis.config().recording().lease()));
    return new ClaimParts(
        coordinator,
        List.of(
            () -> coordinator,
            () -> new ClaimsForOthers(coordinator, basis.bus(), basis.membership().self())));
  }

  private static List<UUID> handingOut(Membership membership) {
    return membership.roster().live().values().stream()
        .filter(member -> member.roles().contains(NodeRole.CLAIMS.toString()))
        .map(Member::id)
        .toList();
  }
}
