package dev.curfew.delivery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What came of one attempt to deliver a message. */
public sealed interface Attempt {
  /** What the target answered; null when it did not. */
  @Nullable Integer status();

  /** The target has it. */
  record Delivered(@Nullable Integer status) implements Attempt {}

  /**
   * Not delivered; it is tried again on the schedule, and given up after the last step of that.
   *
   * @param reason for the administrator who reads the delivery's attempts
   * @param retryAfter for how long the target asks to be left alone; null when it does not say
   */
  record Failed(@Nullable Integer status, String reason, @Nullable Duration retryAfter)
      implements Attempt {}

  /** Not delivered, and never will be: the message is given up at once. */
  record Refused(@Nullable Integer status, String reason) implements Attempt {}

  /** The target wants nothing any more: its lane is disabled; the message stays in it. */
  record Gone(@Nullable Integer status, String reason) implements Attempt {}
}
