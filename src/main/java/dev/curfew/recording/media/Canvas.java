package dev.curfew.recording.media;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/**
 * The picture of the video, reused from frame to frame. It is as wide as the widest frame and as
 * high as the highest, so that every frame is shown pixel for pixel with black around it; only when
 * that is more than the encoder takes are all frames reduced, by the same factor.
 */
final class Canvas {
  /** Longest side that players and the encoder agree on. */
  static final int LONGEST_SIDE = 4096;

  /** Macroblocks (16x16 pixels) of a frame at H.264 level 5.2, the encoder's limit. */
  static final int MOST_MACROBLOCKS = 36_864;

  /** Smallest side that the encoder takes. */
  static final int SHORTEST_SIDE = 16;

  private final BufferedImage picture;
  private final int[] pixels;
  private final double scale;

  /** A canvas for frames of at most this size. */
  Canvas(int widestFrame, int highestFrame) {
    this.scale = scaleFor(widestFrame, highestFrame);
    this.picture =
        new BufferedImage(
            side(widestFrame, scale), side(highestFrame, scale), BufferedImage.TYPE_INT_RGB);
    this.pixels = ((DataBufferInt) picture.getRaster().getDataBuffer()).getData();
  }

  int width() {
    return picture.getWidth();
  }

  int height() {
    return picture.getHeight();
  }

  /** The pixels in rows, each 0x00RRGGBB; the array stays the same. */
  int[] pixels() {
    return pixels;
  }

  /** Replaces the picture by a frame, centred on black. */
  void show(BufferedImage frame) {
    int width = Math.max(1, (int) Math.round(frame.getWidth() * scale));
    int height = Math.max(1, (int) Math.round(frame.getHeight() * scale));
    int x = (width() - width) / 2;
    int y = (height() - height) / 2;
    Graphics2D graphics = picture.createGraphics();
    try {
      if (width < width() || height < height()) {
        graphics.clearRect(0, 0, width(), height());
      }
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      graphics.drawImage(frame, x, y, width, height, null);
    } finally {
      graphics.dispose();
    }
  }

  private static double scaleFor(int width, int height) {
    double scale =
        Math.min(1.0, Math.min((double) LONGEST_SIDE / width, (double) LONGEST_SIDE / height));
    while (macroblocks(side(width, scale)) * macroblocks(side(height, scale)) > MOST_MACROBLOCKS) {
      scale *= 0.99;
    }
    return scale;
  }

  private static int macroblocks(int side) {
    return (side + 15) / 16;
  }

  /** Even, since the colour planes have half the resolution. */
  private static int side(int frameSide, double scale) {
    int scaled = (int) Math.round(frameSide * scale);
    return Math.max(SHORTEST_SIDE, scaled + (scaled & 1));
  }
}
