package dev.curfew.delivery;

import dev.curfew.outbound.OutboundAnswer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an HTTP answer means for a delivery, where its kind has no rule of its own. */
public final class HttpAttempt {
  private static final int GONE = 410;

  private HttpAttempt() {}

  /**
   * As Standard Webhooks has it: 2xx is delivered, 410 wants no more, everything else is a failure,
   * redirects included; 429 and 503 may say how long to wait.
   *
   * @param now epoch milliseconds, for a {@code Retry-After} that names a time
   */
  public static Attempt of(OutboundAnswer answer, long now) {
    int status = answer.status();
    if (answer.successful()) {
      return new Attempt.Delivered(status);
    }
    if (status == GONE) {
      return new Attempt.Gone(status, "The target answered 410: it wants no more");
    }
    String reason =
        status >= 300 && status < 400
            ? "The target answered " + status + ", and redirects are not followed"
            : "The target answered " + status;
    boolean mayAsk = status == 429 || status == 503;
    return new Attempt.Failed(
        status, reason, mayAsk ? retryAfter(answer.headers().get("Retry-After"), now) : null);
  }

  /** RFC 9110, section 10.2.3: seconds or a date; null for anything else. */
  static @Nullable Duration retryAfter(@Nullable String header, long now) {
    if (header == null) {
      return null;
    }
    String text = header.strip();
    if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      // More digits than these mean longer than anyone waits.
      return Duration.ofSeconds(text.length() > 9 ? 999_999_999 : Long.parseLong(text));
    }
    try {
      long at =
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT))
              .toInstant()
              .toEpochMilli();
      return Duration.ofMillis(Math.max(0, at - now));
    } catch (DateTimeException neither) {
      return null;
    }
  }
}
