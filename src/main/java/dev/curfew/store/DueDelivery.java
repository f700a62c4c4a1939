package dev.curfew.store;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message whose turn it is.
 *
 * @param revision counts the changes of the lane's settings
 * @param messageId what the receiver is to know it by, the same over all attempts
 * @param type of the event, or of the message where it tells of none
 * @param attempts how many were made before
 * @param step how many of those count in the schedule of retries
 * @param waitMillis until it is due, counted from when it was read; 0 for now
 * @param createdAt epoch milliseconds
 * @param event what it tells; null for a message of its own, and when the log no longer has it
 * @param payload what a message of its own says; null for an event
 */
public record DueDelivery(
    UUID laneId,
    String kind,
    int realmId,
    String realm,
    long revision,
    UUID id,
    long number,
    String messageId,
    String type,
    int attempts,
    int step,
    long waitMillis,
    long createdAt,
    @Nullable LoggedEvent event,
    @Nullable String payload) {

  /** The same message after one more attempt that failed. */
  public DueDelivery again() {
    return new DueDelivery(
        laneId,
        kind,
        realmId,
        realm,
        revision,
        id,
        number,
        messageId,
        type,
        attempts + 1,
        step + 1,
        0,
        createdAt,
        event,
        payload);
  }
}
