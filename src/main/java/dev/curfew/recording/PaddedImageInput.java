package dev.curfew.recording;

import java.io.IOException;
import java.util.Arrays;
import javax.imageio.IIOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * An image in memory, followed by a few zero bytes and then by a failure. The WebP reader looks
 * ahead beyond the last byte of a whole image, which the zeros allow; and it takes the end of a
 * stream for more of the same data, which after so many bytes can only be an image that is cut off.
 * Meeting the end at each symbol would also cost it an exception each time.
 */
final class PaddedImageInput extends ImageInputStreamImpl {
  /** Twice the eight bytes that the reader's bit buffer holds. */
  private static final int PADDING = 16;

  private final byte[] image;

  PaddedImageInput(byte[] image) {
    this.image = image;
  }

  @Override
  public int read() throws IOException {
    checkClosed();
    bitOffset = 0;
    if (streamPos < image.length) {
      return Byte.toUnsignedInt(image[(int) streamPos++]);
    }
    requirePadding(1);
    streamPos++;
    return 0;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    checkClosed();
    bitOffset = 0;
    if (streamPos + length > image.length) {
      requirePadding(length);
    }
    int whole = (int) Math.max(0, Math.min(length, image.length - streamPos));
    if (whole > 0) {
      System.arraycopy(image, (int) streamPos, into, offset, whole);
    }
    Arrays.fill(into, offset + whole, offset + length, (byte) 0);
    streamPos += length;
    return length;
  }

  @Override
  public long length() {
    return image.length;
  }

  private void requirePadding(int length) throws IIOException {
    if (streamPos + length > image.length + PADDING) {
      throw new IIOException("the image ends early");
    }
  }
}
