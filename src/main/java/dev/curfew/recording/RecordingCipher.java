package dev.curfew.recording;

import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts what lies in the object stores: AES-256-GCM in segments of 1 MiB, each recording object
 * under a key of its own that is derived by HKDF-SHA-256, so that any part can be read without what
 * comes before it. The format is that of Tink's streaming AEAD {@code AES256_GCM_HKDF_1MB}.
 *
 * <p>Every object is bound to its session and to its name in there by its associated data; one that
 * was altered, cut off or put in the place of another is found out and never given out.
 *
 * <p>There may be several keys: the first encrypts, all decrypt. A key is known by its id, the
 * first 8 hexadecimal digits of its SHA-256, which is noted with everything encrypted under it.
 */
public final class RecordingCipher {
  /** Length of a key. */
  public static final int KEY_BYTES = 32;

  private static final int SEGMENT_BYTES = 1 << 20;
  private static final int ID_DIGITS = 8;

  private final Map<String, AesGcmHkdfStreaming> keys;
  private final @Nullable String current;

  private RecordingCipher(Map<String, AesGcmHkdfStreaming> keys) {
    this.keys = keys;
    this.current = keys.keySet().stream().findFirst().orElse(null);
  }

  /** Bytes of a stored object. */
  @FunctionalInterface
  interface Stored {
    /** As {@link dev.curfew.storage.ObjectStore#open(String, long, long)}. */
    InputStream open(long offset, long length) throws IOException;
  }

  /** Encrypts nothing and can read nothing that is encrypted. */
  public static RecordingCipher none() {
    return of(List.of());
  }

  /**
   * @param keys of {@value #KEY_BYTES} bytes each, the one that encrypts first; none for no
   *     encryption
   * @throws CurfewException BAD_CONFIGURATION when one is too short or long, or is there twice
   */
  public static RecordingCipher of(List<byte[]> keys) {
    Map<String, AesGcmHkdfStreaming> byId = new LinkedHashMap<>();
    for (byte[] key : keys) {
      if (key.length != KEY_BYTES) {
        throw CurfewException.of(
            ErrorCode.BAD_CONFIGURATION,
            "a key of the recordings must have " + KEY_BYTES + " bytes, not " + key.length);
      }
      String id = Sha256.of(key).hex().substring(0, ID_DIGITS);
      if (byId.put(id, primitive(key)) != null) {
        throw CurfewException.of(
            ErrorCode.BAD_CONFIGURATION, "the recordings' key " + id + " is listed twice");
      }
    }
    return new RecordingCipher(byId);
  }

  private static AesGcmHkdfStreaming primitive(byte[] key) {
    try {
      return new AesGcmHkdfStreaming(key, "HmacSha256", KEY_BYTES, SEGMENT_BYTES, 0);
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  /** Id of the key that encrypts; null when nothing is encrypted. */
  public @Nullable String currentKey() {
    return current;
  }

  /**
   * What binds an object to its place.
   *
   * @param name the object's own, the same wherever copies of it lie
   */
  static byte[] associatedData(UUID recording, String name) {
    return (recording + "/" + name).getBytes(StandardCharsets.UTF_8);
  }

  /** A small object at once. */
  byte[] encrypt(String key, byte[] associatedData, byte[] content) {
    AesGcmHkdfStreaming primitive = require(key);
    ByteArrayOutputStream stored =
        new ByteArrayOutputStream((int) primitive.expectedCiphertextSize(content.length));
    try (OutputStream out = encrypting(key, associatedData, stored)) {
      out.write(content);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return stored.toByteArray();
  }

  /**
   * Encrypts what is written; the end is written by closing, which closes the target too.
   *
   * @param key one of those that this was made of
   */
  OutputStream encrypting(String key, byte[] associatedData, OutputStream target)
      throws IOException {
    try {
      return require(key).newEncryptingStream(target, associatedData);
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  /**
   * The plain content of a whole object from its beginning. The stream throws STORAGE_CORRUPT when
   * the object is not what was encrypted for this place, and {@link IOException} when the object
   * cannot be read.
   *
   * @param stored from its first byte to its last; closed with the result, or when this throws
   * @throws CurfewException STORAGE_UNAVAILABLE, naming the key, when it is not at hand
   */
  InputStream decrypt(String key, byte[] associatedData, InputStream stored) {
    Source source = new Source(stored);
    try {
      return new Authentic(
          require(key).newDecryptingStream(source, associatedData), () -> source.failed);
    } catch (GeneralSecurityException | IOException e) {
      close(stored);
      throw unusable(e);
    } catch (CurfewException e) {
      close(stored);
      throw e;
    }
  }

  /**
   * The plain content of an object from an offset to its end, without reading what is before; fails
   * as {@link #decrypt(String, byte[], InputStream)}. Reads nothing before it is read from.
   *
   * @param storedSize of the object in bytes
   * @param offset in the plain content, at most its size
   */
  InputStream decrypt(
      String key, byte[] associatedData, long storedSize, Stored stored, long offset) {
    AesGcmHkdfStreaming primitive = require(key);
    boolean fromStart = offset < primitive.getPlaintextSegmentSize() - primitive.getHeaderLength();
    RangeChannel ranges =
        new RangeChannel(stored, storedSize, fromStart ? 0 : primitive.getHeaderLength());
    try {
      SeekableByteChannel plain = primitive.newSeekableDecryptingChannel(ranges, associatedData);
      plain.position(offset);
      return new Authentic(Channels.newInputStream(plain), ranges::failed);
    } catch (IOException e) {
      throw altered(e);
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  /**
   * @throws CurfewException STORAGE_UNAVAILABLE, naming the key, when it is not at hand
   */
  private AesGcmHkdfStreaming require(String key) {
    AesGcmHkdfStreaming primitive = keys.get(key);
    if (primitive == null) {
      throw CurfewException.of(
          ErrorCode.STORAGE_UNAVAILABLE,
          "It is encrypted under the key "
              + key
              + ", which is not among this node's recording.encryption.keys");
    }
    return primitive;
  }

  /** Fails as reading would when a key is not at hand. */
  void requireKey(String key) {
    require(key);
  }

  private static void close(InputStream stored) {
    try {
      stored.close();
    } catch (IOException e) {
      // The failure that led here is the one to tell.
    }
  }

  private static CurfewException unusable(Exception cause) {
    return CurfewException.causedBy(
        ErrorCode.INTERNAL, "the key of the recordings cannot be used", cause);
  }

  private static CurfewException altered(IOException cause) {
    return CurfewException.causedBy(
        ErrorCode.STORAGE_CORRUPT,
        "What the store has is not what was encrypted: it was altered, cut off or exchanged",
        cause);
  }

  /** Remembers whether a failure was the store's. */
  private static final class Source extends FilterInputStream {
    private boolean failed;

    Source(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        return in.read();
      } catch (IOException e) {
        failed = true;
        throw e;
      }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return in.read(buffer, offset, length);
      } catch (IOException e) {
        failed = true;
        throw e;
      }
    }
  }

  /** Plain content; what fails and was not the store's failure is an altered object. */
  private static final class Authentic extends InputStream {
    private final InputStream in;
    private final BooleanSupplier storeFailed;

    Authentic(InputStream in, BooleanSupplier storeFailed) {
      this.in = in;
      this.storeFailed = storeFailed;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return in.read(buffer, offset, length);
      } catch (IOException e) {
        if (storeFailed.getAsBoolean()) {
          throw e;
        }
        throw altered(e);
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  /** As it may be logged: ids only. */
  @Override
  public String toString() {
    return "RecordingCipher" + keys.keySet();
  }
}
