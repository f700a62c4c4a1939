package dev.curfew.store;

/**
 * What retention has dropped.
 *
 * @param day every event recorded before it, in days since 1970-01-01 in UTC
 * @param mac its authenticator, in lower-case hexadecimal
 */
public record SealFloor(long day, String mac) {}
