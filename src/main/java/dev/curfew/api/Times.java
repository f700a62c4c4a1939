package dev.curfew.api;

import dev.curfew.fault.CurfewException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Times at the edge: epoch milliseconds inside, ISO-8601 in UTC outside. */
public final class Times {
  /** The last millisecond of the year 9999: nothing later is a time anyone means. */
  private static final long LATEST = 253_402_300_799_999L;

  private static final String OR_ISO = " or an ISO-8601 time such as 2026-02-18T10:30:00Z";

  private static final DateTimeFormatter WITH_OFFSET =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);

  private Times() {}

  /** ISO-8601 with {@code Z}; null for 0, which means "not yet". */
  public static @Nullable String iso(long millis) {
    return millis == 0 ? null : Instant.ofEpochMilli(millis).toString();
  }

  /** ISO-8601 with {@code +00:00} and whole seconds, for dialects whose clients expect that. */
  public static String withOffset(long millis) {
    return WITH_OFFSET.format(Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC));
  }

  /** A field that must hold epoch seconds or an ISO-8601 time with an offset; in milliseconds. */
  public static long seconds(Fields fields, String field) {
    return fields.json().getValue(field) instanceof Number
        ? fields.integer(field, 0, LATEST / 1000) * 1000
        : parsed(field, fields.text(field, 64), "must be Unix seconds" + OR_ISO);
  }

  /** A field that must hold an ISO-8601 time with an offset; in epoch milliseconds. */
  public static long required(Fields fields, String field) {
    return parsed(
        field, fields.text(field, 64), "must be an ISO-8601 time such as 2026-02-18T10:30:00Z");
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
    return value instanceof String text
        ? parsed(field, text, "must be epoch milliseconds" + OR_ISO)
        : fields.optionalInteger(field, 0, LATEST);
  }

  private static long parsed(String field, String text, String rule) {
    try {
      long millis = OffsetDateTime.parse(text).toInstant().toEpochMilli();
      if (millis >= 0 && millis <= LATEST) {
        return millis;
      }
    } catch (DateTimeException | ArithmeticException e) {
      throw CurfewException.invalid(field, rule);
    }
    throw CurfewException.invalid(field, rule);
  }
}
