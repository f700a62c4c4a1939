package dev.curfew.recording.storage;

import java.util.HexFormat;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Where the chunk store keeps a chunk.
 *
 * @param recording the session's id
 * @param name the chunk's name within the recording: lower-case letters, digits and hyphens, a dot
 *     and an extension
 */
public record ChunkKey(UUID recording, String name) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,99}\\.[a-z0-9]{1,10}");
  private static final Pattern LOCATION = Pattern.compile("([0-9a-f-]{36})/([^/]+)");

  /**
   * @throws IllegalArgumentException for any other name, in particular one that would lead out of
   *     the store
   */
  public ChunkKey {
    if (!isName(name)) {
      throw new IllegalArgumentException("not the name of a chunk: " + name);
    }
  }

  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * A chunk named after its content, so that a repeated one is the same one.
   *
   * @param extension without a dot
   */
  public static ChunkKey ofContent(UUID recording, byte[] sha256, String extension) {
    return new ChunkKey(recording, HexFormat.of().formatHex(sha256) + "." + extension);
  }

  /**
   * A chunk named after its number; names sort as the numbers do.
   *
   * @param extension without a dot
   */
  public static ChunkKey ofSequence(UUID recording, long sequence, String extension) {
    if (sequence < 0) {
      throw new IllegalArgumentException("a negative sequence number");
    }
    String digits = Long.toString(sequence);
    return new ChunkKey(recording, "0".repeat(19 - digits.length()) + digits + "." + extension);
  }

  /** The key as it is kept with the manifest: {@code <recording>/<name>}. */
  public String location() {
    return recording + "/" + name;
  }

  /**
   * The key that {@link #location} wrote.
   *
   * @throws IllegalArgumentException for any other text
   */
  public static ChunkKey ofLocation(String location) {
    var parts = LOCATION.matcher(location);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not the location of a chunk: " + location);
    }
    return new ChunkKey(UUID.fromString(parts.group(1)), parts.group(2));
  }
}
