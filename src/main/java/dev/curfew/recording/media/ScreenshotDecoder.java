package dev.curfew.recording.media;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Screenshots to pixels. Images come from outside, so the size that a header promises is checked
 * before memory is given to it, and whatever a decoder throws at damaged bytes means that the frame
 * is corrupt.
 */
final class ScreenshotDecoder {
  /** Three 4K screens side by side and some; an image above that is refused. */
  static final long MOST_PIXELS = 32L * 1024 * 1024;

  private ScreenshotDecoder() {}

  /** Width and height in pixels. */
  record Size(int width, int height) {}

  /** The bytes of a frame; a frame that its store calls damaged is corrupt like any other. */
  static byte[] fetch(CapturedItem.Frame frame) throws IOException, CorruptFrameException {
    try {
      return frame.image().read();
    } catch (CurfewException e) {
      if (e.code() == ErrorCode.UNPROCESSABLE) {
        throw new CorruptFrameException(e.getMessage());
      }
      throw e;
    }
  }

  /** What the header says, without decoding the picture. */
  static Size sizeOf(byte[] bytes) throws CorruptFrameException {
    return read(bytes, (reader, size) -> size);
  }

  /** The picture as opaque RGB, transparent parts on black. */
  static BufferedImage decode(byte[] bytes) throws CorruptFrameException {
    return read(bytes, (reader, size) -> opaque(reader.read(0)));
  }

  private interface Reading<T> {
    T from(ImageReader reader, Size size) throws IOException;
  }

  private static <T> T read(byte[] bytes, Reading<T> reading) throws CorruptFrameException {
    if (bytes.length == 0) {
      throw new CorruptFrameException("empty");
    }
    // Not ImageIO.createImageInputStream, which may go through a file on disk.
    try (ImageInputStream input =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(input);
      if (!readers.hasNext()) {
        throw new CorruptFrameException("not a known image format");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(input, true, true);
        Size size = new Size(reader.getWidth(0), reader.getHeight(0));
        if ((long) size.width() * size.height() > MOST_PIXELS) {
          throw new CorruptFrameException(
              "larger than allowed: " + size.width() + "x" + size.height());
        }
        return reading.from(reader, size);
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      // Decoders answer damaged bytes with all kinds of unchecked exceptions too.
      throw new CorruptFrameException("cannot be decoded: " + describe(e));
    }
  }

  private static String describe(Exception e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private static BufferedImage opaque(BufferedImage decoded) {
    if (decoded.getType() == BufferedImage.TYPE_INT_RGB) {
      return decoded;
    }
    BufferedImage rgb =
        new BufferedImage(decoded.getWidth(), decoded.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = rgb.createGraphics();
    try {
      graphics.drawImage(decoded, 0, 0, null);
    } finally {
      graphics.dispose();
    }
    return rgb;
  }
}
