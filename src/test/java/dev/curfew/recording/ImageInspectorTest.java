package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.replay.CaptureReader;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageInspectorTest {
  static final ImageInspector INSPECTOR = new ImageInspector(ImageLimits.DEFAULT);

  @Test
  void screenshotOfTheCapture_isAccepted() {
    CaptureReader capture = CaptureReader.bundled(CaptureReader.DBA_MAINTENANCE);
    byte[] png = capture.image(capture.read().frames().get(54));

    assertThat(INSPECTOR.inspect(png)).isEqualTo(new InspectedImage(ImageFormat.PNG, 1024, 768));
  }

  @Test
  void jpeg_isAccepted() {
    assertThat(INSPECTOR.inspect(noise("jpg"))).isEqualTo(jpegOf(300, 200));
  }

  @Test
  void progressiveJpeg_isAccepted() throws IOException {
    assertThat(INSPECTOR.inspect(progressiveJpeg())).isEqualTo(jpegOf(300, 200));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void webp_isAccepted(boolean lossless) {
    assertThat(INSPECTOR.inspect(WebpPicture.gradient(640, 401, lossless)))
        .isEqualTo(new InspectedImage(ImageFormat.WEBP, 640, 401));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 12, 400, 1_000_000})
  void truncatedPng_isRefused(int missing) {
    refused(cut(noise("png"), missing), ErrorCode.UNPROCESSABLE, "image is cut short");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 400, 1_000_000})
  void truncatedJpeg_isRefused(int missing) {
    refused(cut(noise("jpg"), missing), ErrorCode.UNPROCESSABLE, "image is cut short");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 100, 1_000_000})
  void truncatedWebp_isRefused(int missing) {
    refused(
        cut(WebpPicture.gradient(64, 64, true), missing),
        ErrorCode.UNPROCESSABLE,
        "image is cut short");
  }

  @Test
  void jpegThatEndsProperlyButLacksRows_isRefused() {
    byte[] jpeg = noise("jpg");
    byte[] short_ = Arrays.copyOf(jpeg, jpeg.length / 2);
    short_[short_.length - 2] = (byte) 0xff;
    short_[short_.length - 1] = (byte) 0xd9;

    refused(short_, ErrorCode.UNPROCESSABLE, "image cannot be decoded");
  }

  @Test
  void pngWithFlippedBit_isRefused() {
    byte[] png = noise("png");
    png[png.length / 2] ^= 1;

    refused(png, ErrorCode.UNPROCESSABLE, "a checksum does not match");
  }

  @Test
  void pngWithTooFewPixels_isRefused() throws IOException {
    refused(png(100, 100, new byte[101]), ErrorCode.UNPROCESSABLE, "image cannot be decoded");
  }

  @Test
  void imageBomb_isRefusedByItsHeader() throws IOException {
    refused(
        png(100_000, 100_000, new byte[10]),
        ErrorCode.TOO_LARGE,
        "image declares 100000x100000 pixels, at most 50000000 are accepted");
  }

  @Test
  void imageBomb_isRefusedHoweverItsSizeOverflows() throws IOException {
    refused(png(65_536, 65_536, new byte[10]), ErrorCode.TOO_LARGE, "65536x65536");
    refused(png(Integer.MAX_VALUE, 3, new byte[10]), ErrorCode.TOO_LARGE, "2147483647x3");
    refused(png(-1, 1, new byte[10]), ErrorCode.UNPROCESSABLE, "declares no size");
    refused(png(0, 1, new byte[10]), ErrorCode.UNPROCESSABLE, "declares no size");
  }

  @Test
  void jpegBomb_isRefusedByItsHeader() {
    byte[] jpeg = noise("jpg");
    int header = indexOf(jpeg, new byte[] {(byte) 0xff, (byte) 0xc0});
    ByteBuffer.wrap(jpeg).putShort(header + 5, (short) 60_000).putShort(header + 7, (short) 60_000);

    refused(jpeg, ErrorCode.TOO_LARGE, "60000x60000");
  }

  @Test
  void webpBomb_isRefusedByThePicturesOwnSize() {
    byte[] webp = WebpPicture.gradient(64, 64, false);
    int frame = indexOf(webp, new byte[] {(byte) 0x9d, 0x01, 0x2a});
    ByteBuffer.wrap(webp)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(frame + 3, (short) 16_383)
        .putShort(frame + 5, (short) 16_383);

    refused(webp, ErrorCode.TOO_LARGE, "16383x16383");
  }

  @Test
  void compressedTextInPng_neverReachesTheDecoder() throws Exception {
    // A megabyte of zeros in a kilobyte: a decoder would inflate it, and any number of them.
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.write("Comment\0\0".getBytes(StandardCharsets.ISO_8859_1));
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(text)) {
      deflater.write(new byte[1 << 20]);
    }
    byte[] plain = paletteImage();
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.write(plain, 0, 33);
    chunk(png, "zTXt", text.toByteArray());
    png.write(plain, 33, plain.length - 33);

    assertThat(INSPECTOR.inspect(png.toByteArray()))
        .isEqualTo(new InspectedImage(ImageFormat.PNG, 8, 8));
    assertThat(ImageStructure.of(png.toByteArray()).decodable()).hasBinaryContent(plain);
  }

  @Test
  void gif_isRefused() throws IOException {
    ByteArrayOutputStream gif = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_INDEXED), "gif", gif);

    refused(gif.toByteArray(), ErrorCode.UNPROCESSABLE, "image is not a PNG, JPEG or WebP picture");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "P", "hello, I am a picture", "RIFF1234WAVEfmt ", "%PDF-1.7"})
  void anythingElse_isRefused(String content) {
    refused(
        content.getBytes(StandardCharsets.UTF_8),
        ErrorCode.UNPROCESSABLE,
        "image is not a PNG, JPEG or WebP picture");
  }

  @Test
  void tooManyBytes_areRefused() {
    byte[] png = RecordingFixture.picture(20, 20, Color.RED, "png");

    assertThatExceptionOfType(CurfewException.class)
        .isThrownBy(() -> new ImageInspector(new ImageLimits(50, 1_000)).inspect(png))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE))
        .withMessage("image has " + png.length + " bytes, at most 50 are accepted");
  }

  @Test
  void damagedFiles_neverEscapeAsAnythingElse() {
    Random random = new Random(7);
    byte[][] files = {
      noise("png"),
      noise("jpg"),
      WebpPicture.gradient(64, 64, true),
      WebpPicture.gradient(64, 64, false)
    };
    for (int i = 0; i < 400; i++) {
      byte[] file = files[i % files.length].clone();
      for (int n = 0; n < 1 + i % 5; n++) {
        file[random.nextInt(i % 2 == 0 ? Math.min(64, file.length) : file.length)] =
            (byte) random.nextInt();
      }
      try {
        INSPECTOR.inspect(file);
      } catch (CurfewException e) {
        assertThat(e.field()).isEqualTo("image");
      }
    }
  }

  private static void refused(byte[] file, ErrorCode code, String message) {
    assertThatExceptionOfType(CurfewException.class)
        .isThrownBy(() -> INSPECTOR.inspect(file))
        .satisfies(
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.field()).isEqualTo("image");
            })
        .withMessageContaining(message);
  }

  private static InspectedImage jpegOf(int width, int height) {
    return new InspectedImage(ImageFormat.JPEG, width, height);
  }

  /** Keeps the signature of what is cut. */
  private static byte[] cut(byte[] file, int missing) {
    return Arrays.copyOf(file, Math.max(20, file.length - missing));
  }

  private static BufferedImage noise() {
    BufferedImage image = new BufferedImage(300, 200, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(1);
    for (int y = 0; y < 200; y++) {
      for (int x = 0; x < 300; x++) {
        image.setRGB(x, y, random.nextInt());
      }
    }
    return image;
  }

  private static byte[] noise(String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(noise(), format, out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static byte[] progressiveJpeg() throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      writer.write(null, new IIOImage(noise(), null, null), param);
    }
    writer.dispose();
    return out.toByteArray();
  }

  private static byte[] paletteImage() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_INDEXED), "png", out);
    return out.toByteArray();
  }

  /** A PNG in 8-bit grey with correct checksums. */
  private static byte[] png(int width, int height, byte[] rows) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    chunk(png, "IHDR", ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) 8).array());
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(data)) {
      deflater.write(rows);
    }
    chunk(png, "IDAT", data.toByteArray());
    chunk(png, "IEND", new byte[0]);
    return png.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream png, String type, byte[] content) {
    ByteBuffer chunk = ByteBuffer.allocate(12 + content.length);
    chunk.putInt(content.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(content);
    CRC32 crc = new CRC32();
    crc.update(chunk.array(), 4, 4 + content.length);
    chunk.putInt((int) crc.getValue());
    png.writeBytes(chunk.array());
  }

  private static int indexOf(byte[] content, byte[] pattern) {
    for (int i = 0; i + pattern.length <= content.length; i++) {
      if (Arrays.equals(content, i, i + pattern.length, pattern, 0, pattern.length)) {
        return i;
      }
    }
    throw new AssertionError("not found");
  }
}
