package dev.curfew.recording;

import org.jspecify.annotations.Nullable;

/** Where the content of a chunk is: text lies in the manifest itself, bytes in the chunk store. */
public sealed interface ChunkContent {

  /** The text; its bytes for size and hash are its UTF-8 form. */
  record Inline(String text) implements ChunkContent {}

  /**
   * An object in the {@link ChunkStore}.
   *
   * @param extension of its name there, without the dot
   * @param encryptionKey id of the key under which it is encrypted; null for what is plain
   * @param spooledOn the node that holds it for the store; null once it is there
   */
  record Stored(String extension, @Nullable String encryptionKey, @Nullable String spooledOn)
      implements ChunkContent {

    /** Content that is in the store as it is. */
    public Stored(String extension) {
      this(extension, null, null);
    }
  }

  /** Kept no longer: the retention after the upload is over. Only the row is left. */
  record Gone() implements ChunkContent {}
}
