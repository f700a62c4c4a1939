package dev.curfew.storage;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * A part of an object in memory, with what proves its bytes. The buffer serves one part at once.
 */
final class PartContent {
  private static final String MEDIA_TYPE = "application/octet-stream";

  private final Payload object;
  private final byte[] buffer;
  private int length;
  private byte[] sha256 = new byte[0];

  /**
   * @param longest the longest part, in bytes
   */
  PartContent(Payload object, int longest) {
    this.object = object;
    this.buffer = new byte[longest];
  }

  /**
   * Reads a part, in place of the one before.
   *
   * @throws IOException when the object cannot be read, or has fewer or more bytes than it says
   */
  void read(long offset, int partLength) throws IOException {
    length = 0;
    // Opened for each part: a source that is far away need not hold out while a part is sent.
    try (InputStream in = object.open(offset)) {
      int count = in.readNBytes(buffer, 0, partLength);
      if (count < partLength) {
        throw new EOFException(
            (offset + count) + " bytes came where " + object.size() + " were announced");
      }
      if (offset + partLength == object.size() && in.read() >= 0) {
        throw new IOException("more bytes came than the " + object.size() + " announced");
      }
    }
    length = partLength;
    sha256 = hash("SHA-256");
  }

  int length() {
    return length;
  }

  /** The SHA-256, raw. */
  byte[] sha256() {
    return sha256.clone();
  }

  /** The SHA-256 as S3 writes it. */
  String sha256Base64() {
    return Base64.getEncoder().encodeToString(sha256);
  }

  /** The MD5 as it stands in the ETag of a part that is not encrypted with a key of the service. */
  String md5Hex() {
    return HexFormat.of().formatHex(hash("MD5"));
  }

  private byte[] hash(String algorithm) {
    MessageDigest digest = digest(algorithm);
    digest.update(buffer, 0, length);
    return digest.digest();
  }

  /** SHA-256 or MD5. */
  static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has them
    }
  }

  /** To be sent before the next part is read. */
  RequestBody body() {
    int sent = length;
    return RequestBody.fromContentProvider(
        () -> new ByteArrayInputStream(buffer, 0, sent), sent, MEDIA_TYPE);
  }
}
