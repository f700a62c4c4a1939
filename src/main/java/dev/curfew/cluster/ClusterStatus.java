package dev.curfew.cluster;

import dev.curfew.store.ClusterReads;
import dev.curfew.store.Database;
import dev.curfew.store.Member;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Says how the cluster is, as this member sees it. */
public final class ClusterStatus {
  /** A database that takes longer is said not to answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Membership membership;
  private final ClusterClock clock;
  private final ClusterReads reads;

  public ClusterStatus(Membership membership, ClusterClock clock, Database database) {
    this.membership = membership;
    this.clock = clock;
    this.reads = new ClusterReads(database);
  }

  /**
   * Looks, and says what there is. Never fails: without the database it is what this member knows.
   */
  public Future<ClusterReport> report() {
    return membership
        .look()
        .compose(looked -> Future.all(reads.members(), reads.backlog()))
        .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .map(read -> report(read.resultAt(0), read.<ClusterReads.Backlog>resultAt(1)))
        .otherwise(unanswered -> report(List.of(), null));
  }

  private ClusterReport report(List<Member> rows, ClusterReads.@Nullable Backlog backlog) {
    Roster roster = membership.roster();
    return new ClusterReport(
        roster,
        membership.isSole(),
        rows.stream().filter(row -> !roster.live().containsKey(row.id())).toList(),
        clock.now(),
        clock.errorMillis(),
        backlog);
  }
}
