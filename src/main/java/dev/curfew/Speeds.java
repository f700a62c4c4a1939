package dev.curfew;

import dev.curfew.fault.CurfewException;

/** The speed of a replay. */
final class Speeds {
  private Speeds() {}

  static void require(double speed) {
    if (!(speed >= 0.1 && speed <= 1_000)) {
      throw CurfewException.invalid("--speed", "must be from 0.1 to 1000");
    }
  }
}
