package dev.curfew.recording.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.curfew.replay.CapturedSession;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The capture that comes with Curfew, encoded once and looked at from all sides. */
class BundledCaptureEncodingTest {
  private static final int MIDDLE = 29;

  @TempDir static Path directory;

  private static CapturedSession capture;
  private static SessionUnderTest session;
  private static EncodedRecording recording;
  private static DemuxedVideo video;
  private static final List<Double> progress = new ArrayList<>();

  @BeforeAll
  static void encode() {
    capture = CapturedSession.bundled("dba-maintenance");
    session = SessionUnderTest.of(capture);
    recording = new RecordingEncoder().encode(session, directory, progress::add, () -> false);
    video = DemuxedVideo.of(directory.resolve("video.mp4"), MIDDLE, 57);
  }

  @Test
  void video_isH264OfTheFramesSize() {
    assertThat(video.codec()).isEqualTo("h264");
    assertThat(video.streams()).isEqualTo(1);
    assertThat(video.width()).isEqualTo(1024);
    assertThat(video.height()).isEqualTo(768);
  }

  @Test
  void video_showsEveryFrameAtItsTime() {
    long zero = capture.frames().get(0).at();
    assertThat(video.ptsMillis())
        .isEqualTo(capture.frames().stream().map(frame -> (double) (frame.at() - zero)).toList());
    assertThat(recording.frames()).isEqualTo(58);
    assertThat(recording.skipped()).isEmpty();
  }

  @Test
  void video_lastsAsLongAsTheSession() {
    assertThat(recording.durationMillis()).isEqualTo(57_940);
    assertThat(video.durationMillis()).isCloseTo(57_940, within(50.0));
    assertThat(video.trackDurationMillis()).isCloseTo(57_940, within(50.0));
  }

  @Test
  void video_canBeSoughtIn() {
    assertThat(video.keyFrames()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void video_hasItsIndexInFront() throws IOException {
    String content = Files.readString(directory.resolve("video.mp4"), StandardCharsets.ISO_8859_1);
    assertThat(content.indexOf("moov")).isPositive().isLessThan(content.indexOf("mdat"));
  }

  @Test
  void picture_looksLikeTheScreenshot() throws IOException {
    assertThat(video.pictures()).hasSize(2);
    BufferedImage original =
        ImageIO.read(new ByteArrayInputStream(capture.frames().get(MIDDLE).image()));
    assertThat(meanDifference(original, video.pictures().get(0))).isLessThan(3.0);
    BufferedImage last = ImageIO.read(new ByteArrayInputStream(capture.frames().get(57).image()));
    assertThat(meanDifference(last, video.pictures().get(1))).isLessThan(3.0);
  }

  @Test
  void captions_areCuesInOrderWithinTheVideo() throws IOException {
    String captions = Files.readString(directory.resolve("captions.vtt"));
    assertThat(captions).startsWith("WEBVTT\n\n");
    Matcher timing =
        Pattern.compile(
                "(?m)^(\\d+):(\\d\\d):(\\d\\d\\.\\d{3}) --> (\\d+):(\\d\\d):(\\d\\d\\.\\d{3})$")
            .matcher(captions);
    double earlier = 0;
    int cues = 0;
    while (timing.find()) {
      double begin = seconds(timing, 1);
      assertThat(begin).isGreaterThanOrEqualTo(earlier).isLessThan(58);
      assertThat(seconds(timing, 4)).isGreaterThan(begin);
      earlier = begin;
      cues++;
    }
    assertThat(cues).isBetween(9, 40);
  }

  @Test
  void captions_carryWhatWasTypedAndCopied() throws IOException {
    String captions = Files.readString(directory.resolve("captions.vtt"));
    assertThat(captions)
        .contains("Clipboard: SELECT pid, state, query_start, query FROM pg_stat_activity WHERE")
        .contains("state &lt;&gt; 'idle';")
        .contains("Clipboard: ALTER TABLE session SET (fillfactor = 70);");
    assertThat(captions.split("\\[Enter\\]", -1)).hasSize(10);
    assertThat(captions.lines().filter(line -> line.startsWith("date")).count()).isPositive();
  }

  @Test
  void timeline_listsEverythingCaptured() throws IOException {
    JsonObject timeline = new JsonObject(Files.readString(directory.resolve("timeline.json")));
    assertThat(timeline.getString("sessionId")).isEqualTo(session.sessionId().toString());
    assertThat(timeline.getLong("startedAt")).isEqualTo(1_795_319_822_054L);
    assertThat(timeline.getLong("durationMillis")).isEqualTo(57_940);
    JsonArray frames = timeline.getJsonArray("frames");
    assertThat(frames).hasSize(58);
    assertThat(timeline.getJsonArray("keystrokes")).hasSize(386);
    assertThat(timeline.getJsonArray("clipboard")).hasSize(2);
    assertThat(timeline.getJsonArray("skipped")).isEmpty();
    assertThat(frames.getJsonObject(57))
        .isEqualTo(
            new JsonObject()
                .put("sequence", 58)
                .put("at", 1_795_319_879_994L)
                .put("offsetMillis", 57_940));
    assertThat(timeline.getJsonArray("keystrokes").getJsonObject(0))
        .isEqualTo(
            new JsonObject().put("text", "d").put("at", 1_795_319_822_057L).put("offsetMillis", 3));
  }

  @Test
  void thumbnail_isSmallAndShowsSomething() throws IOException {
    BufferedImage thumbnail = ImageIO.read(directory.resolve("thumbnail.png").toFile());
    assertThat(thumbnail.getWidth()).isEqualTo(320);
    assertThat(thumbnail.getHeight()).isEqualTo(240);
    assertThat(thumbnail.getRGB(0, 0, 320, 240, null, 0, 320))
        .matches(pixels -> java.util.Arrays.stream(pixels).distinct().count() > 20);
  }

  @Test
  void artefacts_tellSizeAndDigestOfTheirFiles() throws Exception {
    assertThat(recording.artefacts())
        .extracting(Artefact::kind)
        .containsExactly(
            ArtefactKind.VIDEO,
            ArtefactKind.CAPTIONS,
            ArtefactKind.TIMELINE,
            ArtefactKind.THUMBNAIL);
    for (Artefact artefact : recording.artefacts()) {
      byte[] bytes = Files.readAllBytes(artefact.file());
      assertThat(artefact.size()).isEqualTo(bytes.length).isPositive();
      assertThat(artefact.sha256())
          .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
    }
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(4);
    }
  }

  @Test
  void progress_growsToOne() {
    assertThat(progress).isSorted().hasSizeGreaterThan(58);
    assertThat(progress.get(0)).isZero();
    assertThat(progress.get(progress.size() - 1)).isEqualTo(1.0);
  }

  private static double seconds(Matcher timing, int group) {
    return Integer.parseInt(timing.group(group)) * 3600
        + Integer.parseInt(timing.group(group + 1)) * 60
        + Double.parseDouble(timing.group(group + 2));
  }

  /** The mean distance of a colour channel, 0 to 255. */
  private static double meanDifference(BufferedImage one, BufferedImage other) {
    long sum = 0;
    for (int y = 0; y < one.getHeight(); y++) {
      for (int x = 0; x < one.getWidth(); x++) {
        int a = one.getRGB(x, y);
        int b = other.getRGB(x, y);
        for (int shift = 0; shift <= 16; shift += 8) {
          sum += Math.abs((a >> shift & 0xff) - (b >> shift & 0xff));
        }
      }
    }
    return sum / (3.0 * one.getWidth() * one.getHeight());
  }
}
