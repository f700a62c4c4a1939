package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.ChunkKind;
import dev.curfew.recording.ChunkContent.Inline;
import dev.curfew.recording.VideoTrack.Video;
import dev.curfew.storage.DurableFile;
import dev.curfew.terminal.TerminalRecording;
import dev.curfew.terminal.TypedKeys;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;

/**
 * Makes of a recording what people and programs look at: an H.264 MP4 whose frames appear when they
 * were captured, WebVTT captions, a JSON timeline, a thumbnail, the gateway's raw recording if
 * there is one, and an asciicast if that is of a terminal. Times count from the first frame of the
 * video, those of the asciicast from its own beginning.
 *
 * <p>Memory does not grow with the length of the recording, but for the index of the MP4, which the
 * media library keeps outside the heap until the end: about 70 bytes a frame.
 */
public final class Encoder {
  private static final String DAMAGE_FILE = "damaged.part";

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
   * @param cancelled is asked before every chunk, again and again while one is read and decoded,
   *     and while files are measured
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
    } catch (UncheckedIOException e) {
      throw unwritable(Objects.requireNonNull(e.getCause()));
    } finally {
      if (!done) {
        removeArtefacts(directory);
      }
    }
  }

  private EncodedRecording encodeInto(
      RecordingSource source, Path directory, DoubleConsumer progress, BooleanSupplier cancelled)
      throws IOException {
    try (DamageLog damaged = new DamageLog(directory.resolve(DAMAGE_FILE))) {
      return new Run(source, directory, damaged, cancelled).encode(progress);
    }
  }

  /** One recording being encoded. */
  private final class Run {
    private final RecordingSource source;
    private final Path directory;
    private final DamageLog damaged;
    private final BooleanSupplier cancelled;
    private final List<Artefact> artefacts = new ArrayList<>();

    Run(RecordingSource source, Path directory, DamageLog damaged, BooleanSupplier cancelled) {
      this.source = new CancellableSource(source, cancelled);
      this.directory = directory;
      this.damaged = damaged;
      this.cancelled = cancelled;
    }

    EncodedRecording encode(DoubleConsumer progress) throws IOException {
      progress.accept(0);
      RecordingSurvey survey = RecordingSurvey.of(source, limits.maxPixels());
      Video video =
          new VideoTrack(source, survey, limits.maxPixels(), cancelled)
              .write(
                  file(ArtefactKind.VIDEO),
                  damaged::add,
                  fraction -> progress.accept(fraction * VIDEO_SHARE));
      CancellableSource.check(cancelled);
      long origin = video == null ? survey.firstCapturedAt() : video.origin();
      long duration = Math.max(0, survey.lastCapturedAt() - origin);
      if (video != null) {
        finished(ArtefactKind.VIDEO);
      }
      write(ArtefactKind.CAPTIONS, out -> captions(origin, duration, out));
      if (survey.hasRaw()) {
        raw();
      }
      Timeline timeline = new Timeline(source, survey, origin, damaged);
      write(ArtefactKind.TIMELINE, out -> timeline.write(out, duration, video));
      if (video != null) {
        write(ArtefactKind.THUMBNAIL, video.thumbnail()::writeTo);
      }
      DurableFile.forceDirectory(directory);
      progress.accept(1);
      artefacts.sort(Comparator.comparing(Artefact::kind));
      return new EncodedRecording(
          artefacts,
          duration,
          video == null ? 0 : video.frames(),
          damaged.count(),
          damaged.first());
    }

    private void captions(long origin, long duration, OutputStream out) throws IOException {
      Captions captions =
          new Captions(
              new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8)),
              source.title(),
              duration);
      Iterator<Chunk> chunks =
          new MergedChunks(
              source.chunks(ChunkKind.KEYSTROKES).iterator(),
              source.chunks(ChunkKind.CLIPBOARD).iterator());
      while (chunks.hasNext()) {
        Chunk chunk = chunks.next();
        long millis = chunk.capturedAt() - origin;
        if (chunk.content() instanceof Inline inline) {
          if (chunk.kind() == ChunkKind.KEYSTROKES) {
            captions.keystrokes(millis, inline.text());
          } else {
            captions.clipboard(millis, inline.text());
          }
        }
      }
      captions.finish();
    }

    private void raw() throws IOException {
      RawTrack track = new RawTrack(source, damaged::add);
      boolean terminal;
      try (OutputStream out = open(ArtefactKind.RAW);
          TerminalRecording cast =
              new TerminalRecording(
                  source.title(),
                  () -> open(ArtefactKind.ASCIICAST),
                  () -> typed(source.chunks(ChunkKind.KEYSTROKES).iterator()),
                  track::damage)) {
        track.write(out, cast);
        terminal = cast.finish();
      }
      finished(ArtefactKind.RAW);
      if (terminal) {
        finished(ArtefactKind.ASCIICAST);
      }
    }

    private void write(ArtefactKind kind, DurableFile.Content content) throws IOException {
      try (OutputStream out = open(kind)) {
        content.writeTo(out);
      }
      finished(kind);
    }

    private void finished(ArtefactKind kind) throws IOException {
      artefacts.add(Artefact.ofFile(kind, file(kind), bytes -> CancellableSource.check(cancelled)));
    }

    private OutputStream open(ArtefactKind kind) throws IOException {
      return new BufferedOutputStream(Files.newOutputStream(file(kind)));
    }

    private Path file(ArtefactKind kind) {
      return directory.resolve(kind.fileName());
    }
  }

  private static Iterator<TypedKeys> typed(Iterator<Chunk> keystrokes) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return keystrokes.hasNext();
      }

      @Override
      public TypedKeys next() {
        Chunk chunk = keystrokes.next();
        String keys = chunk.content() instanceof Inline inline ? inline.text() : "";
        return new TypedKeys(chunk.capturedAt(), KeyText.sent(keys));
      }
    };
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
