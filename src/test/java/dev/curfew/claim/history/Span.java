package dev.curfew.claim.history;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * From when somebody asked until they had the answer: whatever they asked for happened in between,
 * if it did.
 */
record Span(long from, long to) {

  static long now() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  static Span since(long from) {
    return new Span(from, now());
  }

  boolean contains(long moment) {
    return from <= moment && moment <= to;
  }

  boolean overlaps(long begin, long end) {
    return from <= end && begin <= to;
  }
}
