package dev.curfew.config;

import dev.curfew.fault.CurfewException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as they are written in settings and requests: {@code 500ms}, {@code 90s}, {@code
 * 1h30m}.
 */
public final class DurationText {
  private static final Pattern FORM =
      Pattern.compile(
          "(?:([0-9]{1,9})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?(?:([0-9]{1,9})ms)?");

  private DurationText() {}

  /**
   * A duration in a request.
   *
   * @throws CurfewException INVALID_FIELD, naming the field
   */
  public static Duration parse(String field, String text) {
    try {
      return parse(text);
    } catch (SettingRefused refused) {
      throw CurfewException.invalid(field, String.valueOf(refused.getMessage()));
    }
  }

  static Duration parse(String text) throws SettingRefused {
    Matcher matcher = FORM.matcher(text);
    if (text.isEmpty() || !matcher.matches()) {
      throw new SettingRefused(
          "must be a duration such as 500ms, 90s, 5m, 1h30m or 7d, largest unit first");
    }
    // Nine digits a part: the sum cannot overflow.
    return Duration.ofDays(part(matcher, 1))
        .plusHours(part(matcher, 2))
        .plusMinutes(part(matcher, 3))
        .plusSeconds(part(matcher, 4))
        .plusMillis(part(matcher, 5));
  }

  private static long part(Matcher matcher, int group) {
    String digits = matcher.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
