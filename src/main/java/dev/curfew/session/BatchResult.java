package dev.curfew.session;

import java.util.Set;
import java.util.UUID;

/** The database's definite answer to a batch. No answer at all is not among them. */
public sealed interface BatchResult {

  /**
   * Committed, now or by an earlier sending of the same batch.
   *
   * @param notApplied sessions whose rows had no room for the change: created twice, or already
   *     ended; their events were not written either
   */
  record Committed(Set<UUID> notApplied) implements BatchResult {
    public static final Committed WHOLE = new Committed(Set.of());
  }

  /**
   * Nothing changed by this sending: another owner holds the shard by now. An earlier sending of
   * the same batch may have been committed before that.
   */
  record Deposed() implements BatchResult {}

  /**
   * Nothing changed, and nothing ever will by this batch: the database refuses the content. The
   * batch's number is used up.
   */
  record Rejected(String why) implements BatchResult {}
}
