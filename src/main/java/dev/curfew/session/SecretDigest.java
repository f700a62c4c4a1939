package dev.curfew.session;

import java.nio.ByteBuffer;

/**
 * SHA-256 of the token that opens a session, as its shard keeps it: four numbers rather than an
 * array, since there may be a million of them.
 */
public record SecretDigest(long first, long second, long third, long fourth) {
  private static final int LENGTH = 32;

  /**
   * @param bytes 32 of them
   */
  public static SecretDigest of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException("a digest has " + LENGTH + " bytes, not " + bytes.length);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new SecretDigest(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
  }

  /** As it is stored. */
  public byte[] bytes() {
    return ByteBuffer.allocate(LENGTH)
        .putLong(first)
        .putLong(second)
        .putLong(third)
        .putLong(fourth)
        .array();
  }

  /** Whether both are the same, in a time that does not depend on where they differ. */
  public boolean matches(SecretDigest other) {
    return ((first ^ other.first)
            | (second ^ other.second)
            | (third ^ other.third)
            | (fourth ^ other.fourth))
        == 0;
  }

  @Override
  public String toString() {
    return "digest";
  }
}
