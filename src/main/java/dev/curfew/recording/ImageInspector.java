package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.recording.ImageStructure.NotAnImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadProgressListener;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Tells a real screenshot from everything else that may be sent as one. The size that the file
 * declares is held against the limits before anything is decoded; then the picture is decoded to
 * its end, so that a chunk which was accepted can be encoded later.
 *
 * <p>Blocks for as long as decoding takes (about 10 ms for a screen of 1024x768), and before that
 * until the memory for it is free: all images that are decoded at the same time share half of the
 * heap. An image that would need more than that alone is refused even below the limit of pixels: a
 * WebP takes 32 bytes a pixel, so that 50 megapixels need a heap of 3.2 GB, and 1 GB suffices for
 * 16; a JPEG takes 8.
 */
public final class ImageInspector {
  /** The field that a refusal names. */
  public static final String FIELD = "image";

  /** What the proof by decoding keeps: every 16th pixel of every 16th row, at most 200,000. */
  private static final int PROOF_SUBSAMPLING = 16;

  private final ImageLimits limits;
  private final DecodingMemory memory;

  public ImageInspector(ImageLimits limits) {
    this(limits, DecodingMemory.PROCESS);
  }

  ImageInspector(ImageLimits limits, DecodingMemory memory) {
    this.limits = limits;
    this.memory = memory;
  }

  /**
   * @throws CurfewException TOO_LARGE when file or declared size pass the limits or the memory
   *     there is, UNPROCESSABLE when it is not a whole PNG, JPEG or WebP picture; both name the
   *     field {@code image}
   */
  public InspectedImage inspect(byte[] file) {
    if (file.length > limits.maxBytes()) {
      throw CurfewException.of(
          ErrorCode.TOO_LARGE,
          FIELD,
          "image has " + file.length + " bytes, at most " + limits.maxBytes() + " are accepted");
    }
    try {
      ImageStructure structure = ImageStructure.of(file);
      if (structure.pixels() > limits.maxPixels()) {
        throw CurfewException.of(
            ErrorCode.TOO_LARGE,
            FIELD,
            "image declares %dx%d pixels, at most %d are accepted"
                .formatted(structure.width(), structure.height(), limits.maxPixels()));
      }
      if (!memory.holds(structure, PROOF_SUBSAMPLING)) {
        throw CurfewException.of(
            ErrorCode.TOO_LARGE,
            FIELD,
            "image is a %s of %dx%d pixels, too large to be decoded here"
                .formatted(structure.format(), structure.width(), structure.height()));
      }
      decode(structure, PROOF_SUBSAMPLING, memory, () -> false);
      return new InspectedImage(structure.format(), structure.width(), structure.height());
    } catch (NotAnImage e) {
      throw CurfewException.of(ErrorCode.UNPROCESSABLE, FIELD, "image " + e.reason());
    }
  }

  /**
   * Decodes the whole file but keeps only every {@code subsampling}th pixel of every {@code
   * subsampling}th row. Waits for its share of the memory for decoding, and gives it back when it
   * is done: the result is the caller's.
   *
   * @param cancelled is asked again and again while it is decoded
   * @throws NotAnImage when the pixels cannot be decoded to the last one, or never fit into memory
   * @throws java.util.concurrent.CancellationException when {@code cancelled} said so
   */
  static BufferedImage decode(ImageStructure structure, int subsampling, BooleanSupplier cancelled)
      throws NotAnImage {
    return decode(structure, subsampling, DecodingMemory.PROCESS, cancelled);
  }

  private static BufferedImage decode(
      ImageStructure structure, int subsampling, DecodingMemory memory, BooleanSupplier cancelled)
      throws NotAnImage {
    if (!memory.holds(structure, subsampling)) {
      throw new NotAnImage("is too large to be decoded here");
    }
    try (DecodingMemory.Share share = memory.take(structure, subsampling)) {
      BufferedImage image = read(structure, subsampling, cancelled);
      CancellableSource.check(cancelled);
      return image;
    }
  }

  private static BufferedImage read(
      ImageStructure structure, int subsampling, BooleanSupplier cancelled) throws NotAnImage {
    ImageReader reader = reader(structure.format());
    DamageListener damage = new DamageListener();
    reader.addIIOReadProgressListener(new Brake(cancelled));
    try (ImageInputStream in = input(structure)) {
      reader.setInput(in, true, true);
      reader.addIIOReadWarningListener(damage);
      ImageReadParam param = reader.getDefaultReadParam();
      param.setSourceSubsampling(subsampling, subsampling, 0, 0);
      BufferedImage image = reader.read(0, param);
      if (damage.found != null) {
        throw new NotAnImage("cannot be decoded: " + damage.found);
      }
      return image;
    } catch (IOException | RuntimeException e) {
      // The decoders answer damage with exceptions of any kind, unchecked ones included.
      throw new NotAnImage("cannot be decoded as " + structure.format());
    } finally {
      reader.dispose();
    }
  }

  private static ImageInputStream input(ImageStructure structure) {
    byte[] file = structure.decodable();
    return structure.format() == ImageFormat.WEBP
        ? new PaddedImageInput(file)
        : new MemoryCacheImageInputStream(new ByteArrayInputStream(file));
  }

  private static ImageReader reader(ImageFormat format) {
    var readers = ImageIO.getImageReadersByMIMEType(format.contentType());
    if (!readers.hasNext()) {
      throw new IllegalStateException("no decoder for " + format + " on the class path");
    }
    return readers.next();
  }

  /**
   * The JPEG decoder fills what it cannot read with grey and only warns. These two phrases are the
   * decoder's own and not translated; its other warnings are about metadata.
   */
  private static final class DamageListener implements IIOReadWarningListener {
    private @Nullable String found;

    @Override
    public void warningOccurred(ImageReader source, String warning) {
      if (warning.contains("JPEG data") || warning.contains("JPEG file")) {
        found = warning;
      }
    }
  }

  /** Stops a decoder at the next row. What it has returned by then is no picture. */
  private static final class Brake implements IIOReadProgressListener {
    private final BooleanSupplier cancelled;

    Brake(BooleanSupplier cancelled) {
      this.cancelled = cancelled;
    }

    @Override
    public void imageProgress(ImageReader source, float percentageDone) {
      if (cancelled.getAsBoolean()) {
        source.abort();
      }
    }

    @Override
    public void sequenceStarted(ImageReader source, int minIndex) {}

    @Override
    public void sequenceComplete(ImageReader source) {}

    @Override
    public void imageStarted(ImageReader source, int imageIndex) {}

    @Override
    public void imageComplete(ImageReader source) {}

    @Override
    public void thumbnailStarted(ImageReader source, int imageIndex, int thumbnailIndex) {}

    @Override
    public void thumbnailProgress(ImageReader source, float percentageDone) {}

    @Override
    public void thumbnailComplete(ImageReader source) {}

    @Override
    public void readAborted(ImageReader source) {}
  }
}
