package dev.curfew.recording.storage;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Semaphore;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decides whether bytes are a screenshot: a whole, readable PNG, JPEG or WebP within the limit of
 * pixels. Blocks while it decodes; safe for use by several threads.
 *
 * <p>The size is taken from the file's header and held against the limit before anything is decoded
 * or allocated, since a few bytes can declare an image that no machine has the memory for. Images
 * that are decoded at the same time have no more pixels together than the limit allows one: memory
 * stays bounded however many threads call.
 */
public final class ImageInspector {
  /** Pixels of what is kept of the decoded image, at most; the rest is decoded and dropped. */
  private static final int KEPT_PIXELS = 1_000_000;

  private final long maxPixels;
  private final Semaphore thousandsOfPixels;

  /**
   * @param maxMegapixels the most millions of pixels an image may declare
   */
  public ImageInspector(int maxMegapixels) {
    this(maxMegapixels * 1_000_000L);
  }

  ImageInspector(long maxPixels) {
    if (maxPixels < 1) {
      throw new IllegalArgumentException("a limit of no pixels");
    }
    this.maxPixels = maxPixels;
    this.thousandsOfPixels = new Semaphore(thousands(maxPixels), true);
  }

  /**
   * Inspects an image.
   *
   * @throws CurfewException UNPROCESSABLE, field {@code image}, with the reason
   */
  public Image inspect(byte[] bytes) {
    try {
      Image image = ImageLayout.read(bytes);
      long pixels = (long) image.width() * image.height();
      if (pixels > maxPixels) {
        throw new BadImage(
            "declares %d x %d pixels; at most %d are taken"
                .formatted(image.width(), image.height(), maxPixels));
      }
      int share = thousands(pixels);
      thousandsOfPixels.acquireUninterruptibly(share);
      try {
        decode(bytes, image);
      } finally {
        thousandsOfPixels.release(share);
      }
      return image;
    } catch (BadImage e) {
      throw CurfewException.of(ErrorCode.UNPROCESSABLE, "image", "The image " + e.getMessage());
    }
  }

  private static int thousands(long pixels) {
    return Math.toIntExact((pixels + 999) / 1000);
  }

  private static void decode(byte[] bytes, Image image) throws BadImage {
    ImageReader reader = readerOf(image.format());
    List<String> warnings = new ArrayList<>();
    try (MemoryCacheImageInputStream input =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      // Metadata is not asked for: compressed text in it can be a bomb of its own.
      reader.setInput(input, true, true);
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      if (reader.getWidth(0) != image.width() || reader.getHeight(0) != image.height()) {
        throw new BadImage("declares two sizes");
      }
      ImageReadParam everyNth = reader.getDefaultReadParam();
      int step = (int) Math.ceil(Math.sqrt((double) image.width() * image.height() / KEPT_PIXELS));
      everyNth.setSourceSubsampling(
          Math.min(step, image.width()), Math.min(step, image.height()), 0, 0);
      reader.read(0, everyNth);
    } catch (IOException | RuntimeException e) {
      // Readers meet damaged data with exceptions of every kind, indexes out of bounds included.
      throw new BadImage("cannot be decoded as " + image.format() + ": it is damaged");
    } finally {
      reader.dispose();
    }
    if (warnings.stream().anyMatch(ImageInspector::meansDamage)) {
      throw new BadImage("is damaged: " + image.format() + " data is missing or corrupt");
    }
  }

  /** The JPEG library fills in what it cannot read, and only warns, in these words. */
  private static boolean meansDamage(String warning) {
    return warning.startsWith("Corrupt JPEG data") || warning.startsWith("Premature end");
  }

  private static ImageReader readerOf(Image.Format format) throws BadImage {
    if (format == Image.Format.WEBP) {
      return new WebPImageReaderSpi().createReaderInstance(null);
    }
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.extension());
    if (!readers.hasNext()) {
      throw new IllegalStateException("a Java platform without a reader for " + format);
    }
    return readers.next();
  }
}
