package dev.curfew.recording;

import dev.curfew.lease.ChunkKind;

/**
 * A chunk that could not be used.
 *
 * @param capturedAt milliseconds since the epoch
 * @param reason completes the sentence "the chunk ..."
 */
public record DamagedChunk(long sequence, ChunkKind kind, long capturedAt, String reason) {}
