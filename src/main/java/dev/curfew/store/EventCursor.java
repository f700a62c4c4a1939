package dev.curfew.store;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * A place in the event log: that of an event, or the one before all events. Everything up to it has
 * been seen, everything after it has not; no transaction that commits later can put an event before
 * it.
 *
 * @param xid the transaction that wrote the event
 * @param id the event's number
 * @param recordedAt when that transaction began, in epoch seconds of the database; says which
 *     partitions need not be looked at
 */
public record EventCursor(long xid, long id, long recordedAt) implements Comparable<EventCursor> {
  /** Before the first event. */
  public static final EventCursor START = new EventCursor(0, 0, 0);

  private static final byte VERSION = 1;
  private static final int LENGTH = 1 + Long.BYTES + Long.BYTES + Integer.BYTES;
  private static final int TEXT_LENGTH = LENGTH / 3 * 4;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  /** The form in which clients keep it; {@link #parse} reads it. Means nothing to them. */
  public String text() {
    ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
    bytes.put(VERSION).putLong(xid).putLong(id).putInt((int) recordedAt);
    return ENCODER.encodeToString(bytes.array());
  }

  /**
   * Reads what {@link #text} wrote, on any node and at any time since.
   *
   * @param field what the request calls it
   * @throws CurfewException BAD_CURSOR when the text is anything else
   */
  public static EventCursor parse(String field, String text) {
    byte[] decoded;
    try {
      decoded = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException notBase64) {
      throw unknown(field);
    }
    if (decoded.length == LENGTH && text.length() == TEXT_LENGTH) {
      ByteBuffer bytes = ByteBuffer.wrap(decoded);
      byte version = bytes.get();
      EventCursor cursor =
          new EventCursor(bytes.getLong(), bytes.getLong(), Integer.toUnsignedLong(bytes.getInt()));
      if (version == VERSION && cursor.xid >= 0 && cursor.id >= 0) {
        return cursor;
      }
    }
    throw unknown(field);
  }

  /** The refusal of a text or a cursor that this installation did not issue. */
  public static CurfewException unknown(String field) {
    return CurfewException.of(
        ErrorCode.BAD_CURSOR, field, field + " is not the id of an event of this installation");
  }

  @Override
  public int compareTo(EventCursor other) {
    int byTransaction = Long.compare(xid, other.xid);
    return byTransaction != 0 ? byTransaction : Long.compare(id, other.id);
  }

  public boolean isAfter(EventCursor other) {
    return compareTo(other) > 0;
  }
}
