package dev.curfew.recording.media;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A small picture that stands for the session. The frame with the most bytes shows the most; one of
 * a single colour is taken only when there is no other.
 */
final class Thumbnail {
  static final int WIDTH = 320;

  /** A frame that is very high and narrow is cut to this, in multiples of the width. */
  private static final int HIGHEST_RATIO = 4;

  private byte @Nullable [] best;
  private boolean bestIsBlank = true;

  /** Considers a frame that could be decoded. */
  void offer(byte[] bytes, BufferedImage decoded) {
    boolean larger = best == null || bytes.length > best.length;
    if (!larger && !bestIsBlank) {
      return;
    }
    boolean blank = isBlank(decoded);
    if (best == null || (bestIsBlank && !blank) || (larger && blank == bestIsBlank)) {
      best = bytes;
      bestIsBlank = blank;
    }
  }

  /** Writes the picture of the best frame as PNG; answers whether there was one. */
  boolean write(Path file) throws IOException {
    if (best == null) {
      return false;
    }
    BufferedImage small;
    try {
      small = reduced(ScreenshotDecoder.decode(best));
    } catch (CorruptFrameException e) {
      throw new IOException("a frame decoded once and then no more: " + e.reason(), e);
    }
    try (OutputStream out = Files.newOutputStream(file);
        ImageOutputStream image = new MemoryCacheImageOutputStream(out)) {
      if (!ImageIO.write(small, "png", image)) {
        throw new IOException("this JDK writes no PNG");
      }
    }
    return true;
  }

  /** Halved until nearly small enough, so that every pixel of the original counts. */
  private static BufferedImage reduced(BufferedImage frame) {
    int height = (int) Math.round((double) frame.getHeight() * WIDTH / frame.getWidth());
    height = Math.max(1, Math.min(height, WIDTH * HIGHEST_RATIO));
    BufferedImage current = frame;
    while (current.getWidth() >= 2 * WIDTH && current.getHeight() >= 2 * height) {
      current = scaled(current, current.getWidth() / 2, current.getHeight() / 2);
    }
    return scaled(current, WIDTH, height);
  }

  private static BufferedImage scaled(BufferedImage from, int width, int height) {
    BufferedImage to = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = to.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      graphics.drawImage(from, 0, 0, width, height, null);
    } finally {
      graphics.dispose();
    }
    return to;
  }

  private static boolean isBlank(BufferedImage image) {
    int[] row = new int[image.getWidth()];
    int first = image.getRGB(0, 0);
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, row.length, 1, row, 0, row.length);
      for (int pixel : row) {
        if (pixel != first) {
          return false;
        }
      }
    }
    return true;
  }
}
