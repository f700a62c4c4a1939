package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.ChunkKind;
import dev.curfew.recording.ChunkContent.Inline;
import dev.curfew.recording.VideoTrack.Video;
import dev.curfew.storage.DurableFile;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;

/**
 * Makes of a recording what people and programs look at: an H.264 MP4 whose frames appear when they
 * were captured, WebVTT captions, a JSON timeline, a thumbnail, and the raw terminal bytes if there
 * are any. All times count from the first frame of the video. Memory does not grow with the number
 * of frames.
 */
public final class Encoder {
  /** How much of the progress is the video; the rest is quick. */
  private static final double VIDEO_SHARE = 0.98;

  private final ImageLimits limits;

  /**
   * Loads the media library, see {@link FfmpegLibrary#load}; blocks.
   *
   * @param nativeCache where the library is unpacked
   * @param limits screenshots over them are left out
   */
  public Encoder(Path nativeCache, ImageLimits limits) {
    this.limits = limits;
    FfmpegLibrary.load(nativeCache);
  }

  /**
   * Encodes a recording; blocks for about 15 ms a frame of 1024x768. On success the files are
   * durable; when it throws, it has removed those that it wrote. One directory serves one call at a
   * time.
   *
   * @param directory for the artefacts, created when missing; files of the same names are replaced
   * @param progress is told the finished fraction, from 0 to 1, never falling
   * @param cancelled is asked before every frame
   * @throws CancellationException when {@code cancelled} said so
   * @throws CurfewException STORAGE_UNAVAILABLE when a chunk cannot be had or a file cannot be
   *     written now, INTERNAL when the media library fails
   */
  public EncodedRecording encode(
      RecordingSource source, Path directory, DoubleConsumer progress, BooleanSupplier cancelled) {
    try {
      Files.createDirectories(directory);
      for (ArtefactKind kind : ArtefactKind.values()) {
        Files.deleteIfExists(directory.resolve(kind.fileName()));
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
    boolean done = false;
    try {
      EncodedRecording result = encodeInto(source, directory, progress, cancelled);
      done = true;
      return result;
    } catch (IOException e) {
      throw unwritable(e);
    } finally {
      if (!done) {
        removeArtefacts(directory);
      }
    }
  }

  private EncodedRecording encodeInto(
      RecordingSource source, Path directory, DoubleConsumer progress, BooleanSupplier cancelled)
      throws IOException {
    List<DamagedChunk> damaged = new ArrayList<>();
    List<Artefact> artefacts = new ArrayList<>();
    progress.accept(0);
    RecordingSurvey survey = RecordingSurvey.of(source, limits.maxPixels());
    Path videoFile = directory.resolve(ArtefactKind.VIDEO.fileName());
    Video video =
        new VideoTrack(source, survey, limits.maxPixels())
            .write(
                videoFile,
                damaged::add,
                fraction -> progress.accept(fraction * VIDEO_SHARE),
                cancelled);
    if (cancelled.getAsBoolean()) {
      throw new CancellationException("encoding was stopped");
    }
    long origin = video == null ? survey.firstCapturedAt() : video.origin();
    long duration = Math.max(0, survey.lastCapturedAt() - origin);
    if (video != null) {
      artefacts.add(Artefact.ofFile(ArtefactKind.VIDEO, videoFile));
    }
    artefacts.add(
        write(directory, ArtefactKind.CAPTIONS, out -> captions(source, origin, duration, out)));
    if (survey.hasRaw()) {
      artefacts.add(
          write(directory, ArtefactKind.RAW, out -> RawTrack.write(source, out, damaged::add)));
    }
    Timeline timeline = new Timeline(source, origin, damaged);
    artefacts.add(
        write(directory, ArtefactKind.TIMELINE, out -> timeline.write(out, duration, video)));
    if (video != null) {
      artefacts.add(write(directory, ArtefactKind.THUMBNAIL, video.thumbnail()::writeTo));
    }
    DurableFile.forceDirectory(directory);
    progress.accept(1);
    artefacts.sort(Comparator.comparing(Artefact::kind));
    return new EncodedRecording(artefacts, duration, video == null ? 0 : video.frames(), damaged);
  }

  private static void captions(RecordingSource source, long origin, long duration, OutputStream out)
      throws IOException {
    Captions captions = new Captions();
    for (Chunk chunk : source.chunks()) {
      if (chunk.content() instanceof Inline inline) {
        long millis = chunk.capturedAt() - origin;
        if (chunk.kind() == ChunkKind.KEYSTROKES) {
          captions.keystrokes(millis, inline.text());
        } else if (chunk.kind() == ChunkKind.CLIPBOARD) {
          captions.clipboard(millis, inline.text());
        }
      }
    }
    Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    Captions.write(writer, source.title(), captions.finish(duration));
    writer.flush();
  }

  private static Artefact write(Path directory, ArtefactKind kind, DurableFile.Content content)
      throws IOException {
    Path file = directory.resolve(kind.fileName());
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      content.writeTo(out);
    }
    return Artefact.ofFile(kind, file);
  }

  private static void removeArtefacts(Path directory) {
    for (ArtefactKind kind : ArtefactKind.values()) {
      try {
        Files.deleteIfExists(directory.resolve(kind.fileName()));
      } catch (IOException e) {
        // The failure that led here is the one to tell; the next attempt removes what is left.
      }
    }
  }

  private static CurfewException unwritable(IOException cause) {
    return CurfewException.causedBy(
        ErrorCode.STORAGE_UNAVAILABLE, "the artefacts cannot be written", cause);
  }
}
