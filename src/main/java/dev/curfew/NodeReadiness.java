package dev.curfew;

import dev.curfew.api.Departure;
import dev.curfew.api.NodePages.Check;
import dev.curfew.cluster.ClusterClock;
import dev.curfew.cluster.Membership;
import dev.curfew.cluster.RosterChecks;
import dev.curfew.shard.ShardHost;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What must hold for a node to be sent requests. */
final class NodeReadiness {
  /** A clock that may be further off than this must not decide when sessions end. */
  private static final long WIDEST_CLOCK_ERROR_MILLIS = 1_000;

  private NodeReadiness() {}

  /**
   * The checks by name, in the order in which they are shown.
   *
   * @param installed whether the installation is known to be complete
   */
  static Map<String, Check> checks(
      NodeBasis basis, ShardHost shards, Departure departure, BooleanSupplier installed) {
    ClusterClock clock = basis.clock();
    Membership membership = basis.membership();
    Map<String, Check> checks = new LinkedHashMap<>();
    checks.put(
        "installation", () -> installed.getAsBoolean() ? null : "the node is still starting");
    checks.put("leaving", () -> departure.announced() ? "the node is leaving" : null);
    checks.put("database", () -> clock.databaseAnswers() ? null : "the database does not answer");
    checks.put("shards", () -> shards(membership, shards));
    checks.put("clock", () -> clock(clock));
    if (!membership.isSole()) {
      checks.put("members", () -> RosterChecks.company(membership.roster()));
    }
    return checks;
  }

  /** One that hosts none, too, is of no use while nobody serves what it is asked for. */
  private static @Nullable String shards(Membership membership, ShardHost shards) {
    int missing = shards.shardsMissing();
    if (missing > 0) {
      return missing + " of " + shards.shardCount() + " shards are to be served here and are not";
    }
    return membership.isSole() ? null : RosterChecks.shards(membership.roster());
  }

  private static @Nullable String clock(ClusterClock clock) {
    long error = clock.errorMillis();
    return error <= WIDEST_CLOCK_ERROR_MILLIS
        ? null
        : "the cluster clock may be off by "
            + error
            + " ms, more than "
            + WIDEST_CLOCK_ERROR_MILLIS
            + " ms";
  }
}
