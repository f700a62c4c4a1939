package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.recording.ImageStructure.NotAnImage;
import java.awt.image.BufferedImage;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Tells a real screenshot from everything else that may be sent as one. The size that the file
 * declares is held against the limits before anything is decoded; then the picture is decoded to
 * its end, so that a chunk which was accepted can be encoded later.
 *
 * <p>Blocks for as long as decoding takes (about 10 ms for a screen of 1024x768).
 */
public final class ImageInspector {
  /** The field that a refusal names. */
  public static final String FIELD = "image";

  /** What the proof by decoding keeps: every 16th pixel of every 16th row, at most 200,000. */
  private static final int PROOF_SUBSAMPLING = 16;

  private final ImageLimits limits;

  public ImageInspector(ImageLimits limits) {
    this.limits = limits;
  }

  /**
   * @throws CurfewException TOO_LARGE when file or declared size pass the limits, UNPROCESSABLE
   *     when it is not a whole PNG, JPEG or WebP picture; both name the field {@code image}
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
      decode(structure, PROOF_SUBSAMPLING);
      return new InspectedImage(structure.format(), structure.width(), structure.height());
    } catch (NotAnImage e) {
      throw CurfewException.of(ErrorCode.UNPROCESSABLE, FIELD, "image " + e.reason());
    }
  }

  /**
   * Decodes the whole file but keeps only every {@code subsampling}th pixel of every {@code
   * subsampling}th row.
   *
   * @throws NotAnImage when the pixels cannot be decoded to the last one
   */
  static BufferedImage decode(ImageStructure structure, int subsampling) throws NotAnImage {
    ImageReader reader = reader(structure.format());
    DamageListener damage = new DamageListener();
    try (ImageInputStream in = new MemoryCacheImageInputStream(structure.decodable())) {
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
}
