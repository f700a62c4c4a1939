package dev.curfew.store;

import java.util.List;
import java.util.UUID;

/**
 * Where a recording says what was looked for.
 *
 * @param count how many lines do
 * @param lines the first of them, in order
 */
public record TextHits(UUID sessionId, long count, List<TextLine> lines) {
  public TextHits {
    lines = List.copyOf(lines);
  }
}
