package dev.curfew.simulation;

import java.util.List;
import java.util.SplittableRandom;

/** Everything that is left to chance in a run, from its seed. */
final class Chance {
  private final SplittableRandom random;

  Chance(long seed) {
    random = new SplittableRandom(seed);
  }

  boolean percent(double percent) {
    return random.nextDouble() * 100 < percent;
  }

  boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  /** From {@code least} to {@code most}, both included. */
  long between(long least, long most) {
    return random.nextLong(least, most + 1);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  long bits() {
    return random.nextLong();
  }

  <T> T of(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
