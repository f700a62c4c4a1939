package dev.curfew.terminal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A ttyrec, taken apart: frames of a header of three little-endian 32-bit numbers (seconds since
 * the epoch, microseconds, length) and so many bytes of terminal output. It may be cut anywhere.
 */
final class TtyrecFrames {
  static final int HEADER = 12;

  private static final int LONGEST = 256 * 1024;
  private static final long MICROS = 1_000_000;

  /** The year 1980, before which nobody recorded a terminal so. */
  private static final long EARLIEST_SECOND = 315_532_800;

  /** Who is told of every frame. */
  interface Reader {
    /**
     * @param at micros since the epoch
     */
    void frame(long at, byte[] output) throws IOException;
  }

  /**
   * @param at micros since the epoch
   */
  private record Header(long at, int length) {

    /** Null when this is none. */
    static @Nullable Header of(byte[] bytes, int offset) {
      ByteBuffer header = ByteBuffer.wrap(bytes, offset, HEADER).order(ByteOrder.LITTLE_ENDIAN);
      long seconds = Integer.toUnsignedLong(header.getInt());
      long micros = Integer.toUnsignedLong(header.getInt());
      long length = Integer.toUnsignedLong(header.getInt());
      return seconds < EARLIEST_SECOND || micros >= MICROS || length > LONGEST
          ? null
          : new Header(seconds * MICROS + micros, (int) length);
    }
  }

  private ByteArrayOutputStream rest = new ByteArrayOutputStream();
  private boolean broken;

  /** Whether a file may begin so: every header that lies within is one. */
  static boolean isBeginning(byte[] sample) {
    long offset = 0;
    while (offset + HEADER <= sample.length) {
      Header header = Header.of(sample, (int) offset);
      if (header == null) {
        return false;
      }
      offset += HEADER + header.length;
    }
    return offset > HEADER;
  }

  /**
   * Takes the next piece.
   *
   * @return false when it has come to something that is no frame; nothing is read from there on
   */
  boolean accept(byte[] piece, Reader reader) throws IOException {
    if (broken) {
      return true;
    }
    rest.writeBytes(piece);
    byte[] bytes = rest.toByteArray();
    int offset = 0;
    while (offset + HEADER <= bytes.length) {
      Header header = Header.of(bytes, offset);
      if (header == null) {
        broken = true;
        return false;
      }
      if (offset + HEADER + header.length > bytes.length) {
        break;
      }
      byte[] output = new byte[header.length];
      System.arraycopy(bytes, offset + HEADER, output, 0, header.length);
      reader.frame(header.at, output);
      offset += HEADER + header.length;
    }
    rest = new ByteArrayOutputStream();
    rest.write(bytes, offset, bytes.length - offset);
    return true;
  }
}
