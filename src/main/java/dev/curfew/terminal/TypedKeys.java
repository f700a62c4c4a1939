package dev.curfew.terminal;

/**
 * What was typed at a moment.
 *
 * @param at milliseconds since the epoch
 * @param text the characters that the terminal sent
 */
public record TypedKeys(long at, String text) {}
