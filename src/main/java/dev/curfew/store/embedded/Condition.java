package dev.curfew.store.embedded;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what another process does and announces to nobody. */
final class Condition {
  private static final long LOOK_EVERY_MILLIS = 20;

  private Condition() {}

  /**
   * @return whether the condition came true within the limit
   */
  static boolean await(Duration limit, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline >= 0) {
        return false;
      }
      Thread.sleep(LOOK_EVERY_MILLIS);
    }
    return true;
  }
}
