package dev.curfew.recording.media;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes video, captions, timeline and thumbnail of a recorded session. */
public final class RecordingEncoder {
  private static final Logger LOG = LoggerFactory.getLogger(RecordingEncoder.class);

  /**
   * Encodes a session into a directory, which is created if need be. Blocks; about a hundred frames
   * of 1024x768 a second.
   *
   * @param session read twice from beginning to end
   * @param outputDirectory of this encoding alone: files of earlier attempts are replaced, and on
   *     failure the files of this one are removed
   * @param progress told how much is done, from 0 to 1, on the calling thread
   * @param cancelled asked before every item
   * @throws CurfewException {@link ErrorCode#UNAVAILABLE} if it was cancelled, {@link
   *     ErrorCode#STORAGE_UNAVAILABLE} if the source cannot be read or the files cannot be written,
   *     {@link ErrorCode#INTERNAL} if the encoder refuses, {@link ErrorCode#BAD_CONFIGURATION} if
   *     this machine cannot load it, and whatever the source itself throws
   */
  public EncodedRecording encode(
      RecordedSession session,
      Path outputDirectory,
      DoubleConsumer progress,
      BooleanSupplier cancelled) {
    boolean done = false;
    try {
      Files.createDirectories(outputDirectory);
      removeFiles(outputDirectory);
      Cancellation cancellation = new Cancellation(cancelled);
      progress.accept(0);
      FrameSurvey survey = FrameSurvey.of(session, cancellation);
      EncodedRecording recording =
          new Encoding(session, survey, outputDirectory).run(progress, cancellation);
      progress.accept(1);
      done = true;
      return recording;
    } catch (IOException | UncheckedIOException e) {
      throw CurfewException.causedBy(
          ErrorCode.STORAGE_UNAVAILABLE, "the recording cannot be read or its files written", e);
    } finally {
      if (!done) {
        abandon(outputDirectory);
      }
    }
  }

  private static void abandon(Path directory) {
    try {
      removeFiles(directory);
    } catch (IOException e) {
      // The failure that led here is the one to report; the next attempt removes them first.
      LOG.warn("files of a failed encoding stay behind in {}", directory, e);
    }
  }

  private static void removeFiles(Path directory) throws IOException {
    for (ArtefactKind kind : ArtefactKind.values()) {
      Files.deleteIfExists(directory.resolve(kind.fileName()));
    }
  }
}
