package dev.curfew.alert;

import dev.curfew.fault.CurfewException;
import dev.curfew.store.EventWindow;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The time in which events happened, as a request says it: {@code from} and {@code to}. */
final class WindowText {
  private static final Pattern RFC_3339 =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)",
          Pattern.CASE_INSENSITIVE);

  private WindowText() {}

  /**
   * @throws CurfewException INVALID_FIELD, naming the parameter
   */
  static EventWindow parse(@Nullable String from, @Nullable String to) {
    Long begins = from == null ? null : millis("from", from);
    Long ends = to == null ? null : millis("to", to);
    if (begins != null && ends != null && ends < begins) {
      throw CurfewException.invalid("to", "must not be before from");
    }
    return new EventWindow(begins, ends);
  }

  /** Rounded up: events have whole milliseconds, so just the same ones are at or after it. */
  private static long millis(String field, String text) {
    if (RFC_3339.matcher(text).matches()) {
      try {
        Instant time = OffsetDateTime.parse(text).toInstant();
        return time.toEpochMilli() + (time.getNano() % 1_000_000 == 0 ? 0 : 1);
      } catch (DateTimeException noSuchTime) {
        throw malformed(field);
      }
    }
    throw malformed(field);
  }

  private static CurfewException malformed(String field) {
    return CurfewException.invalid(field, "must be an RFC 3339 time such as 2026-02-18T10:30:00Z");
  }
}
