package dev.curfew.recording;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The name of a stored chunk. The hash of the content is part of it, so that an object which was
 * stored but never listed (its transaction failed) can neither be taken for, nor stand in the way
 * of, the chunk that later gets the same sequence number.
 *
 * @param recording the session that the recording belongs to
 * @param sequence the chunk's place in the manifest, not negative
 * @param extension lower-case letters and digits, such as {@code png}
 */
public record ChunkKey(UUID recording, long sequence, Sha256 sha256, String extension) {
  private static final Pattern EXTENSION = Pattern.compile("[a-z0-9]{1,8}");

  public ChunkKey {
    if (sequence < 0) {
      throw new IllegalArgumentException("negative sequence " + sequence);
    }
    if (!EXTENSION.matcher(extension).matches()) {
      throw new IllegalArgumentException("not an extension: " + extension);
    }
  }
}
