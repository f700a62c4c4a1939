package dev.curfew.delivery;

/**
 * The pause that a lane keeps between two messages: none, until its target says that it is
 * overloaded; then growing with every such answer, and shrinking again with every success.
 */
final class Pace {
  private static final long FIRST_MILLIS = 1_000;
  private static final long LONGEST_MILLIS = 60_000;

  private long millis;

  long millis() {
    return millis;
  }

  void slowDown() {
    millis = Math.min(LONGEST_MILLIS, Math.max(FIRST_MILLIS, millis * 2));
  }

  void speedUp() {
    millis = millis / 2 < FIRST_MILLIS ? 0 : millis / 2;
  }
}
