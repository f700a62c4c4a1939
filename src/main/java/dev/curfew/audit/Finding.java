package dev.curfew.audit;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One place where the log is not what was sealed.
 *
 * @param realmId null where it concerns all realms
 * @param batch number of the batch; 0 where it concerns none
 * @param seal number of the realm's seal; 0 where it concerns none
 * @param eventId of the event found, or of the last one before what is missing; null where there is
 *     none
 * @param at when that event happened, in epoch milliseconds; 0 where there is none
 * @param message one sentence for a person
 */
public record Finding(
    Kind kind,
    @Nullable Integer realmId,
    long batch,
    long seal,
    @Nullable String eventId,
    long at,
    String message) {

  /** What was done to the log. */
  public enum Kind {
    /** An event is not as it was sealed. */
    EVENT_ALTERED,
    /** An event that was sealed is gone. */
    EVENT_REMOVED,
    /** An event stands where none was sealed. */
    EVENT_INSERTED,
    /** A seal or batch was not made by this installation, or not as it is now. */
    SEAL_ALTERED,
    /** A seal or batch is gone from between others. */
    SEAL_REMOVED,
    /** What an expected head was noted of is gone. */
    LOG_TRUNCATED;

    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Finding ofBatch(Kind kind, long batch, String message) {
    return new Finding(kind, null, batch, 0, null, 0, message);
  }
}
