package dev.curfew.store;

import dev.curfew.lease.ChunkKind;

/**
 * Text of a recording that can be found: a line of input, or a piece of what was copied.
 *
 * @param kind {@code KEYSTROKES} or {@code CLIPBOARD}
 * @param at when it was begun, in milliseconds since the epoch
 * @param offset of that moment from the first frame of the video, in milliseconds, not negative
 */
public record TextLine(ChunkKind kind, long at, long offset, String text) {}
