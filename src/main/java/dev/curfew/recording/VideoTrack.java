package dev.curfew.recording;

import dev.curfew.lease.ChunkKind;
import dev.curfew.recording.ImageStructure.NotAnImage;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns the screenshots of a recording into a video whose frames appear at the times at which they
 * were captured. Zero is the first frame that can be decoded. One frame is in memory at a time.
 */
final class VideoTrack {
  /** Beyond this, a player would have to decode too much to show a moment it is sent to. */
  private static final long KEY_FRAME_MILLIS = 10_000;

  private static final int KEY_FRAME_COUNT = 100;

  /** The last frame has to last; where it is also the last thing captured, no longer than this. */
  private static final long LAST_FRAME_MILLIS = 1;

  private static final double MIN_RATE = 1;
  private static final double MAX_RATE = 30;

  private final RecordingSource source;
  private final RecordingSurvey survey;
  private final long maxPixels;
  private final BooleanSupplier cancelled;
  private final Thumbnail thumbnail = new Thumbnail();

  /** What the canvas shows. */
  private @Nullable Sha256 shown;

  /**
   * @param cancelled is asked while a frame is decoded
   */
  VideoTrack(
      RecordingSource source, RecordingSurvey survey, long maxPixels, BooleanSupplier cancelled) {
    this.source = source;
    this.survey = survey;
    this.maxPixels = maxPixels;
    this.cancelled = cancelled;
  }

  /**
   * @param origin the capture time of the first frame, in milliseconds since the epoch
   * @param frames how many there are in the video
   */
  record Video(long origin, int frames, int width, int height, Thumbnail thumbnail) {}

  /**
   * Writes the video.
   *
   * @param damaged is told every screenshot that had to be left out
   * @param progress is told the fraction of screenshots that are done
   * @return null, and no file, when there is no frame that can be decoded
   */
  @Nullable Video write(Path file, Consumer<DamagedChunk> damaged, DoubleConsumer progress) {
    // Without any readable size no frame will be decoded, and the canvas stays unused.
    Canvas canvas =
        Canvas.forFrames(Math.max(1, survey.frameWidth()), Math.max(1, survey.frameHeight()));
    Timing timing = new Timing();
    Mp4Writer writer = null;
    int seen = 0;
    try {
      for (Chunk chunk : source.chunks(ChunkKind.SCREENSHOT)) {
        Picture picture = picture(chunk, canvas, damaged);
        if (picture != Picture.UNUSABLE) {
          if (writer == null) {
            timing.start(chunk.capturedAt());
            writer = open(file, canvas, timing);
          }
          if (picture == Picture.NEW) {
            writer.picture(canvas.bgr());
            thumbnail.offer(canvas);
          }
          boolean keyFrame = timing.next(chunk.capturedAt());
          writer.write(timing.tick, keyFrame);
        }
        progress.accept((double) ++seen / survey.frames());
      }
      if (writer == null) {
        return null;
      }
      writer.finish(timing.end(survey.lastCapturedAt()));
      return new Video(timing.origin, timing.frames, canvas.width(), canvas.height(), thumbnail);
    } finally {
      if (writer != null) {
        writer.close();
      }
    }
  }

  private Mp4Writer open(Path file, Canvas canvas, Timing timing) {
    double seconds = (survey.lastCapturedAt() - timing.origin) / 1000.0;
    double rate = seconds > 0 ? survey.frames() / seconds : MAX_RATE;
    return new Mp4Writer(
        file,
        canvas.width(),
        canvas.height(),
        Math.min(MAX_RATE, Math.max(MIN_RATE, rate)),
        Map.of(
            "title",
            source.title(),
            "creation_time",
            Instant.ofEpochMilli(timing.origin).toString()));
  }

  /** What has become of a screenshot. */
  private enum Picture {
    NEW,
    /** The canvas shows it already: a screen on which nothing happens. */
    SAME,
    UNUSABLE
  }

  /** Decodes a screenshot onto the canvas. */
  private Picture picture(Chunk chunk, Canvas canvas, Consumer<DamagedChunk> damaged) {
    try {
      byte[] content = new ChunkReader(source).read(chunk);
      if (chunk.sha256().equals(shown)) {
        return Picture.SAME;
      }
      ImageStructure structure = ImageStructure.of(content);
      if (structure.pixels() > maxPixels) {
        throw new NotAnImage("is larger than " + maxPixels + " pixels");
      }
      int thin = canvas.subsampling(structure.width(), structure.height());
      canvas.draw(ImageInspector.decode(structure, thin, cancelled));
      shown = chunk.sha256();
      return Picture.NEW;
    } catch (NotAnImage e) {
      damaged.accept(damage(chunk, e.reason()));
    } catch (ChunkReader.Damaged e) {
      damaged.accept(damage(chunk, e.reason()));
    }
    return Picture.UNUSABLE;
  }

  private static DamagedChunk damage(Chunk chunk, String reason) {
    return new DamagedChunk(chunk.sequence(), chunk.kind(), chunk.capturedAt(), reason);
  }

  /** Where the next frame goes, and whether playing may start with it. */
  private static final class Timing {
    private long origin;
    private int frames;
    private long tick = -1;
    private long keyTick;
    private int sinceKey;

    void start(long capturedAt) {
      origin = capturedAt;
    }

    boolean next(long capturedAt) {
      // Several frames of one millisecond follow each other within it.
      tick = Math.max(tick + 1, tickOf(capturedAt));
      boolean keyFrame =
          frames == 0
              || tick - keyTick >= KEY_FRAME_MILLIS * Mp4Writer.TICKS_PER_MILLI
              || sinceKey >= KEY_FRAME_COUNT;
      if (keyFrame) {
        keyTick = tick;
        sinceKey = 0;
      }
      frames++;
      sinceKey++;
      return keyFrame;
    }

    long end(long lastCapturedAt) {
      return Math.max(tick + LAST_FRAME_MILLIS * Mp4Writer.TICKS_PER_MILLI, tickOf(lastCapturedAt));
    }

    private long tickOf(long capturedAt) {
      return (capturedAt - origin) * Mp4Writer.TICKS_PER_MILLI;
    }
  }
}
