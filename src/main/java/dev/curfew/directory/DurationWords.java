package dev.curfew.directory;

/** Durations as messages say them: "2 hours", "90 minutes", "1 second". */
final class DurationWords {
  private static final long SECOND = 1_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;

  private DurationWords() {}

  /** In the largest unit, up to hours, that says it exactly. */
  static String of(long millis) {
    if (millis >= HOUR && millis % HOUR == 0) {
      return counted(millis / HOUR, "hour");
    }
    if (millis >= MINUTE && millis % MINUTE == 0) {
      return counted(millis / MINUTE, "minute");
    }
    if (millis >= SECOND && millis % SECOND == 0) {
      return counted(millis / SECOND, "second");
    }
    return counted(millis, "millisecond");
  }

  private static String counted(long count, String unit) {
    return count + " " + unit + (count == 1 ? "" : "s");
  }
}
