package dev.curfew.recording;

import dev.curfew.storage.Watch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A SHA-256 value. Two are equal when their 32 bytes are. */
public final class Sha256 {
  /** Length of the value in bytes. */
  public static final int LENGTH = 32;

  private static final int READ_SIZE = 64 * 1024;

  private final byte[] bytes;

  private Sha256(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The hash of this content. */
  public static Sha256 of(byte[] content) {
    return new Sha256(digest().digest(content));
  }

  /**
   * The hash of a file's content, read as a stream. Blocks.
   *
   * @param watch is told what was read; what it throws ends the reading
   */
  public static Sha256 ofFile(Path file, Watch watch) throws IOException {
    MessageDigest digest = digest();
    byte[] buffer = new byte[READ_SIZE];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
        watch.moved(n);
      }
    }
    return from(digest);
  }

  /** A hash that was computed elsewhere, as its 32 bytes. */
  public static Sha256 fromBytes(byte[] value) {
    if (value.length != LENGTH) {
      throw new IllegalArgumentException("a SHA-256 has 32 bytes, not " + value.length);
    }
    return new Sha256(value.clone());
  }

  /** A hash that was computed elsewhere, as 64 hexadecimal digits. */
  public static Sha256 fromHex(String hex) {
    return fromBytes(HexFormat.of().parseHex(hex));
  }

  /** What this digest has taken in; resets the digest. */
  static Sha256 from(MessageDigest digest) {
    return new Sha256(digest.digest());
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The 32 bytes, as a copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** 64 lower-case hexadecimal digits. */
  public String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Sha256 that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return hex();
  }
}
