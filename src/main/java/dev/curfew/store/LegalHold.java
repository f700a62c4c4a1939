package dev.curfew.store;

import dev.curfew.session.Initiator;
import java.time.Instant;

/**
 * A recording is evidence: nothing of it is deleted.
 *
 * @param since epoch milliseconds
 */
public record LegalHold(long since, Initiator by, String reason) {

  /** For whoever is refused because of it. */
  String describe() {
    return "The recording is on legal hold since %s, by %s: %s"
        .formatted(Instant.ofEpochMilli(since), by.name(), reason);
  }
}
