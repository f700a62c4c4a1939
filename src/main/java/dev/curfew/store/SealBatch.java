package dev.curfew.store;

/**
 * A stretch of the log that was sealed at once: what came after the last place of the batch before,
 * up to this one's. Hashes and authenticators are lower-case hexadecimal.
 *
 * @param number batches count from 1 without a gap
 * @param day when all of its events were recorded, in days since 1970-01-01 in UTC
 * @param last the place of its last event
 * @param events how many, of all realms
 * @param sealedAt epoch milliseconds of the database
 * @param hash over the hash of the batch before, all of this, and the batch's seals
 * @param mac the authenticator of the hash
 */
public record SealBatch(
    long number, long day, EventCursor last, long events, long sealedAt, String hash, String mac) {}
