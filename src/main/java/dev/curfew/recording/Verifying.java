package dev.curfew.recording;

/** What is known of a recording that is being verified. */
public sealed interface Verifying permits Verifying.Running, Verification {

  /**
   * Not done yet: ask again.
   *
   * @param chunks how many have been verified so far
   */
  record Running(long chunks) implements Verifying {}
}
