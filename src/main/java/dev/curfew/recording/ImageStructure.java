package dev.curfew.recording;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * What the container of a picture says, read without decoding a pixel: format, declared size,
 * whether the file is whole. Decoders forgive missing ends and trust declared sizes; this does
 * neither.
 */
final class ImageStructure {

  /** Why a file is not an acceptable picture; the message completes "image ...". */
  static final class NotAnImage extends Exception {
    private static final long serialVersionUID = 1L;

    NotAnImage(String message) {
      super(message, null, false, false);
    }

    /** The reason, never null. */
    String reason() {
      return String.valueOf(getMessage());
    }
  }

  private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  /**
   * What decoding needs. Text and colour profiles are compressed by themselves and would be
   * inflated without a limit.
   */
  private static final Set<String> PNG_PIXEL_CHUNKS =
      Set.of("IHDR", "PLTE", "tRNS", "IDAT", "IEND");

  /** A progressive picture needs about ten; thousands keep a decoder busy for minutes. */
  private static final int MAX_JPEG_SCANS = 64;

  private static final int PNG_CHUNK_OVERHEAD = 12;

  private final ImageFormat format;
  private final int width;
  private final int height;
  private final byte[] decodable;

  private ImageStructure(ImageFormat format, int width, int height, byte[] decodable) {
    this.format = format;
    this.width = width;
    this.height = height;
    this.decodable = decodable;
  }

  ImageFormat format() {
    return format;
  }

  /** As declared; where a file declares several, the largest. */
  int width() {
    return width;
  }

  /** As declared; where a file declares several, the largest. */
  int height() {
    return height;
  }

  long pixels() {
    return (long) width * height;
  }

  /** What to hand to a decoder: the file, without the parts that it need not see. */
  InputStream decodable() {
    return new ByteArrayInputStream(decodable);
  }

  /**
   * Walks through the whole file.
   *
   * @throws NotAnImage when it is no PNG, JPEG or WebP, or is cut short or damaged
   */
  static ImageStructure of(byte[] file) throws NotAnImage {
    return read(file, false);
  }

  /**
   * Reads only as far as the declared size, so the beginning of a file will do; nothing is said
   * about the rest of it, and the result is not decodable.
   *
   * @throws NotAnImage when it is no PNG, JPEG or WebP, or the size is not in these bytes
   */
  static ImageStructure header(byte[] beginning) throws NotAnImage {
    return read(beginning, true);
  }

  private static ImageStructure read(byte[] file, boolean headerOnly) throws NotAnImage {
    try {
      return switch (format(file)) {
        case PNG -> png(file, headerOnly);
        case JPEG -> jpeg(file, headerOnly);
        case WEBP -> webp(file, headerOnly);
      };
    } catch (IndexOutOfBoundsException e) {
      throw new NotAnImage("is cut short");
    }
  }

  /** Recognises the format by the first bytes, whatever the file was called. */
  static ImageFormat format(byte[] file) throws NotAnImage {
    ByteBuffer in = ByteBuffer.wrap(file);
    if (startsWith(file, PNG_SIGNATURE)) {
      return ImageFormat.PNG;
    }
    if (file.length >= 3 && file[0] == (byte) 0xff && file[1] == (byte) 0xd8 && file[2] == -1) {
      return ImageFormat.JPEG;
    }
    if (file.length >= 12 && fourcc(in, 0).equals("RIFF") && fourcc(in, 8).equals("WEBP")) {
      return ImageFormat.WEBP;
    }
    throw new NotAnImage("is not a PNG, JPEG or WebP picture");
  }

  private static boolean startsWith(byte[] file, byte[] prefix) {
    return file.length >= prefix.length
        && ByteBuffer.wrap(file, 0, prefix.length).equals(ByteBuffer.wrap(prefix));
  }

  // PNG: signature, then chunks of length, type, content, CRC; IHDR first, IEND last.
  private static ImageStructure png(byte[] file, boolean headerOnly) throws NotAnImage {
    ByteBuffer in = ByteBuffer.wrap(file);
    if (in.getInt(8) != 13 || !fourcc(in, 12).equals("IHDR")) {
      throw new NotAnImage("is a damaged PNG: it does not begin with its header");
    }
    int width = positive(in.getInt(16));
    int height = positive(in.getInt(20));
    if (headerOnly) {
      return new ImageStructure(ImageFormat.PNG, width, height, file);
    }
    ByteArrayOutputStream decodable = new ByteArrayOutputStream(file.length);
    decodable.write(file, 0, PNG_SIGNATURE.length);
    int at = PNG_SIGNATURE.length;
    while (true) {
      long length = Integer.toUnsignedLong(in.getInt(at));
      String type = fourcc(in, at + 4);
      if (length > file.length - PNG_CHUNK_OVERHEAD - at) {
        throw new NotAnImage("is cut short");
      }
      CRC32 crc = new CRC32();
      crc.update(file, at + 4, 4 + (int) length);
      if (crc.getValue() != Integer.toUnsignedLong(in.getInt(at + 8 + (int) length))) {
        throw new NotAnImage("is a damaged PNG: a checksum does not match");
      }
      int whole = PNG_CHUNK_OVERHEAD + (int) length;
      if (PNG_PIXEL_CHUNKS.contains(type)) {
        decodable.write(file, at, whole);
      }
      at += whole;
      if (type.equals("IEND")) {
        return new ImageStructure(ImageFormat.PNG, width, height, decodable.toByteArray());
      }
    }
  }

  // JPEG: segments of FF, marker, length; after a start of scan, entropy-coded data in which FF is
  // followed by 00 or a restart marker; FF D9 at the end.
  private static ImageStructure jpeg(byte[] file, boolean headerOnly) throws NotAnImage {
    ByteBuffer in = ByteBuffer.wrap(file);
    int width = 0;
    int height = 0;
    int scans = 0;
    int at = 2;
    while (true) {
      if (in.get(at) != (byte) 0xff) {
        throw new NotAnImage("is a damaged JPEG");
      }
      int marker = in.get(at + 1) & 0xff;
      if (marker == 0xff) { // padding
        at++;
        continue;
      }
      if (marker == 0xd9) {
        if (width == 0 || scans == 0) {
          throw new NotAnImage("is a damaged JPEG: it has no picture");
        }
        return new ImageStructure(ImageFormat.JPEG, width, height, file);
      }
      if (isFrameHeader(marker)) {
        if (width != 0) {
          throw new NotAnImage("is a JPEG with more than one picture");
        }
        height = positive(in.getShort(at + 5) & 0xffff);
        width = positive(in.getShort(at + 7) & 0xffff);
        if (headerOnly) {
          return new ImageStructure(ImageFormat.JPEG, width, height, file);
        }
      }
      int length = in.getShort(at + 2) & 0xffff;
      if (length < 2) {
        throw new NotAnImage("is a damaged JPEG");
      }
      at += 2 + length;
      if (marker == 0xda) {
        if (++scans > MAX_JPEG_SCANS) {
          throw new NotAnImage("is a JPEG with too many scans");
        }
        at = endOfScan(in, at);
      }
    }
  }

  private static boolean isFrameHeader(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private static int endOfScan(ByteBuffer in, int from) {
    int at = from;
    while (true) {
      if (in.get(at) == (byte) 0xff) {
        int next = in.get(at + 1) & 0xff;
        if (next != 0 && (next < 0xd0 || next > 0xd7)) {
          return at;
        }
        at++;
      }
      at++;
    }
  }

  // WebP: RIFF, length, WEBP, then chunks of type, length, content, padded to even. The canvas in
  // VP8X and the picture's own size may differ: both count.
  private static ImageStructure webp(byte[] file, boolean headerOnly) throws NotAnImage {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long end = 8 + Integer.toUnsignedLong(in.getInt(4));
    if (end > file.length && !headerOnly) {
      throw new NotAnImage("is cut short");
    }
    int width = 0;
    int height = 0;
    boolean picture = false;
    long at = 12;
    while (at + 8 <= Math.min(end, file.length)) {
      int body = (int) at + 8;
      long length = Integer.toUnsignedLong(in.getInt((int) at + 4));
      if (body + length > end) {
        throw new NotAnImage("is cut short");
      }
      switch (fourcc(in, (int) at)) {
        case "VP8X" -> {
          width = Math.max(width, 1 + medium(in, body + 4));
          height = Math.max(height, 1 + medium(in, body + 7));
        }
        case "VP8 " -> {
          picture = true;
          if (medium(in, body + 3) != 0x2a019d) {
            throw new NotAnImage("is a damaged WebP");
          }
          width = Math.max(width, positive(in.getShort(body + 6) & 0x3fff));
          height = Math.max(height, positive(in.getShort(body + 8) & 0x3fff));
        }
        case "VP8L" -> {
          picture = true;
          if (in.get(body) != 0x2f) {
            throw new NotAnImage("is a damaged WebP");
          }
          int bits = in.getInt(body + 1);
          width = Math.max(width, 1 + (bits & 0x3fff));
          height = Math.max(height, 1 + ((bits >>> 14) & 0x3fff));
        }
        case "ANIM", "ANMF" -> throw new NotAnImage("is an animation, not one picture");
        default -> {
          // Metadata.
        }
      }
      if (headerOnly && width > 0) {
        break;
      }
      at = body + length + (length & 1);
    }
    if (!picture && !headerOnly) {
      throw new NotAnImage("is a damaged WebP: it has no picture");
    }
    return new ImageStructure(ImageFormat.WEBP, positive(width), positive(height), file);
  }

  private static int medium(ByteBuffer in, int at) {
    return (in.get(at) & 0xff) | (in.get(at + 1) & 0xff) << 8 | (in.get(at + 2) & 0xff) << 16;
  }

  private static int positive(int length) throws NotAnImage {
    if (length <= 0) {
      throw new NotAnImage("declares no size");
    }
    return length;
  }

  private static String fourcc(ByteBuffer in, int at) {
    byte[] type = new byte[4];
    in.get(at, type);
    return new String(type, StandardCharsets.ISO_8859_1);
  }
}
