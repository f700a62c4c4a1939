package dev.curfew.cluster;

import dev.curfew.store.ClusterReads.Backlog;
import dev.curfew.store.Member;
import java.util.List;
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
}
