package dev.curfew.recording;

import static dev.curfew.recording.RecordingFixture.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.tuple;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.ChunkKind;
import io.vertx.core.json.JsonObject;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncoderTest {
  static final Encoder ENCODER = new Encoder(Path.of("target/native"), ImageLimits.DEFAULT);

  @TempDir Path directory;
  RecordingFixture fixture = new RecordingFixture(Path.of("target"));

  @BeforeEach
  void fixture() {
    fixture = new RecordingFixture(directory.resolve("store"));
  }

  private Path out() {
    return directory.resolve("out");
  }

  private EncodedRecording encode() {
    return encode(fixture.recording());
  }

  private EncodedRecording encode(RecordingSource source) {
    return ENCODER.encode(source, out(), fraction -> {}, () -> false);
  }

  private static DemuxedVideo video(EncodedRecording encoded, Integer... wanted) {
    return DemuxedVideo.read(
        encoded.artefact(ArtefactKind.VIDEO).orElseThrow().file(), Set.of(wanted));
  }

  private JsonObject timeline() throws IOException {
    return new JsonObject(Files.readString(out().resolve("timeline.json")));
  }

  @Test
  void framesOfChangingSize_shareTheLargestCanvas() {
    fixture.frame(START, 320, 240, Color.RED);
    fixture.frame(START + 1_000, 641, 481, Color.GREEN);
    fixture.frame(START + 2_000, 240, 960, Color.BLUE);

    DemuxedVideo video = video(encode(), 0, 1, 2);

    assertThat(video.width()).isEqualTo(642);
    assertThat(video.height()).isEqualTo(482);
    // The small one keeps its size in the middle, the tall one is scaled down, the rest is black.
    colour(video, 0, 321, 241, Color.RED);
    colour(video, 0, 150, 241, Color.BLACK);
    colour(video, 0, 321, 100, Color.BLACK);
    colour(video, 1, 20, 20, Color.GREEN);
    colour(video, 2, 321, 20, Color.BLUE);
    colour(video, 2, 321, 460, Color.BLUE);
    colour(video, 2, 240, 241, Color.BLACK);
  }

  @Test
  void hugeFrame_isScaledToTheCap() {
    fixture.frame(START, 5_000, 1_000, Color.RED);

    DemuxedVideo video = video(encode(), 0);

    assertThat(video.width()).isEqualTo(3_840);
    assertThat(video.height()).isEqualTo(768);
    colour(video, 0, 1_920, 384, Color.RED);
  }

  @Test
  void everyFormat_canBeMixed() {
    byte[] jpeg = RecordingFixture.picture(320, 240, Color.RED, "jpg");
    byte[] webp = WebpPicture.gradient(320, 240, true);
    fixture.object(ChunkKind.SCREENSHOT, START, jpeg, "jpg");
    fixture.object(ChunkKind.SCREENSHOT, START + 500, webp, "webp");

    EncodedRecording encoded = encode();

    assertThat(encoded.damaged()).isEmpty();
    DemuxedVideo video = video(encoded, 0, 1);
    colour(video, 0, 160, 120, Color.RED);
    colour(video, 1, 200, 10, new Color(194, 10, 200));
  }

  @Test
  void corruptFrames_areSkippedAndReported() throws IOException {
    byte[] good = RecordingFixture.picture(64, 48, Color.RED, "png");
    byte[] cut = Arrays.copyOf(good, good.length - 20);
    fixture.object(ChunkKind.SCREENSHOT, START, cut, "png");
    fixture.frame(START + 1_000, 64, 48, Color.RED);
    Chunk altered = fixture.frame(START + 2_000, 64, 48, Color.GREEN);
    Chunk lost = fixture.frame(START + 3_000, 64, 48, Color.BLUE);
    fixture.keys(START + 3_500, "x");
    fixture.frame(START + 4_000, 64, 48, Color.WHITE);
    Files.write(file(altered), good);
    Files.delete(file(lost));

    EncodedRecording encoded = encode();

    assertThat(encoded.damaged())
        .extracting(DamagedChunk::sequence, DamagedChunk::reason)
        .containsExactly(
            tuple(1L, "is cut short"),
            tuple(3L, "does not match its hash in the manifest"),
            tuple(4L, "is missing from the store"));
    assertThat(encoded.frames()).isEqualTo(2);
    // Zero is the first frame that can be shown, for video, captions and timeline alike.
    assertThat(video(encoded).frameMillis()).containsExactly(0.0, 3_000.0);
    assertThat(ParsedVtt.read(out().resolve("captions.vtt")).get(0).startMillis()).isEqualTo(2_500);
    JsonObject timeline = timeline();
    assertThat(timeline.getJsonObject("totals").getInteger("frames")).isEqualTo(2);
    assertThat(timeline.getJsonObject("totals").getInteger("skipped")).isEqualTo(3);
    JsonObject skipped = timeline.getJsonArray("skipped").getJsonObject(0);
    assertThat(skipped.getInteger("ms")).isEqualTo(-1_000);
    assertThat(skipped.getString("reason")).isEqualTo("is cut short");
  }

  @Test
  void recordingWithoutFrames_hasCaptionsAndTimelineOnly() throws IOException {
    fixture.keys(START + 1_000, "l");
    fixture.clipboard(START + 5_000, "text");

    EncodedRecording encoded = encode();

    assertThat(encoded.artefacts())
        .extracting(Artefact::kind)
        .containsExactly(ArtefactKind.CAPTIONS, ArtefactKind.TIMELINE);
    assertThat(encoded.durationMillis()).isEqualTo(4_000);
    assertThat(out().resolve("video.mp4")).doesNotExist();
    assertThat(timeline().getValue("video")).isNull();
    assertThat(ParsedVtt.read(out().resolve("captions.vtt")))
        .extracting(ParsedVtt.Cue::startMillis)
        .containsExactly(0L, 4_000L);
  }

  @Test
  void recordingOfBrokenFramesOnly_hasNoVideo() {
    fixture.object(ChunkKind.SCREENSHOT, START, new byte[] {1, 2, 3}, "png");

    EncodedRecording encoded = encode();

    assertThat(encoded.artefact(ArtefactKind.VIDEO)).isEmpty();
    assertThat(encoded.artefact(ArtefactKind.THUMBNAIL)).isEmpty();
    assertThat(encoded.damaged()).hasSize(1);
  }

  @Test
  void emptyRecording_isEncoded() throws IOException {
    assertThat(encode().durationMillis()).isZero();
    assertThat(timeline().getString("origin")).isEqualTo("2027-01-15T08:00:00.000Z");
  }

  @Test
  void halfACharacter_doesNotStopTheEncoding() throws IOException {
    fixture.keys(START, "a\ud800b");

    encode();

    assertThat(timeline().getJsonArray("keystrokes").getJsonObject(0).getString("text"))
        .isEqualTo("a?b");
    assertThat(ParsedVtt.read(out().resolve("captions.vtt")).get(0).text()).isEqualTo("a?b");
  }

  @Test
  void lastThingCaptured_endsTheVideo() {
    fixture.frame(START, 64, 48, Color.RED);
    fixture.frame(START + 1_000, 64, 48, Color.GREEN);
    fixture.keys(START + 3_600_000, "x");

    EncodedRecording encoded = encode();

    assertThat(encoded.durationMillis()).isEqualTo(3_600_000);
    assertThat(video(encoded).durationMillis()).isEqualTo(3_600_000, offset(1.0));
  }

  @Test
  void framesOfOneMillisecond_areAllShown() {
    fixture.frame(START, 64, 48, Color.RED);
    fixture.frame(START + 1_000, 64, 48, Color.GREEN);
    fixture.frame(START + 1_000, 64, 48, Color.BLUE);
    fixture.frame(START + 1_001, 64, 48, Color.WHITE);

    DemuxedVideo video = video(encode(), 1, 2, 3);

    assertThat(video.frameMillis()).containsExactly(0.0, 1_000.0, 1_000.0625, 1_001.0);
    colour(video, 2, 32, 24, Color.BLUE);
    colour(video, 3, 32, 24, Color.WHITE);
  }

  @Test
  void singleFrame_makesAVideo() {
    fixture.frame(START, 17, 9, Color.RED);

    EncodedRecording encoded = encode();

    assertThat(video(encoded).frameMillis()).containsExactly(0.0);
    assertThat(video(encoded).width()).isEqualTo(18);
    assertThat(video(encoded).height()).isEqualTo(16);
  }

  @Test
  void lateArrivals_areShownInOrderOfCapture() {
    fixture.frame(START, 64, 48, Color.RED);
    fixture.frame(START + 2_000, 64, 48, Color.BLUE);
    fixture.frame(START + 1_000, 64, 48, Color.GREEN);

    DemuxedVideo video = video(encode(), 1);

    assertThat(video.frameMillis()).containsExactly(0.0, 1_000.0, 2_000.0);
    colour(video, 1, 32, 24, Color.GREEN);
  }

  @Test
  void rawRecording_isKeptByteForByte() throws IOException {
    fixture.object(ChunkKind.RAW, START + 10, new byte[] {1, 2, 3}, "raw");
    fixture.object(ChunkKind.RAW, START, new byte[] {4, 5}, "raw");
    Chunk altered = fixture.object(ChunkKind.RAW, START + 20, new byte[] {6}, "raw");
    Files.write(file(altered), new byte[] {7});

    EncodedRecording encoded = encode();

    assertThat(out().resolve("raw.bin")).hasBinaryContent(new byte[] {1, 2, 3, 4, 5, 7});
    assertThat(encoded.damaged())
        .containsExactly(
            new DamagedChunk(3, ChunkKind.RAW, START + 20, "does not match its hash, but is kept"));
  }

  @Test
  void storeThatIsAway_failsTheEncodingInsteadOfLosingFrames() {
    fixture.frame(START, 64, 48, Color.RED);
    Chunk second = fixture.frame(START + 1_000, 64, 48, Color.GREEN);
    StoredRecording recording = fixture.recording();
    AtomicInteger reads = new AtomicInteger();
    RecordingSource away =
        new RecordingSource() {
          @Override
          public UUID sessionId() {
            return recording.sessionId();
          }

          @Override
          public String title() {
            return recording.title();
          }

          @Override
          public long startedAt() {
            return recording.startedAt();
          }

          @Override
          public long endedAt() {
            return recording.endedAt();
          }

          @Override
          public Iterable<Chunk> chunks(ChunkKind kind) {
            return recording.chunks(kind);
          }

          @Override
          public InputStream open(Chunk chunk) {
            // The survey reads it once; then the store goes away.
            if (chunk.equals(second) && reads.incrementAndGet() > 1) {
              throw CurfewException.of(ErrorCode.STORAGE_UNAVAILABLE, "away");
            }
            return recording.open(chunk);
          }
        };

    assertThatExceptionOfType(CurfewException.class)
        .isThrownBy(() -> encode(away))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE));
    assertThat(out()).isEmptyDirectory();
  }

  @Test
  void cancelledEncoding_stopsBetweenFramesAndCleansUp() {
    for (int i = 0; i < 10; i++) {
      fixture.frame(START + i, 64, 48, Color.RED);
    }
    AtomicInteger asked = new AtomicInteger();

    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(
            () ->
                ENCODER.encode(
                    fixture.recording(), out(), fraction -> {}, () -> asked.incrementAndGet() > 5));
    assertThat(asked).hasValue(6);
    assertThat(out()).isEmptyDirectory();
  }

  @Test
  void secondEncoding_replacesTheFirst() throws IOException {
    fixture.frame(START, 64, 48, Color.RED);
    encode();
    fixture = new RecordingFixture(directory.resolve("other"));
    fixture.keys(START, "x");

    encode();

    try (Stream<Path> files = Files.list(out())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("captions.vtt", "timeline.json");
    }
  }

  @Test
  void thumbnail_isNotABlankScreen() throws IOException {
    fixture.frame(START, 640, 480, Color.BLACK);
    fixture.object(
        ChunkKind.SCREENSHOT, START + 1_000, WebpPicture.gradient(640, 480, true), "webp");
    fixture.frame(START + 2_000, 640, 480, Color.WHITE);
    encode();

    BufferedImage thumbnail =
        ImageIO.read(new ByteArrayInputStream(Files.readAllBytes(out().resolve("thumbnail.png"))));

    assertThat(thumbnail.getWidth()).isEqualTo(320);
    assertThat(thumbnail.getRGB(5, 5)).isNotEqualTo(thumbnail.getRGB(100, 60));
  }

  private Path file(Chunk chunk) throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("store"))) {
      return files
          .filter(file -> file.getFileName().toString().contains(chunk.sha256().hex()))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void colour(DemuxedVideo video, int frame, int x, int y, Color expected) {
    BufferedImage picture = video.pictures().get(frame);
    Color actual = new Color(picture.getRGB(x, y));
    List<Integer> distance =
        List.of(
            Math.abs(actual.getRed() - expected.getRed()),
            Math.abs(actual.getGreen() - expected.getGreen()),
            Math.abs(actual.getBlue() - expected.getBlue()));
    assertThat(distance)
        .as("frame " + frame + " at " + x + "," + y + " is " + actual)
        .allMatch(difference -> difference < 24);
  }
}
