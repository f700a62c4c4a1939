package dev.curfew.store;

/**
 * Where a manifest ends, as the recording has it beside the lines themselves.
 *
 * @param chunks how many lines there are
 * @param bytes of all chunks
 * @param link the chain of the last line; empty when there is none
 * @param cleared whether the chunks' contents were deleted after the upload
 * @param clearing whether they are being deleted, or the whole recording is
 */
@SuppressWarnings("ArrayRecordComponent")
public record ManifestEnd(
    long chunks, long bytes, byte[] link, boolean cleared, boolean clearing) {}
