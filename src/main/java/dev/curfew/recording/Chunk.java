package dev.curfew.recording;

import dev.curfew.lease.ChunkKind;
import dev.curfew.recording.ChunkContent.Stored;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One row of a recording's manifest.
 *
 * @param sequence the place in the manifest, from {@link ChunkManifest#FIRST_SEQUENCE} up without
 *     gaps; the order of arrival, which need not be the order of capture
 * @param capturedAt when the gateway saw it, in milliseconds since the epoch
 * @param size of the content in bytes
 * @param sha256 of the content
 * @param link the hash chain up to and including this row, see {@link ChunkManifest}
 */
public record Chunk(
    long sequence,
    ChunkKind kind,
    long capturedAt,
    long size,
    Sha256 sha256,
    Sha256 link,
    ChunkContent content) {

  /**
   * The name of this chunk's object in the store.
   *
   * @throws IllegalStateException when the content is inline
   */
  public ChunkKey key(UUID recording) {
    if (content instanceof Stored stored) {
      return new ChunkKey(recording, sequence, sha256, stored.extension(), stored.encryptionKey());
    }
    throw new IllegalStateException("chunk " + sequence + " is inline text");
  }

  /** The node that holds the content in its spool until the store has it; null for none. */
  @Nullable String spooledOn() {
    return content instanceof Stored stored ? stored.spooledOn() : null;
  }
}
