package dev.curfew.api.admin;

import dev.curfew.api.Durations;
import dev.curfew.api.Fields;
import dev.curfew.config.DurationText;
import dev.curfew.fault.CurfewException;
import dev.curfew.session.RecordingRetention;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long recordings are kept, at the edge: {@code recordingRetention}, a duration such as {@code
 * 90d} or {@code forever}, or {@code recordingRetentionSeconds}, a number. Neither, or null, leaves
 * it to whoever else says.
 */
final class RetentionField {
  static final String NAME = "recordingRetention";
  private static final String IN_SECONDS = NAME + "Seconds";
  private static final String FOREVER = "forever";

  private RetentionField() {}

  /** Whether the body says anything about it, be it null. */
  static boolean isIn(Fields body) {
    return body.json().containsKey(NAME) || body.json().containsKey(IN_SECONDS);
  }

  static @Nullable RecordingRetention of(Fields body) {
    String text = body.optionalText(NAME, 64);
    if (text == null) {
      Long seconds = body.optionalInteger(IN_SECONDS, 1, RecordingRetention.LONGEST.toSeconds());
      return seconds == null ? null : new RecordingRetention(seconds * 1_000);
    }
    if (text.equals(FOREVER)) {
      return RecordingRetention.FOREVER;
    }
    Duration duration = DurationText.parse(NAME, text);
    if (duration.isZero() || duration.compareTo(RecordingRetention.LONGEST) > 0) {
      throw CurfewException.invalid(
          NAME,
          "must be positive and at most "
              + RecordingRetention.LONGEST.toDays()
              + "d, or "
              + FOREVER);
    }
    return new RecordingRetention(duration.toMillis());
  }

  /** As {@link #of} reads it. */
  static String text(RecordingRetention retention) {
    return retention.forever() ? FOREVER : Durations.text(retention.millis());
  }
}
