package dev.curfew.recording;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;

/**
 * The picture area of a video. It is as large as the largest frame, rounded up to even sides, but
 * no larger than {@value #MAX_LONG_SIDE}x{@value #MAX_SHORT_SIDE} either way round. A frame is
 * drawn in the middle, at its own size when it fits and scaled down when not; the rest is black.
 */
final class Canvas {
  /** H.264 levels end about there, as does the encoder. */
  static final int MAX_LONG_SIDE = 3840;

  static final int MAX_SHORT_SIDE = 2160;

  /** What the encoder needs. */
  private static final int MIN_SIDE = 16;

  static {
    // Drawing on pictures needs no display, and must not fail because of one that is configured
    // but cannot be reached.
    if (System.getProperty("java.awt.headless") == null) {
      System.setProperty("java.awt.headless", "true");
    }
  }

  private final BufferedImage image;

  private Canvas(int width, int height) {
    image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
  }

  /** A canvas for frames of which none is larger than this. */
  static Canvas forFrames(int width, int height) {
    double scale =
        Math.min(
            1,
            Math.min(
                (double) MAX_LONG_SIDE / Math.max(width, height),
                (double) MAX_SHORT_SIDE / Math.min(width, height)));
    return new Canvas(side(width * scale), side(height * scale));
  }

  private static int side(double length) {
    int rounded = (int) Math.round(length);
    return Math.max(MIN_SIDE, rounded + (rounded & 1));
  }

  int width() {
    return image.getWidth();
  }

  int height() {
    return image.getHeight();
  }

  /** By which whole factor a frame may be thinned out while it is decoded, before it is scaled. */
  int subsampling(int frameWidth, int frameHeight) {
    return Math.max(1, Math.max(frameWidth / (2 * width()), frameHeight / (2 * height())));
  }

  /** Draws a frame over whatever was there. */
  void draw(BufferedImage frame) {
    double scale =
        Math.min(
            1,
            Math.min((double) width() / frame.getWidth(), (double) height() / frame.getHeight()));
    int drawnWidth = Math.max(1, (int) Math.round(frame.getWidth() * scale));
    int drawnHeight = Math.max(1, (int) Math.round(frame.getHeight() * scale));
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setColor(Color.BLACK);
      graphics.fillRect(0, 0, width(), height());
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      graphics.drawImage(
          frame,
          (width() - drawnWidth) / 2,
          (height() - drawnHeight) / 2,
          drawnWidth,
          drawnHeight,
          null);
    } finally {
      graphics.dispose();
    }
  }

  /** The pixels themselves, not a copy: blue, green, red; rows from the top without padding. */
  byte[] bgr() {
    return ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
  }
}
