package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.recording.ImageStructure.NotAnImage;
import java.awt.Color;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small files that would cost much memory or time if they were believed. */
class ImageMemoryTest {
  private static final long MEGABYTE = 1 << 20;
  private static final ImageInspector INSPECTOR = inspector(256 * MEGABYTE);

  private static ImageInspector inspector(long bytes) {
    return new ImageInspector(ImageLimits.DEFAULT, new DecodingMemory(bytes));
  }

  /** A lossy WebP of 42 bytes and one pixel, which declares another size. */
  private static byte[] lossy(int width, int height) {
    byte[] webp =
        Base64.getDecoder().decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA");
    little(webp).putShort(26, (short) width).putShort(28, (short) height);
    return webp;
  }

  /** A lossless WebP of 34 bytes: one colour takes no bits a pixel, however many there are. */
  private static byte[] oneColour(int width, int height) {
    byte[] webp = Base64.getDecoder().decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");
    little(webp).putInt(21, (width - 1) | (height - 1) << 14);
    return webp;
  }

  /** Ends early, and yet has the lengths of a whole file. */
  private static byte[] cutOff(byte[] webp, int length) {
    byte[] cut = Arrays.copyOf(webp, length);
    little(cut).putInt(4, length - 8).putInt(16, length - 20);
    return cut;
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void refused(
      ImageInspector inspector, byte[] file, ErrorCode code, String message) {
    assertThatExceptionOfType(CurfewException.class)
        .isThrownBy(() -> inspector.inspect(file))
        .satisfies(e -> assertThat(e.code()).isEqualTo(code))
        .satisfies(e -> assertThat(e.field()).isEqualTo(ImageInspector.FIELD))
        .withMessageContaining(message);
  }

  private static long allocatedBy(Runnable call) {
    call.run(); // Classes are loaded.
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    call.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  @Test
  void lossyWebpLargerThanTheMemory_isRefusedBeforeDecoding() {
    byte[] bomb = lossy(7000, 7000);
    assertThat(bomb).hasSize(42);

    long allocated =
        allocatedBy(
            () ->
                refused(
                    INSPECTOR,
                    bomb,
                    ErrorCode.TOO_LARGE,
                    "image is a WEBP of 7000x7000 pixels, too large to be decoded here"));

    assertThat(allocated).isLessThan(MEGABYTE);
  }

  @Test
  void lossyWebpWithoutItsPixels_isRefused() {
    refused(INSPECTOR, lossy(2000, 2000), ErrorCode.UNPROCESSABLE, "cannot be decoded");
  }

  @Test
  void lossyWebpWithoutItsFirstPartition_isRefusedBeforeDecoding() {
    byte[] bomb = cutOff(lossy(2000, 2000), 36);

    long allocated =
        allocatedBy(
            () ->
                refused(
                    INSPECTOR, bomb, ErrorCode.UNPROCESSABLE, "a part of the picture is missing"));

    assertThat(allocated).isLessThan(MEGABYTE);
  }

  /** Meeting the end of the file at each pixel took 350 bytes a pixel and six seconds. */
  @Test
  void losslessWebpOfOneColour_takesNoMoreThanItsShare() {
    byte[] flat = oneColour(2000, 2000);
    assertThat(flat).hasSize(34);

    long allocated =
        allocatedBy(
            () ->
                assertThat(INSPECTOR.inspect(flat))
                    .isEqualTo(new InspectedImage(ImageFormat.WEBP, 2000, 2000)));

    assertThat(allocated).isLessThan(32L * 2000 * 2000);
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 25, 26, 100, 1000, 4000})
  void losslessWebpCutOff_isRefused(int length) {
    byte[] webp = WebpPicture.gradient(1000, 1000, true);
    assertThat(webp.length).isGreaterThan(5000);

    assertThatExceptionOfType(CurfewException.class)
        .isThrownBy(() -> INSPECTOR.inspect(cutOff(webp, length)))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNPROCESSABLE));
  }

  @Test
  void largePng_takesRowsOnly() {
    ImageInspector poor = inspector(MEGABYTE);
    byte[] png = RecordingFixture.picture(2000, 1500, Color.RED, "png");

    assertThat(poor.inspect(png)).isEqualTo(new InspectedImage(ImageFormat.PNG, 2000, 1500));
    byte[] wide = RecordingFixture.picture(50_000, 2, Color.RED, "png");
    refused(poor, wide, ErrorCode.TOO_LARGE, "image is a PNG of 50000x2 pixels");
  }

  @Test
  void largeJpeg_takesAllItsCoefficients() {
    byte[] jpeg = RecordingFixture.picture(1000, 1000, Color.RED, "jpg");

    assertThat(inspector(10 * MEGABYTE).inspect(jpeg).width()).isEqualTo(1000);
    refused(inspector(7 * MEGABYTE), jpeg, ErrorCode.TOO_LARGE, "image is a JPEG of 1000x1000");
  }

  @Test
  void burstOfLargeImages_sharesTheMemory() throws Exception {
    // Room for one of them.
    ImageInspector narrow = inspector(40 * MEGABYTE);
    byte[] flat = oneColour(1000, 1000);
    byte[] damaged = lossy(1000, 1000);
    List<Callable<Boolean>> calls = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      calls.add(() -> narrow.inspect(flat).width() == 1000);
      calls.add(
          () -> {
            // What fails gives its share back as well.
            refused(narrow, damaged, ErrorCode.UNPROCESSABLE, "cannot be decoded");
            return true;
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (Future<Boolean> done : threads.invokeAll(calls, 30, TimeUnit.SECONDS)) {
        assertThat(done.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void imageWithoutRoom_waitsUntilAShareIsGivenBack() throws Exception {
    DecodingMemory memory = new DecodingMemory(40 * MEGABYTE);
    ImageInspector inspector = new ImageInspector(ImageLimits.DEFAULT, memory);
    byte[] flat = oneColour(1000, 1000);
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch started = new CountDownLatch(1);
    Thread second =
        new Thread(
            () -> {
              started.countDown();
              inspector.inspect(flat);
              order.add("decoded");
            });
    try (DecodingMemory.Share share = memory.take(structure(flat), 1)) {
      second.start();
      assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
      long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (second.getState() != Thread.State.WAITING && System.nanoTime() < limit) {
        Thread.onSpinWait();
      }
      assertThat(second.getState()).isEqualTo(Thread.State.WAITING);
      order.add("given back");
    }
    second.join(TimeUnit.SECONDS.toMillis(10));
    assertThat(order).containsExactly("given back", "decoded");
  }

  private static ImageStructure structure(byte[] file) throws NotAnImage {
    return ImageStructure.of(file);
  }
}
