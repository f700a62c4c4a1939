package dev.curfew.client;

import java.time.Duration;

/**
 * How a replayed session is timed, so that everything there is to see happens: a first deadline
 * with its warning, an extension within the maximum with the warning again, one over the maximum,
 * the end.
 *
 * @param initial from the start to the first deadline
 * @param extension by which it is extended when the first warning comes; to the maximum exactly
 * @param warnBefore how long before a deadline the warning comes
 */
public record ReplayPlan(Duration initial, Duration extension, Duration warnBefore) {
  private static final long SLACK_SECONDS = 2;
  private static final long SHORTEST_SECONDS = 12;

  /** A plan long enough that all of a capture lies within the session's life. */
  public static ReplayPlan forCapture(long captureMillis) {
    long total = Math.max(SHORTEST_SECONDS, captureMillis / 1000 + 1 + SLACK_SECONDS);
    long initial = total - Math.max(3, total / 4);
    long warnBefore = initial - Math.max(2, total / 6);
    return new ReplayPlan(
        Duration.ofSeconds(initial),
        Duration.ofSeconds(total - initial),
        Duration.ofSeconds(warnBefore));
  }

  /** The longest that the session may last in all. */
  public Duration maximum() {
    return initial.plus(extension);
  }
}
