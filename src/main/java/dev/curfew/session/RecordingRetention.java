package dev.curfew.session;

import java.time.Duration;

/**
 * How long a session's finished recording is kept at its destination, counted from when it was read
 * back there.
 *
 * @param millis positive, or 0 for ever
 */
public record RecordingRetention(long millis) {
  /** A hundred years. */
  public static final Duration LONGEST = Duration.ofDays(36_500);

  public static final RecordingRetention FOREVER = new RecordingRetention(0);

  public RecordingRetention {
    if (millis < 0 || millis > LONGEST.toMillis()) {
      throw new IllegalArgumentException("not a retention: " + millis + " ms");
    }
  }

  public boolean forever() {
    return millis == 0;
  }

  /** When it is over for a recording that was uploaded then, in epoch milliseconds; 0 for never. */
  public long until(long uploadedAt) {
    return forever() || uploadedAt == 0 ? 0 : uploadedAt + millis;
  }
}
