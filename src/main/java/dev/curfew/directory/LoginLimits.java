package dev.curfew.directory;

import java.time.Duration;

/**
 * How many attempts to log in by password are let through. Each limit is a number that may come at
 * once, and how long it takes until there is room for one more.
 *
 * @param pair for one name from one address: what a person who mistypes runs into
 * @param address for one address, whatever the names: one machine that tries many
 * @param name for one name from all addresses that it was never logged in from: many machines that
 *     try one. It cannot keep the user out where the user has logged in before
 */
record LoginLimits(Limit pair, Limit address, Limit name) {
  record Limit(int most, Duration step) {}

  static final LoginLimits DEFAULT =
      new LoginLimits(
          new Limit(10, Duration.ofSeconds(30)),
          new Limit(100, Duration.ofSeconds(2)),
          new Limit(100, Duration.ofSeconds(36)));
}
