package dev.curfew.recording;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the frame that tells most about a recording, the one with the most edges, and keeps it
 * small. Blank and nearly blank screens, such as the last one after leaving, have few.
 */
final class Thumbnail {
  static final int WIDTH = 320;

  /** A difference in brightness, of 255, that the eye takes for an edge. */
  private static final int EDGE = 24;

  private long richness = -1;
  private @Nullable BufferedImage best;

  void offer(Canvas canvas) {
    long edges = edges(canvas);
    if (edges > richness) {
      richness = edges;
      best = reduce(canvas);
    }
  }

  /** Writes the choice as PNG; something must have been offered. */
  void writeTo(OutputStream out) throws IOException {
    if (best == null) {
      throw new IllegalStateException("no frame was offered");
    }
    ImageIO.write(best, "png", out);
  }

  private static long edges(Canvas canvas) {
    byte[] bgr = canvas.bgr();
    int rowLength = canvas.width() * 3;
    long edges = 0;
    for (int y = 0; y < canvas.height(); y += 2) {
      int before = luma(bgr, y * rowLength);
      for (int at = y * rowLength + 3; at < (y + 1) * rowLength; at += 3) {
        int here = luma(bgr, at);
        if (Math.abs(here - before) > EDGE) {
          edges++;
        }
        before = here;
      }
    }
    return edges;
  }

  private static int luma(byte[] bgr, int at) {
    return ((bgr[at] & 0xff) * 29 + (bgr[at + 1] & 0xff) * 150 + (bgr[at + 2] & 0xff) * 77) >> 8;
  }

  /** The mean of every pixel that falls on a small one, so that thin text stays visible. */
  private static BufferedImage reduce(Canvas canvas) {
    int width = Math.min(WIDTH, canvas.width());
    int height = Math.max(1, Math.round((float) canvas.height() * width / canvas.width()));
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    byte[] bgr = canvas.bgr();
    for (int y = 0; y < height; y++) {
      int top = y * canvas.height() / height;
      int bottom = Math.max(top + 1, (y + 1) * canvas.height() / height);
      for (int x = 0; x < width; x++) {
        int left = x * canvas.width() / width;
        int right = Math.max(left + 1, (x + 1) * canvas.width() / width);
        small.setRGB(x, y, mean(bgr, canvas.width(), left, top, right, bottom));
      }
    }
    return small;
  }

  private static int mean(byte[] bgr, int width, int left, int top, int right, int bottom) {
    int red = 0;
    int green = 0;
    int blue = 0;
    for (int y = top; y < bottom; y++) {
      for (int at = (y * width + left) * 3; at < (y * width + right) * 3; at += 3) {
        blue += bgr[at] & 0xff;
        green += bgr[at + 1] & 0xff;
        red += bgr[at + 2] & 0xff;
      }
    }
    int count = (right - left) * (bottom - top);
    return (red / count) << 16 | (green / count) << 8 | blue / count;
  }
}
