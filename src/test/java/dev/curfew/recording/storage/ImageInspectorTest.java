package dev.curfew.recording.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.recording.storage.Image.Format;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageInspectorTest {
  private final ImageInspector inspector = new ImageInspector(50);

  private CurfewException refusal(byte[] bytes) {
    CurfewException refusal =
        catchThrowableOfType(CurfewException.class, () -> inspector.inspect(bytes));
    assertThat(refusal).as("refusal").isNotNull();
    assertThat(refusal.code()).isEqualTo(ErrorCode.UNPROCESSABLE);
    assertThat(refusal.field()).isEqualTo("image");
    return refusal;
  }

  @Test
  void png_isAccepted() {
    Image image = inspector.inspect(Pictures.drawn("png", 320, 200));
    assertThat(image).isEqualTo(new Image(Format.PNG, 320, 200));
    assertThat(image.extension()).isEqualTo("png");
    assertThat(image.contentType()).isEqualTo("image/png");
  }

  @Test
  void jpeg_isAccepted() {
    Image image = inspector.inspect(Pictures.drawn("jpg", 320, 200));
    assertThat(image).isEqualTo(new Image(Format.JPEG, 320, 200));
    assertThat(image.extension()).isEqualTo("jpg");
    assertThat(image.contentType()).isEqualTo("image/jpeg");
  }

  static Stream<byte[]> webps() {
    return Stream.of(Pictures.LOSSY_WEBP, Pictures.LOSSLESS_WEBP, Pictures.TRANSPARENT_WEBP);
  }

  @ParameterizedTest
  @MethodSource("webps")
  void webp_isAccepted(byte[] webp) {
    Image image = inspector.inspect(webp);
    assertThat(image).isEqualTo(new Image(Format.WEBP, 1, 1));
    assertThat(image.extension()).isEqualTo("webp");
    assertThat(image.contentType()).isEqualTo("image/webp");
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg"})
  void progressiveImage_isAccepted(String format) {
    assertThat(inspector.inspect(Pictures.progressive(format, 123, 77)).width()).isEqualTo(123);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg"})
  void largeImage_isDecodedToItsLastByte(String format) {
    byte[] large = Pictures.drawn(format, 3_000, 1_500);
    assertThat(inspector.inspect(large).height()).isEqualTo(1_500);
    assertThat(refusal(Arrays.copyOf(large, large.length * 9 / 10)))
        .hasMessageContaining("cut off");
  }

  static Stream<byte[]> notScreenshots() {
    return Stream.of(
        new byte[0],
        new byte[] {(byte) 0x89},
        Pictures.text("just text, whatever its name was"),
        Pictures.text("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"),
        Pictures.text("RIFF    WAVE"),
        Pictures.drawn("gif", 10, 10),
        Pictures.drawn("bmp", 10, 10));
  }

  @ParameterizedTest
  @MethodSource("notScreenshots")
  void anythingElse_isRefused(byte[] bytes) {
    assertThat(refusal(bytes)).hasMessage("The image is not a PNG, JPEG or WebP");
  }

  @Test
  void animatedWebp_isRefused() {
    assertThat(refusal(Pictures.ANIMATED_WEBP)).hasMessageContaining("animated");
  }

  @Test
  void bomb_isRefusedWithoutAllocating() {
    byte[] bomb = Pictures.declaringSize(Pictures.drawn("png", 8, 8), 100_000, 100_000);
    refusal(bomb);
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    CurfewException refusal = refusal(bomb);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(refusal).hasMessageContaining("100000 x 100000").hasMessageContaining("50000000");
    assertThat(allocated).isLessThan(200_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, Integer.MIN_VALUE})
  void sizeThatIsNone_isRefused(int height) {
    assertThat(refusal(Pictures.declaringSize(Pictures.drawn("png", 8, 8), 8, height)))
        .hasMessageContaining("declares no size");
  }

  @Test
  void sizeWhoseProductOverflows_isRefused() {
    byte[] bomb = Pictures.declaringSize(Pictures.drawn("png", 8, 8), 1 << 30, 1 << 30);
    assertThat(refusal(bomb)).hasMessageContaining("at most 50000000");
  }

  @Test
  void limit_isOnThePixel() {
    ImageInspector limited = new ImageInspector(10_000L);
    assertThat(limited.inspect(Pictures.drawn("png", 100, 100)).width()).isEqualTo(100);
    assertThat(limited.inspect(Pictures.drawn("png", 1, 10_000)).height()).isEqualTo(10_000);
    CurfewException refusal =
        catchThrowableOfType(
            CurfewException.class, () -> limited.inspect(Pictures.drawn("png", 1, 10_001)));
    assertThat(refusal.code()).isEqualTo(ErrorCode.UNPROCESSABLE);
    assertThat(refusal).hasMessage("The image declares 1 x 10001 pixels; at most 10000 are taken");
  }

  @Test
  void largerSizeThanThereAreRows_isRefused() {
    byte[] png = Pictures.declaringSize(Pictures.drawn("png", 80, 80), 80, 160);
    assertThat(refusal(png)).hasMessageContaining("damaged");
  }

  @Test
  void webpFrameLargerThanItsCanvas_isRefusedBeforeDecoding() {
    // VP8X 1 x 1, ALPH, then the key frame: its size follows the start code 9D 01 2A.
    byte[] bomb = Pictures.TRANSPARENT_WEBP.clone();
    int start = 0;
    while (bomb[start] != (byte) 0x9D || bomb[start + 1] != 1 || bomb[start + 2] != 0x2A) {
      start++;
    }
    ByteBuffer.wrap(bomb).putShort(start + 3, (short) 0xFF3F).putShort(start + 5, (short) 0xFF3F);
    assertThat(refusal(bomb)).hasMessageContaining("not of the size that it declares");
  }

  static Stream<byte[]> wholeImages() {
    return Stream.of(
        Pictures.drawn("png", 40, 30),
        Pictures.progressive("png", 40, 30),
        Pictures.drawn("jpg", 40, 30),
        Pictures.progressive("jpg", 40, 30),
        Pictures.LOSSY_WEBP,
        Pictures.LOSSLESS_WEBP,
        Pictures.TRANSPARENT_WEBP);
  }

  @ParameterizedTest
  @MethodSource("wholeImages")
  void imageCutOffAnywhere_isRefused(byte[] whole) {
    inspector.inspect(whole);
    for (int length = 0; length < whole.length; length++) {
      refusal(Arrays.copyOf(whole, length));
    }
  }

  @ParameterizedTest
  @MethodSource("wholeImages")
  void damagedImage_isAcceptedOrRefusedButNeverMore(byte[] whole) {
    Random random = new Random(42);
    for (int round = 0; round < 300; round++) {
      byte[] damaged = whole.clone();
      for (int bytes = 1 + random.nextInt(4); bytes > 0; bytes--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(inspector.inspect(damaged).width()).isPositive();
      } catch (CurfewException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.UNPROCESSABLE);
      }
    }
  }

  @Test
  void damagedPng_isRefused() {
    byte[] png = Pictures.drawn("png", 40, 30);
    png[png.length / 2] ^= 1;
    assertThat(refusal(png)).hasMessageContaining("checksum");
  }

  @Test
  void jpegOfEndlessScans_isRefused() {
    byte[] jpeg = Pictures.progressive("jpg", 40, 30);
    int scan = jpeg.length - 2;
    while (jpeg[scan] != (byte) 0xFF || jpeg[scan + 1] != (byte) 0xDA) {
      scan--;
    }
    int scanLength = jpeg.length - 2 - scan;
    ByteBuffer bomb = ByteBuffer.allocate(jpeg.length + 200 * scanLength);
    bomb.put(jpeg, 0, jpeg.length - 2);
    for (int i = 0; i < 200; i++) {
      bomb.put(jpeg, scan, scanLength);
    }
    bomb.put(jpeg, jpeg.length - 2, 2);
    assertThat(refusal(bomb.array())).hasMessageContaining("scans");
  }

  @Test
  void manyAtOnce_allGetTheirTurn() throws Exception {
    ImageInspector narrow = new ImageInspector(20_000L);
    byte[] image = Pictures.drawn("png", 150, 100);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Image>> calls =
          IntStream.range(0, 64)
              .<Callable<Image>>mapToObj(i -> () -> narrow.inspect(image))
              .toList();
      for (Future<Image> done : threads.invokeAll(calls, 20, TimeUnit.SECONDS)) {
        assertThat(done.get()).isEqualTo(new Image(Format.PNG, 150, 100));
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
