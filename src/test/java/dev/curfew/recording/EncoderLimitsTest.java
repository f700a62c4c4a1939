package dev.curfew.recording;

import static dev.curfew.recording.RecordingFixture.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.ChunkKind;
import dev.curfew.recording.EncoderProcess.Need;
import dev.curfew.recording.EncoderProcess.Pictures;
import dev.curfew.recording.EncoderProcess.Result;
import dev.curfew.recording.EncoderProcess.Task;
import dev.curfew.terminal.ParsedCast;
import io.vertx.core.json.JsonObject;
import java.awt.Color;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings that are long, large, odd or many, and machines that have too little. */
class EncoderLimitsTest {
  private static final Encoder ENCODER = new Encoder(EncoderProcess.NATIVE, ImageLimits.DEFAULT);

  @TempDir Path directory;
  RecordingFixture fixture = new RecordingFixture(Path.of("target"));

  @BeforeEach
  void fixture() {
    fixture = new RecordingFixture(directory.resolve("store"));
  }

  private EncodedRecording encode() {
    return encode(fixture.recording(), directory.resolve("out"));
  }

  private static EncodedRecording encode(RecordingSource source, Path out) {
    return ENCODER.encode(source, out, fraction -> {}, () -> false);
  }

  private static DemuxedVideo video(EncodedRecording encoded, Integer... wanted) {
    return DemuxedVideo.read(
        encoded.artefact(ArtefactKind.VIDEO).orElseThrow().file(), Set.of(wanted));
  }

  private void assertNothingIsLeft() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("out"))) {
      assertThat(files).isEmpty();
    }
  }

  /** Held as a list, the manifest alone would not fit into this heap. */
  @Test
  void hoursOfKeysAndFrames_fitIntoASmallHeap() throws Exception {
    Path out = directory.resolve("out");
    Result result =
        EncoderProcess.run(
            List.of(), "40m", new Task(out, 8 * 3_600_000, 3_000, 200_000, Pictures.SMALL));

    Need need = result.need();
    assertThat(need.frames()).isEqualTo(3_000);
    assertThat(need.residentKilobytes()).as("VmHWM in kB").isLessThan(400_000);
    try (Stream<String> lines = Files.lines(out.resolve("timeline.json"))) {
      assertThat(lines.filter(line -> line.contains("\"text\""))).hasSize(200_000);
    }
    DemuxedVideo video = DemuxedVideo.read(out.resolve("video.mp4"), Set.of());
    assertThat(video.frameMillis()).hasSize(3_000).endsWith(2_999 * 9_600.0);
  }

  /** A file may be no longer than the limit: to the writer that is a full disk. */
  @Test
  void diskThatIsFull_failsTheEncodingAndNothingIsLeft() throws Exception {
    Path out = directory.resolve("out");
    Task task = new Task(out, 60_000, 300, 20_000, Pictures.SMALL);
    for (int blocks : List.of(8, 64, 400)) {
      Result result =
          EncoderProcess.run(
              List.of("sh", "-c", "ulimit -f " + blocks + "; exec \"$@\"", "sh"), "128m", task);

      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.output()).as("%d blocks", blocks).contains("cannot be written");
      assertNothingIsLeft();
    }
  }

  @Test
  void manyFramesOfOneMillisecond_areAllInTheVideo() {
    byte[] picture = RecordingFixture.picture(64, 48, Color.RED, "png");
    for (int i = 0; i < 300; i++) {
      fixture.object(ChunkKind.SCREENSHOT, START + i / 100, picture, "png");
    }
    fixture.frame(START + 1_000, 64, 48, Color.BLUE);

    DemuxedVideo video = video(encode());

    assertThat(video.frameMillis()).hasSize(301).isSorted().doesNotHaveDuplicates();
    assertThat(video.frameMillis().get(300)).isEqualTo(1_000.0);
    assertThat(video.frameMillis().get(299)).isLessThan(20);
  }

  @Test
  void hoursBetweenFrames_areTrueToTheMillisecond() {
    long[] times = {0, 1, 17, 3_600_001, 3_600_002, 8 * 3_600_000 + 7};
    for (int i = 0; i < times.length; i++) {
      fixture.frame(START + times[i], 64, 48, i % 2 == 0 ? Color.RED : Color.BLUE);
    }

    assertThat(video(encode()).frameMillis())
        .containsExactly(0.0, 1.0, 17.0, 3_600_001.0, 3_600_002.0, 28_800_007.0);
  }

  @Test
  void screenThatStandsStill_isShownAllTheSame() {
    byte[] still = RecordingFixture.picture(64, 48, Color.RED, "png");
    for (int i = 0; i < 5; i++) {
      fixture.object(ChunkKind.SCREENSHOT, START + i * 1_000, still, "png");
    }
    fixture.frame(START + 5_000, 64, 48, Color.BLUE);
    fixture.object(ChunkKind.SCREENSHOT, START + 6_000, still, "png");

    DemuxedVideo video = video(encode(), 4, 5, 6);

    assertThat(video.frameMillis()).hasSize(7);
    assertThat(new Color(video.pictures().get(4).getRGB(20, 20)).getRed()).isGreaterThan(200);
    assertThat(new Color(video.pictures().get(5).getRGB(20, 20)).getBlue()).isGreaterThan(200);
    assertThat(new Color(video.pictures().get(6).getRGB(20, 20)).getRed()).isGreaterThan(200);
  }

  @Test
  void smallestFrame_makesAVideo() {
    fixture.frame(START, 1, 1, Color.RED);

    DemuxedVideo video = video(encode(), 0);

    assertThat(video.width()).isEqualTo(16);
    assertThat(video.height()).isEqualTo(16);
  }

  @Test
  void screenOf8K_isScaledDown() {
    fixture.frame(START, 7_680, 4_320, Color.RED);

    DemuxedVideo video = video(encode(), 0);

    assertThat(video.width()).isEqualTo(3_840);
    assertThat(video.height()).isEqualTo(2_160);
    assertThat(new Color(video.pictures().get(0).getRGB(1_920, 1_080)).getRed()).isGreaterThan(200);
  }

  @Test
  void encodingThatIsStoppedInsideAFrame_doesNotFinishIt() throws IOException {
    fixture.frame(START, 7_680, 4_320, Color.RED);
    AtomicInteger asked = new AtomicInteger();

    // Seven times before the pixels are decoded, and then for every few rows of them.
    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(
            () ->
                ENCODER.encode(
                    fixture.recording(),
                    directory.resolve("out"),
                    fraction -> {},
                    () -> asked.incrementAndGet() > 40));
    assertThat(asked.get()).isLessThan(60);
    assertNothingIsLeft();
  }

  @Test
  void encodingThatIsStopped_stopsWhereverItIs() throws IOException {
    for (int i = 0; i < 3; i++) {
      fixture.frame(START + i, 64, 48, Color.RED);
      fixture.keys(START + i, "x");
      fixture.object(ChunkKind.RAW, START + i, "$ ls\r\n".getBytes(StandardCharsets.UTF_8), "raw");
    }
    AtomicInteger whole = new AtomicInteger();
    ENCODER.encode(
        fixture.recording(),
        directory.resolve("whole"),
        fraction -> {},
        () -> whole.incrementAndGet() < 0);
    assertThat(whole.get()).isGreaterThan(30);

    for (int last = 0; last < whole.get(); last++) {
      int after = last;
      AtomicInteger asked = new AtomicInteger();
      assertThatExceptionOfType(CancellationException.class)
          .as("stopped when asked for the %dth time", after + 1)
          .isThrownBy(
              () ->
                  ENCODER.encode(
                      fixture.recording(),
                      directory.resolve("out"),
                      fraction -> {},
                      () -> asked.incrementAndGet() > after));
      assertNothingIsLeft();
    }
  }

  @Test
  void twoEncodersSideBySide_doNotDisturbEachOther() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Callable<DemuxedVideo>> encodings =
          Stream.of(Color.RED, Color.BLUE)
              .<Callable<DemuxedVideo>>map(
                  color ->
                      () -> {
                        RecordingFixture own =
                            new RecordingFixture(directory.resolve(color.toString()));
                        for (int i = 0; i < 40; i++) {
                          own.frame(START + i * 100, 320 + i, 240, color);
                        }
                        Path out = directory.resolve("out-" + color.getRGB());
                        return video(
                            new Encoder(EncoderProcess.NATIVE, ImageLimits.DEFAULT)
                                .encode(own.recording(), out, fraction -> {}, () -> false),
                            39);
                      })
              .toList();
      for (Future<DemuxedVideo> done : threads.invokeAll(encodings, 60, TimeUnit.SECONDS)) {
        assertThat(done.get().frameMillis()).hasSize(40).endsWith(3_900.0);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void storeThatHasLostMuch_isReportedInFull() throws IOException {
    for (int i = 0; i < 250; i++) {
      fixture.object(ChunkKind.SCREENSHOT, START + i, new byte[] {1, (byte) i}, "png");
    }
    fixture.frame(START + 300, 64, 48, Color.RED);

    EncodedRecording encoded = encode();

    assertThat(encoded.skipped()).isEqualTo(250);
    assertThat(encoded.damaged()).hasSize(100);
    JsonObject timeline =
        new JsonObject(Files.readString(directory.resolve("out").resolve("timeline.json")));
    assertThat(timeline.getJsonArray("skipped")).hasSize(250);
    assertThat(timeline.getJsonArray("frames")).hasSize(1);
    assertThat(timeline.getJsonObject("totals").getInteger("frames")).isEqualTo(1);
    assertThat(directory.resolve("out").resolve("damaged.part")).doesNotExist();
  }

  @Test
  void terminal_makesAnAsciicastBesideItsRawBytes() throws IOException {
    fixture.keys(START + 90, "l");
    fixture.keys(START + 95, "Enter");
    byte[] euro = "\u20ac\r\n".getBytes(StandardCharsets.UTF_8);
    fixture.object(ChunkKind.RAW, START + 100, new byte[] {'l', euro[0]}, "raw");
    fixture.object(
        ChunkKind.RAW, START + 1_200, new byte[] {euro[1], euro[2], euro[3], euro[4]}, "raw");

    EncodedRecording encoded = encode();

    assertThat(encoded.artefacts())
        .extracting(Artefact::kind, Artefact::contentType)
        .contains(
            org.assertj.core.groups.Tuple.tuple(ArtefactKind.ASCIICAST, "application/x-asciicast"));
    ParsedCast cast =
        ParsedCast.of(Files.readString(directory.resolve("out").resolve("terminal.cast")));
    assertThat(cast.events())
        .containsExactly(
            new ParsedCast.Event(90_000, "i", "l"),
            new ParsedCast.Event(95_000, "i", "\r"),
            new ParsedCast.Event(100_000, "o", "l"),
            new ParsedCast.Event(1_200_000, "o", "\u20ac\r\n"));
    assertThat(directory.resolve("out").resolve("raw.bin")).hasSize(6);
  }

  @Test
  void binaryRecording_makesNoAsciicast() {
    fixture.object(ChunkKind.RAW, START, new byte[] {3, 0, 0, 19, 14, 0, 0, 0}, "raw");

    assertThat(encode().artefacts())
        .extracting(Artefact::kind)
        .containsExactly(ArtefactKind.CAPTIONS, ArtefactKind.TIMELINE, ArtefactKind.RAW);
    assertThat(directory.resolve("out").resolve("terminal.cast")).doesNotExist();
  }
}
