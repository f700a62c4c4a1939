package dev.curfew.delivery;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When a message is tried, and when it is given up. The pauses have no jitter: a lane makes one
 * attempt at a time, and a receiver can tell from its log which attempt it missed.
 *
 * @param pauses before the first, the second, ... and the last attempt
 */
public record RetrySchedule(List<Duration> pauses) {
  /** Of Standard Webhooks: ten attempts, the last one a little over three days after the first. */
  public static final RetrySchedule STANDARD =
      new RetrySchedule(
          List.of(
              Duration.ZERO,
              Duration.ofSeconds(5),
              Duration.ofMinutes(5),
              Duration.ofMinutes(30),
              Duration.ofHours(2),
              Duration.ofHours(5),
              Duration.ofHours(10),
              Duration.ofHours(14),
              Duration.ofHours(20),
              Duration.ofHours(24)));

  /** No target can ask to be left alone for longer. */
  private static final Duration LONGEST_WISH = Duration.ofHours(24);

  public RetrySchedule {
    pauses = List.copyOf(pauses);
  }

  /** Whether there is one more attempt after so many. */
  boolean hasStep(int made) {
    return made < pauses.size();
  }

  /**
   * The pause before the next attempt: the schedule's, or a longer one that the target asks for.
   *
   * @param made attempts so far
   * @param wish null when the target asks for none
   */
  Duration pause(int made, @Nullable Duration wish) {
    Duration pause = pauses.get(made);
    if (wish == null || wish.compareTo(pause) <= 0) {
      return pause;
    }
    return wish.compareTo(LONGEST_WISH) > 0 ? LONGEST_WISH : wish;
  }
}
