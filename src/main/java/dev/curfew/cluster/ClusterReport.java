package dev.curfew.cluster;

import dev.curfew.store.ClusterReads.Backlog;
import dev.curfew.store.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * How the cluster is, as one member sees it.
 *
 * @param roster what that member goes by
 * @param sole whether there are no others, by configuration
 * @param silent members that have not left and of which nothing has been heard for too long; none
 *     are known while the database does not answer
 * @param at when, in cluster time, epoch milliseconds
 * @param clockErrorMillis how far that member's idea of the time may be off
 * @param backlog what waits in the whole installation; null while the database does not answer
 */
public record ClusterReport(
    Roster roster,
    boolean sole,
    List<Member> silent,
    long at,
    long clockErrorMillis,
    @Nullable Backlog backlog) {
  public ClusterReport {
    silent = List.copyOf(silent);
  }

  /** Whether the database answered when it was asked for this. */
  public boolean databaseAnswers() {
    return backlog != null;
  }

  /** How many shards there are. */
  public int shards() {
    return roster.owners().size();
  }

  /** How many shards are a member's. */
  public int shardsOf(UUID member) {
    return shards(shard -> member.equals(roster.owner(shard))).size();
  }

  /** The shards that nobody has: they are about to be taken, if anybody is there to. */
  public List<Integer> unowned() {
    return shards(shard -> roster.owner(shard) == null);
  }

  /** The shards of members that are not alive. */
  public List<Integer> orphaned() {
    return shards(
        shard -> {
          UUID owner = roster.owner(shard);
          return owner != null && !roster.live().containsKey(owner);
        });
  }

  /** The shards of members that are alive and should hand them over to others. */
  public List<Integer> misplaced() {
    return shards(
        shard -> {
          UUID owner = roster.owner(shard);
          return owner != null
              && roster.live().containsKey(owner)
              && !owner.equals(roster.preferred(shard));
        });
  }

  private List<Integer> shards(IntPredicate which) {
    List<Integer> shards = new ArrayList<>();
    for (int shard = 0; shard < shards(); shard++) {
      if (which.test(shard)) {
        shards.add(shard);
      }
    }
    return shards;
  }
}
