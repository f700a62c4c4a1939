package dev.curfew.store;

import dev.curfew.lease.ChunkKind;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One line of a recording's manifest. Times are epoch milliseconds.
 *
 * @param sequence the chunk's number in its recording, from 1 without gaps
 * @param size bytes; of text, in UTF-8
 * @param sha256 of the chunk's bytes
 * @param chain SHA-256 over the line before and this line
 * @param content the text itself; null for images and raw pieces, and once it is no longer kept
 * @param extension of its name in the chunk store; null for text, and once it is no longer kept
 * @param encryptionKey id of the key under which it is encrypted in the chunk store; null for what
 *     is plain there or not there
 * @param rawOffset where a raw piece begins; null for other kinds
 * @param spooledOn the node that holds it for the chunk store; null once it is there
 */
@SuppressWarnings("ArrayRecordComponent")
public record ChunkRow(
    UUID sessionId,
    long sequence,
    ChunkKind kind,
    long capturedAt,
    long receivedAt,
    long size,
    byte[] sha256,
    byte[] chain,
    @Nullable String content,
    @Nullable String extension,
    @Nullable String encryptionKey,
    @Nullable Long rawOffset,
    @Nullable String spooledOn) {}
