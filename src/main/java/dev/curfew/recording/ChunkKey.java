package dev.curfew.recording;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a stored chunk. The hash of the content is part of it, so that an object which was
 * stored but never listed (its transaction failed) can neither be taken for, nor stand in the way
 * of, the chunk that later gets the same sequence number.
 *
 * @param recording the session that the recording belongs to
 * @param sequence the chunk's place in the manifest, not negative
 * @param sha256 of the content, also where it is stored encrypted
 * @param extension lower-case letters and digits, such as {@code png}
 * @param encryptionKey id of the key under which it is stored; null for plain
 */
public record ChunkKey(
    UUID recording,
    long sequence,
    Sha256 sha256,
    String extension,
    @Nullable String encryptionKey) {
  private static final Pattern EXTENSION = Pattern.compile("[a-z0-9]{1,8}");

  /** The name of what is stored as it is. */
  public ChunkKey(UUID recording, long sequence, Sha256 sha256, String extension) {
    this(recording, sequence, sha256, extension, null);
  }

  public ChunkKey {
    if (sequence < 0) {
      throw new IllegalArgumentException("negative sequence " + sequence);
    }
    if (!EXTENSION.matcher(extension).matches()) {
      throw new IllegalArgumentException("not an extension: " + extension);
    }
  }
}
