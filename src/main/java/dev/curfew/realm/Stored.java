package dev.curfew.realm;

/**
 * What a write left behind.
 *
 * @param created whether nothing was there before
 */
public record Stored<T>(T value, boolean created) {}
