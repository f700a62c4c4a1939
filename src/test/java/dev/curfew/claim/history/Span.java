package dev.curfew.claim.history;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * From when somebody asked until they had the answer: whatever they asked for happened in between,
 * if it did.
 */
public record Span(long from, long to) {

  public static long now() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  public static Span since(long from) {
    return new Span(from, now());
  }

  public boolean contains(long moment) {
    return from <= moment && moment <= to;
  }

  public boolean overlaps(long begin, long end) {
    return from <= end && begin <= to;
  }
}
