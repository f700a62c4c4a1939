package dev.curfew.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * The object that a store is tried with.
 *
 * @param name of its own, so that several may try at once
 */
@SuppressWarnings("ArrayRecordComponent")
record Probe(String name, byte[] content) {

  static Probe fresh() {
    return new Probe(
        "curfew-check-" + UUID.randomUUID(), "Curfew was here".getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * What it means that the object was stored, read and deleted.
   *
   * @param where the store is, for people
   * @param back what was read
   * @param can completes "can be ..."
   */
  Finding judge(String where, byte[] back, String can) {
    return Arrays.equals(back, content)
        ? Finding.ready(where + " can be " + can)
        : Finding.unreachable(where + " returns other bytes than were stored");
  }
}
