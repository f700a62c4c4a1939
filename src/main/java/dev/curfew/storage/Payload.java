package dev.curfew.storage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** Bytes of known length that can be read more than once, from any offset. */
public interface Payload {

  /** In bytes. */
  long size();

  /**
   * The bytes from an offset on; the caller closes the stream.
   *
   * @param offset from 0 to {@link #size()}
   */
  InputStream open(long offset) throws IOException;

  /** Bytes at hand, which must not change while they are in use. */
  static Payload of(byte[] bytes) {
    return new Payload() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public InputStream open(long offset) {
        int from = Objects.checkIndex(Math.toIntExact(offset), bytes.length + 1);
        return new ByteArrayInputStream(bytes, from, bytes.length - from);
      }
    };
  }
}
