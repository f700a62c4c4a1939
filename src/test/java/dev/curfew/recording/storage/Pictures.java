package dev.curfew.recording.storage;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Image files to inspect: drawn, or built by hand where no encoder would. */
final class Pictures {
  private Pictures() {}

  static final byte[] LOSSY_WEBP = webp("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA");
  static final byte[] LOSSLESS_WEBP = webp("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");
  static final byte[] TRANSPARENT_WEBP =
      webp(
          "UklGRkoAAABXRUJQVlA4WAoAAAAQAAAAAAAAAAAAQUxQSAwAAAARBxAR/Q9ERP8DAABWUDggGAAAABQBAJ0BKgEA"
              + "AQAAAP4AAA3AAP7mtQAAAA==");
  static final byte[] ANIMATED_WEBP =
      webp(
          "UklGRlIAAABXRUJQVlA4WAoAAAASAAAAAAAAAAAAQU5JTQYAAAD/////AABBTk1GJgAAAAAAAAAAAAAAAAAAAGQA"
              + "AABWUDhMDQAAAC8AAAAQBxAREYiI/gcA");

  private static byte[] webp(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  /** A screen with something on it, so that every part of the file counts. */
  static BufferedImage screen(int width, int height, int type) {
    BufferedImage screen = new BufferedImage(width, height, type);
    Graphics2D pen = screen.createGraphics();
    for (int line = 0; line < height; line += 3) {
      pen.setColor(new Color(Color.HSBtoRGB(line / (float) height, 0.8f, 0.9f)));
      pen.drawLine(0, line, width, height - line);
    }
    pen.dispose();
    return screen;
  }

  static byte[] drawn(String format, int width, int height) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try {
      ImageIO.write(screen(width, height, BufferedImage.TYPE_INT_RGB), format, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toByteArray();
  }

  /** A PNG or JPEG that appears in several passes. */
  static byte[] progressive(String format, int width, int height) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (ImageOutputStream output = ImageIO.createImageOutputStream(file)) {
      writer.setOutput(output);
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      BufferedImage screen = screen(width, height, BufferedImage.TYPE_INT_RGB);
      writer.write(
          writer.getDefaultImageMetadata(new ImageTypeSpecifier(screen), parameters),
          new IIOImage(screen, null, null),
          parameters);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return file.toByteArray();
  }

  /** The same PNG with a header, checksum and all, that declares another size. */
  static byte[] declaringSize(byte[] png, int width, int height) {
    byte[] forged = png.clone();
    ByteBuffer file = ByteBuffer.wrap(forged);
    file.putInt(16, width).putInt(20, height);
    CRC32 crc = new CRC32();
    crc.update(forged, 12, 17);
    file.putInt(29, (int) crc.getValue());
    return forged;
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
