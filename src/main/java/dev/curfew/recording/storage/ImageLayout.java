package dev.curfew.recording.storage;

import dev.curfew.recording.storage.Image.Format;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The outside of an image file: which format it is, what size it declares, and whether its parts
 * are all there. Nothing is decoded, and nothing is allocated by what the file declares.
 *
 * <p>Decoders do not settle this: those of the JDK take a PNG whose checksums are wrong and a JPEG
 * that ends early with a warning at most, and a WebP's frame may declare another size than its
 * canvas.
 */
final class ImageLayout {
  /**
   * More scans than any progressive JPEG needs; each costs a pass over all pixels for a few bytes.
   */
  private static final int MOST_SCANS = 100;

  private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;

  private ImageLayout() {}

  /**
   * Reads the layout.
   *
   * @throws BadImage for anything but a whole PNG, JPEG or WebP
   */
  static Image read(byte[] bytes) throws BadImage {
    ByteBuffer file = ByteBuffer.wrap(bytes);
    if (bytes.length >= 8 && file.getLong(0) == PNG_SIGNATURE) {
      return png(bytes);
    }
    if (bytes.length >= 3 && file.getShort(0) == (short) 0xFFD8 && bytes[2] == (byte) 0xFF) {
      return jpeg(bytes);
    }
    if (bytes.length >= 12 && tag(bytes, 0).equals("RIFF") && tag(bytes, 8).equals("WEBP")) {
      return webp(bytes);
    }
    throw new BadImage("is not a PNG, JPEG or WebP");
  }

  // PNG: chunks of length, tag, content, CRC; IHDR first, IEND last.

  private static Image png(byte[] bytes) throws BadImage {
    ByteBuffer file = ByteBuffer.wrap(bytes);
    int width = 0;
    int height = 0;
    int at = 8;
    while (true) {
      long length = part(bytes, at, 4) ? Integer.toUnsignedLong(file.getInt(at)) : 0;
      if (!part(bytes, at, length + 12)) {
        throw new BadImage("ends before its end: it is cut off");
      }
      int end = at + 8 + (int) length;
      String tag = tag(bytes, at + 4);
      CRC32 crc = new CRC32();
      crc.update(bytes, at + 4, (int) length + 4);
      if ((int) crc.getValue() != file.getInt(end)) {
        throw new BadImage("is damaged: a checksum of the PNG does not match");
      }
      if (at == 8) {
        if (!tag.equals("IHDR") || length != 13) {
          throw new BadImage("is a PNG without a header");
        }
        width = file.getInt(at + 8);
        height = file.getInt(at + 12);
      }
      if (tag.equals("IEND")) {
        return sized(Format.PNG, width, height);
      }
      at = end + 4;
    }
  }

  // JPEG: segments of marker, length, content up to the first scan; from there on, a marker is FF
  // and neither 00, which stands for the value FF, nor a restart.

  private static Image jpeg(byte[] bytes) throws BadImage {
    ByteBuffer file = ByteBuffer.wrap(bytes);
    int width = 0;
    int height = 0;
    int scans = 0;
    int at = 2;
    while (true) {
      at = nextMarker(bytes, at, scans > 0);
      int marker = Byte.toUnsignedInt(bytes[at - 1]);
      if (marker == 0xD9) {
        if (scans == 0) {
          throw new BadImage("is a JPEG without a picture");
        }
        return sized(Format.JPEG, width, height);
      }
      int length = part(bytes, at, 2) ? Short.toUnsignedInt(file.getShort(at)) : 0;
      if (length < 2 || !part(bytes, at, length)) {
        throw new BadImage("ends before its end: it is cut off");
      }
      if (isFrame(marker)) {
        if (width != 0 || length < 8) {
          throw new BadImage("is a JPEG whose header cannot be read");
        }
        height = Short.toUnsignedInt(file.getShort(at + 3));
        width = Short.toUnsignedInt(file.getShort(at + 5));
        sized(Format.JPEG, width, height);
      } else if (marker == 0xDA && ++scans > MOST_SCANS) {
        throw new BadImage("is a JPEG of more than " + MOST_SCANS + " scans");
      }
      at += length;
    }
  }

  /** Where the content of the next marker begins. */
  private static int nextMarker(byte[] bytes, int from, boolean withinScan) throws BadImage {
    for (int at = from; part(bytes, at, 2); at++) {
      if (bytes[at] != (byte) 0xFF) {
        if (!withinScan) {
          throw new BadImage("is damaged: a JPEG's segment is not where it belongs");
        }
        continue;
      }
      int marker = Byte.toUnsignedInt(bytes[at + 1]);
      boolean restart = marker >= 0xD0 && marker <= 0xD7;
      if (marker != 0x00 && marker != 0xFF && !restart) {
        return at + 2;
      }
    }
    throw new BadImage("ends before its end: it is cut off");
  }

  /** Start of frame, in any coding: C0 to CF but for the tables DHT, JPG and DAC. */
  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  // WebP: a RIFF of chunks, tag, length, content padded to an even length. One frame, alone or with
  // VP8X before it, which declares the canvas.

  private static Image webp(byte[] bytes) throws BadImage {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long end = 8 + Integer.toUnsignedLong(file.getInt(4));
    if (end > bytes.length) {
      throw new BadImage("ends before its end: it is cut off");
    }
    Image canvas = null;
    Image frame = null;
    long next = 12;
    while (next + 8 <= end) {
      int at = (int) next;
      long length = Integer.toUnsignedLong(file.getInt(at + 4));
      if (at + 8 + length > end) {
        throw new BadImage("ends before its end: it is cut off");
      }
      int content = at + 8;
      String tag = tag(bytes, at);
      switch (tag) {
        case "VP8X" -> canvas = once(canvas, extended(file, content, length));
        case "VP8 " -> frame = once(frame, lossy(file, content, length));
        case "VP8L" -> frame = once(frame, lossless(file, content, length));
        case "ANIM", "ANMF" -> throw new BadImage("is animated; a screenshot is one picture");
        default -> {
          // Colour profile, transparency, descriptions: nothing that declares a size.
        }
      }
      next = content + length + (length & 1);
    }
    if (frame == null) {
      throw new BadImage("is a WebP without a picture");
    }
    if (canvas != null && !canvas.equals(frame)) {
      throw new BadImage("is a WebP whose picture is not of the size that it declares");
    }
    return frame;
  }

  private static Image once(@Nullable Image before, Image now) throws BadImage {
    if (before != null) {
      throw new BadImage("is a WebP that declares its size twice");
    }
    return now;
  }

  private static Image extended(ByteBuffer file, int at, long length) throws BadImage {
    header(length >= 10);
    return sized(Format.WEBP, 1 + int24(file, at + 4), 1 + int24(file, at + 7));
  }

  private static Image lossy(ByteBuffer file, int at, long length) throws BadImage {
    // A key frame: bit 0 of its tag is 0, then the start code 9D 01 2A.
    header(length >= 10 && (file.get(at) & 1) == 0 && int24(file, at + 3) == 0x2A019D);
    return sized(Format.WEBP, file.getShort(at + 6) & 0x3FFF, file.getShort(at + 8) & 0x3FFF);
  }

  private static Image lossless(ByteBuffer file, int at, long length) throws BadImage {
    header(length >= 5 && file.get(at) == 0x2F);
    int bits = file.getInt(at + 1);
    return sized(Format.WEBP, 1 + (bits & 0x3FFF), 1 + ((bits >>> 14) & 0x3FFF));
  }

  private static void header(boolean sound) throws BadImage {
    if (!sound) {
      throw new BadImage("is a WebP whose header cannot be read");
    }
  }

  private static int int24(ByteBuffer file, int at) {
    return Short.toUnsignedInt(file.getShort(at)) | Byte.toUnsignedInt(file.get(at + 2)) << 16;
  }

  private static Image sized(Format format, int width, int height) throws BadImage {
    if (width <= 0 || height <= 0) {
      throw new BadImage("declares no size");
    }
    return new Image(format, width, height);
  }

  private static boolean part(byte[] bytes, int at, long length) {
    return at >= 0 && length <= bytes.length - (long) at;
  }

  private static String tag(byte[] bytes, int at) {
    return new String(bytes, at, 4, StandardCharsets.US_ASCII);
  }
}
