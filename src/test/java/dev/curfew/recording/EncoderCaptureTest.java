package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.curfew.lease.ArtefactKind;
import dev.curfew.replay.CaptureReader;
import dev.curfew.replay.CapturedEvent.Frame;
import dev.curfew.replay.CapturedSession;
import io.vertx.core.json.JsonObject;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real capture, encoded once and looked at from all sides. */
class EncoderCaptureTest {
  @TempDir static Path directory;

  static final CaptureReader READER = CaptureReader.bundled(CaptureReader.DBA_MAINTENANCE);
  static final CapturedSession CAPTURE = READER.read();
  static final List<Double> PROGRESS = new ArrayList<>();
  static EncodedRecording encoded;

  @BeforeAll
  static void encode() {
    StoredRecording recording = RecordingFixture.ofCapture(directory.resolve("store"), READER);
    encoded =
        new Encoder(Path.of("target/native"), ImageLimits.DEFAULT)
            .encode(recording, directory.resolve("out"), PROGRESS::add, () -> false);
  }

  private static Path file(ArtefactKind kind) {
    return encoded.artefact(kind).orElseThrow().file();
  }

  @Test
  void result_listsEveryArtefactWithSizeAndHash() throws IOException {
    assertThat(encoded.artefacts())
        .extracting(Artefact::kind)
        .containsExactly(
            ArtefactKind.VIDEO,
            ArtefactKind.CAPTIONS,
            ArtefactKind.TIMELINE,
            ArtefactKind.THUMBNAIL);
    for (Artefact artefact : encoded.artefacts()) {
      byte[] content = Files.readAllBytes(artefact.file());
      assertThat(artefact.size()).isEqualTo(content.length);
      assertThat(artefact.sha256()).isEqualTo(Sha256.of(content));
    }
    assertThat(encoded.damaged()).isEmpty();
    assertThat(encoded.frames()).isEqualTo(58);
    assertThat(encoded.durationMillis()).isEqualTo(57_940);
  }

  @Test
  void progress_risesToOne() {
    assertThat(PROGRESS).isSorted().startsWith(0.0).endsWith(1.0).hasSizeGreaterThan(58);
  }

  @Test
  void video_hasTheCapturesFramesAtTheirTrueTimes() {
    DemuxedVideo video = DemuxedVideo.read(file(ArtefactKind.VIDEO), Set.of());

    assertThat(video.codec()).isEqualTo("h264");
    assertThat(video.width()).isEqualTo(1024);
    assertThat(video.height()).isEqualTo(768);
    assertThat(video.durationMillis()).isEqualTo(57_940, offset(3.0));
    assertThat(video.trackMillis()).isEqualTo(57_940, offset(3.0));
    assertThat(video.frameMillis())
        .containsExactlyElementsOf(
            CAPTURE.frames().stream().map(f -> (double) (f.at() - CAPTURE.startedAt())).toList());
    assertThat(video.keyFrames()).startsWith(0).hasSizeBetween(5, 7);
  }

  @Test
  void video_showsWhatTheScreenshotsShow() throws IOException {
    DemuxedVideo video = DemuxedVideo.read(file(ArtefactKind.VIDEO), Set.of(0, 29, 54, 57));

    for (int number : List.of(0, 29, 54, 57)) {
      BufferedImage shown = video.pictures().get(number);
      assertThat(difference(shown, screenshot(CAPTURE.frames().get(number))))
          .as("mean difference of frame " + number)
          .isLessThan(4);
    }
    assertThat(difference(video.pictures().get(0), screenshot(CAPTURE.frames().get(29))))
        .as("mean difference of two different frames")
        .isGreaterThan(4);
  }

  @Test
  void video_canBePlayedWhileItLoads() throws IOException {
    String content = Files.readString(file(ArtefactKind.VIDEO), StandardCharsets.ISO_8859_1);

    assertThat(content.indexOf("moov")).isPositive().isLessThan(content.indexOf("mdat"));
  }

  @Test
  void thumbnail_showsTheRichestFrame() throws IOException {
    BufferedImage thumbnail = ImageIO.read(file(ArtefactKind.THUMBNAIL).toFile());

    assertThat(thumbnail.getWidth()).isEqualTo(320);
    assertThat(thumbnail.getHeight()).isEqualTo(240);
    assertThat(brightness(thumbnail)).isGreaterThan(25);
  }

  @Test
  void timeline_holdsEverything() throws IOException {
    JsonObject timeline = new JsonObject(Files.readString(file(ArtefactKind.TIMELINE)));

    assertThat(timeline.getJsonObject("totals"))
        .isEqualTo(
            new JsonObject()
                .put("frames", 58)
                .put("keystrokes", 386)
                .put("clipboard", 2)
                .put("skipped", 0));
    assertThat(timeline.getInteger("durationMs")).isEqualTo(57_940);
    assertThat(timeline.getString("origin")).isEqualTo("2026-11-22T03:57:02.054Z");
    assertThat(timeline.getJsonArray("frames")).hasSize(58);
    assertThat(timeline.getJsonArray("frames").getJsonObject(57).getInteger("ms"))
        .isEqualTo(57_940);
    JsonObject firstKey = timeline.getJsonArray("keystrokes").getJsonObject(0);
    assertThat(timeline.getJsonArray("keystrokes")).hasSize(386);
    assertThat(firstKey.getInteger("ms")).isEqualTo(3);
    assertThat(firstKey.getString("at")).isEqualTo("2026-11-22T03:57:02.057Z");
    assertThat(firstKey.getString("text")).isEqualTo("d");
    assertThat(timeline.getJsonArray("clipboard").getJsonObject(1).getString("text"))
        .isEqualTo("ALTER TABLE session SET (fillfactor = 70);");
  }

  @Test
  void captions_holdEveryKeyInLinesOfInput() throws IOException {
    List<ParsedVtt.Cue> cues = ParsedVtt.read(file(ArtefactKind.CAPTIONS));

    StringBuilder typed = new StringBuilder();
    cues.stream()
        .filter(cue -> !cue.settings().contains("line:0"))
        .forEach(c -> typed.append(c.text()));
    StringBuilder expected = new StringBuilder();
    CAPTURE.keystrokes().forEach(k -> expected.append(k.key().equals("Enter") ? "⏎" : k.key()));
    assertThat(typed.toString()).isEqualTo(expected.toString());
    assertThat(cues)
        .extracting(ParsedVtt.Cue::text)
        .contains(
            "date -u +%F; cal⏎",
            "sort -t, -k3 -n orders.csv | tail -3⏎",
            "Clipboard: SELECT pid, state, query_start, query FROM pg_stat_activity WHERE state <>"
                + " 'idle';");
    assertThat(cues).extracting(ParsedVtt.Cue::startMillis).isSorted().startsWith(3L);
    assertThat(cues)
        .allSatisfy(
            cue -> {
              assertThat(cue.endMillis()).isGreaterThan(cue.startMillis());
              assertThat(cue.endMillis()).isLessThanOrEqualTo(57_940);
            });
  }

  private static BufferedImage screenshot(Frame frame) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(READER.image(frame)));
  }

  /** The mean difference of the colour channels of every other pixel of every other row, of 255. */
  private static double difference(BufferedImage a, BufferedImage b) {
    assertThat(a.getWidth()).isEqualTo(b.getWidth());
    assertThat(a.getHeight()).isEqualTo(b.getHeight());
    long sum = 0;
    long count = 0;
    for (int y = 0; y < a.getHeight(); y += 2) {
      for (int x = 0; x < a.getWidth(); x += 2) {
        int p = a.getRGB(x, y);
        int q = b.getRGB(x, y);
        for (int shift = 0; shift <= 16; shift += 8) {
          sum += Math.abs((p >> shift & 0xff) - (q >> shift & 0xff));
          count++;
        }
      }
    }
    return (double) sum / count;
  }

  private static double brightness(BufferedImage image) {
    long sum = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        sum += image.getRGB(x, y) >> 8 & 0xff;
      }
    }
    return (double) sum / image.getWidth() / image.getHeight();
  }
}
