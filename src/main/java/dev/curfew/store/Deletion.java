package dev.curfew.store;

import dev.curfew.session.Initiator;
import java.time.Instant;

/**
 * A recording is deleted, or about to be: what was decided cannot be taken back, since some of its
 * objects may be gone already.
 *
 * @param decidedAt epoch milliseconds
 * @param deletedAt since when nothing of it is left but its rows; 0 while that is not certain
 */
public record Deletion(long decidedAt, Initiator by, String reason, long deletedAt) {

  /** For whoever asks for what is no longer there. */
  public String describe() {
    return "The recording was deleted on %s by %s: %s"
        .formatted(Instant.ofEpochMilli(decidedAt), by.name(), reason);
  }
}
