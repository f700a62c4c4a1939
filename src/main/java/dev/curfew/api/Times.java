package dev.curfew.api;

import dev.curfew.fault.CurfewException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** Times at the edge: epoch milliseconds inside, ISO-8601 in UTC outside. */
public final class Times {
  /** The last millisecond of the year 9999: nothing later is a time anyone means. */
  private static final long LATEST = 253_402_300_799_999L;

  private Times() {}

  /** ISO-8601 with {@code Z}; null for 0, which means "not yet". */
  public static @Nullable String iso(long millis) {
    return millis == 0 ? null : Instant.ofEpochMilli(millis).toString();
  }

  /**
   * A field that holds epoch milliseconds or an ISO-8601 time with an offset.
   *
   * @return null when absent
   */
  public static @Nullable Long optional(Fields fields, String field) {
    Object value = fields.json().getValue(field);
    if (value == null) {
      return null;
    }
    if (!(value instanceof String text)) {
      return fields.optionalInteger(field, 0, LATEST);
    }
    try {
      long millis = OffsetDateTime.parse(text).toInstant().toEpochMilli();
      if (millis >= 0 && millis <= LATEST) {
        return millis;
      }
    } catch (DateTimeException | ArithmeticException e) {
      throw invalid(field);
    }
    throw invalid(field);
  }

  private static CurfewException invalid(String field) {
    return CurfewException.invalid(
        field, "must be epoch milliseconds or an ISO-8601 time such as 2026-02-18T10:30:00Z");
  }
}
