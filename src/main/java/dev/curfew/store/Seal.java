package dev.curfew.store;

import io.vertx.core.buffer.Buffer;

/**
 * What one batch of the log held of one realm. Hashes and authenticators are lower-case
 * hexadecimal.
 *
 * @param number the realm's seals count from 1 without a gap
 * @param batch the batch that it is part of
 * @param events how many
 * @param marks the first {@link #MARK_BYTES} bytes of each event's digest, in order; empty once the
 *     events have been dropped
 * @param hash over the hash of the realm's seal before, all of this but the marks, and the digests
 * @param mac the authenticator of this and its hash
 */
public record Seal(
    int realmId,
    long number,
    long batch,
    long events,
    EventCursor first,
    EventCursor last,
    Buffer marks,
    String hash,
    String mac) {
  public static final int MARK_BYTES = 8;
}
