package dev.curfew.storage;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * A part of an object in memory, with what proves its bytes. The buffer serves one part at once.
 */
final class PartContent {
  /** Between two tellings of how much has been sent, in bytes. */
  private static final int STEP = 1 << 20;

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

  /**
   * To be sent before the next part is read.
   *
   * @param sent is told how many bytes of the part are on their way
   */
  RequestBody body(LongConsumer sent) {
    int size = length;
    return RequestBody.fromContentProvider(
        () -> new Told(new ByteArrayInputStream(buffer, 0, size), sent), size, MEDIA_TYPE);
  }

  /** A stream that tells how far it has been read, a mebibyte at a time. */
  private static final class Told extends FilterInputStream {
    private final LongConsumer listener;
    private long read;
    private long told;

    Told(InputStream in, LongConsumer listener) {
      super(in);
      this.listener = listener;
    }

    @Override
    public int read() throws IOException {
      return counted(super.read(), 1);
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
      int result = super.read(into, offset, count);
      return counted(result, result);
    }

    private int counted(int result, int bytes) {
      if (result >= 0) {
        read += bytes;
        if (read - told >= STEP) {
          told = read;
          listener.accept(read);
        }
      }
      return result;
    }

    @Override
    public boolean markSupported() {
      return false; // Read again, it is opened again.
    }
  }
}
