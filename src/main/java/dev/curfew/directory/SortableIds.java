package dev.curfew.directory;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import com.fasterxml.uuid.UUIDClock;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.function.LongSupplier;

/** Ids that sort by the time of their making: UUIDs of version 7, by the cluster clock. */
final class SortableIds {
  private final NoArgGenerator generator;

  /**
   * @param clock epoch milliseconds
   */
  SortableIds(LongSupplier clock) {
    this.generator =
        Generators.timeBasedEpochGenerator(
            new SecureRandom(),
            new UUIDClock() {
              @Override
              public long currentTimeMillis() {
                return clock.getAsLong();
              }
            });
  }

  UUID next() {
    return generator.generate();
  }
}
