package dev.curfew.realm;

import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody's wish for a jump session, and what became of it. The session that an approved request
 * opens has the request's two ids.
 *
 * @param id the session's numeric id
 * @param userId whose session it shall be
 * @param createdBy who asked, be it for another
 * @param policyId the policy of the item when it was asked for
 * @param maxDuration the longest total that policy and tier allowed when it was asked for, then
 *     when it was approved
 * @param endsAt start plus the duration asked for; an extension of the session does not move it
 * @param comments of whoever answered, or why the engine cancelled it
 * @param approver null while it is not answered
 * @param openedAt since when its session is known to exist; 0 until then
 */
public record JumpRequest(
    long id,
    UUID sessionId,
    int realmId,
    int userId,
    int createdBy,
    State state,
    int policyId,
    long maxDuration,
    String itemType,
    long itemId,
    long startsAt,
    long endsAt,
    String reason,
    @Nullable String comments,
    @Nullable Approver approver,
    long openedAt) {

  /** Where a request stands: {@code PENDING -> APPROVED | DENIED | CANCELLED}, then use. */
  public enum State {
    PENDING,
    /** Its session is open, or about to be. */
    APPROVED,
    DENIED,
    /** Taken back, or its time passed before anybody answered. */
    CANCELLED,
    /** Its session was used; it stays so when that is over. */
    IN_USE;

    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<State> ofWireName(String name) {
      for (State state : values()) {
        if (state.wireName().equals(name)) {
          return Optional.of(state);
        }
      }
      return Optional.empty();
    }
  }

  /** Who answered. */
  public record Approver(int userId, String username) {}

  public long duration() {
    return endsAt - startsAt;
  }
}
