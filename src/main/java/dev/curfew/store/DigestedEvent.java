package dev.curfew.store;

import io.vertx.core.buffer.Buffer;
import java.util.concurrent.TimeUnit;

/**
 * An event as far as a seal needs to know it.
 *
 * @param at epoch milliseconds; 0 when it is no time of the calendar
 * @param digest SHA-256 over all of its columns; see {@link SealStore}
 */
public record DigestedEvent(EventCursor cursor, int realmId, String type, long at, Buffer digest) {
  /** When it was recorded, in days since 1970-01-01 in UTC. */
  public long day() {
    return Math.floorDiv(cursor.recordedAt(), TimeUnit.DAYS.toSeconds(1));
  }
}
