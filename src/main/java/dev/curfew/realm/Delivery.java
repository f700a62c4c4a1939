package dev.curfew.realm;

import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One message of a lane.
 *
 * @param number its place in the lane
 * @param messageId what the receiver knows it by, the same over all attempts
 * @param type of the event, or of the message where it tells of none
 * @param eventId id of the event as every channel shows it; null for a message of its own
 * @param attempts how many were made
 * @param dueAt when the next one is due, in epoch milliseconds; 0 unless pending
 * @param settledAt when it was delivered or given up, in epoch milliseconds; 0 while pending
 * @param history the attempts, the first one first
 */
public record Delivery(
    UUID id,
    UUID laneId,
    long number,
    String messageId,
    String type,
    @Nullable String eventId,
    State state,
    int attempts,
    long dueAt,
    long createdAt,
    long settledAt,
    List<Attempt> history) {
  public Delivery {
    history = List.copyOf(history);
  }

  /** What became of it so far. */
  public enum State {
    PENDING,
    DELIVERED,
    /** Given up. */
    DEAD;

    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static State ofWireName(String name) {
      return valueOf(name.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * One attempt to deliver it.
   *
   * @param at when it ended, in epoch milliseconds
   * @param status what the target answered; null when it did not
   * @param error why it does not count as delivered; null when it does
   * @param millis how long it took
   */
  public record Attempt(
      int number, long at, @Nullable Integer status, @Nullable String error, int millis) {}
}
