package dev.curfew.session;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one shard asks the database to make true, all or nothing: at most one change for each
 * session, and the events that go with the changes, in order.
 *
 * @param epoch the owner's epoch; the database applies nothing when it is over
 * @param sequence grows by one with each batch of an epoch; the database applies each number once
 */
public record Batch(
    int shard, long epoch, long sequence, List<Change> changes, List<SessionEvent> events) {

  /**
   * A session as it shall be.
   *
   * @param created what else to store when the session is new; null for a change
   * @param createdBy numeric id of the user who opened it, when it is new
   */
  public record Change(SessionRecord after, @Nullable NewSession created, long createdBy) {}
}
