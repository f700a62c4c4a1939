package dev.curfew.recording.media;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run of the encoder: the second pass, in which every item goes where it belongs. */
final class Encoding {
  private final RecordedSession session;
  private final FrameSurvey survey;
  private final Path directory;
  private final List<SkippedFrame> skipped = new ArrayList<>();
  private final Thumbnail thumbnail = new Thumbnail();

  Encoding(RecordedSession session, FrameSurvey survey, Path directory) {
    this.session = session;
    this.survey = survey;
    this.directory = directory;
  }

  EncodedRecording run(DoubleConsumer progress, Cancellation cancellation) throws IOException {
    long inVideo;
    long duration = survey.durationMillis();
    try (CaptionWriter captions = new CaptionWriter(file(ArtefactKind.CAPTIONS), survey.zero());
        TimelineWriter timeline = new TimelineWriter(file(ArtefactKind.TIMELINE), survey.zero());
        VideoWriter video = video()) {
      distribute(captions, timeline, video, progress, cancellation);
      inVideo = video == null ? 0 : video.frames();
      if (video != null) {
        video.finish(duration);
      }
      captions.finish();
      timeline.finish(session, duration);
    }
    List<Artefact> artefacts = new ArrayList<>();
    if (survey.usable()) {
      artefacts.add(finished(ArtefactKind.VIDEO));
    }
    artefacts.add(finished(ArtefactKind.CAPTIONS));
    artefacts.add(finished(ArtefactKind.TIMELINE));
    if (thumbnail.write(file(ArtefactKind.THUMBNAIL))) {
      artefacts.add(finished(ArtefactKind.THUMBNAIL));
    }
    return new EncodedRecording(artefacts, inVideo, skipped, duration);
  }

  private void distribute(
      CaptionWriter captions,
      TimelineWriter timeline,
      @Nullable VideoWriter video,
      DoubleConsumer progress,
      Cancellation cancellation)
      throws IOException {
    long seen = 0;
    try (Stream<CapturedItem> items = session.items()) {
      for (CapturedItem item : (Iterable<CapturedItem>) items::iterator) {
        cancellation.check();
        if (item instanceof CapturedItem.Frame frame) {
          show(frame, video, timeline);
          seen++;
          progress.accept(Math.min(1.0, (double) seen / survey.frames()));
        } else if (item instanceof CapturedItem.Keystrokes keystrokes) {
          captions.keystrokes(keystrokes);
          timeline.keystrokes(keystrokes);
        } else if (item instanceof CapturedItem.Clipboard clipboard) {
          captions.clipboard(clipboard);
          timeline.clipboard(clipboard);
        }
      }
    }
  }

  private void show(CapturedItem.Frame frame, @Nullable VideoWriter video, TimelineWriter timeline)
      throws IOException {
    try {
      byte[] bytes = ScreenshotDecoder.fetch(frame);
      BufferedImage picture = ScreenshotDecoder.decode(bytes);
      if (video == null) {
        throw new CorruptFrameException("could be decoded only at the second attempt");
      }
      video.append(picture, frame.capturedAt() - survey.zero());
      thumbnail.offer(bytes, picture);
      timeline.frame(frame);
    } catch (CorruptFrameException e) {
      SkippedFrame left = new SkippedFrame(frame.sequence(), frame.capturedAt(), e.reason());
      skipped.add(left);
      timeline.skipped(left);
    }
  }

  private @Nullable VideoWriter video() {
    return survey.usable()
        ? new VideoWriter(file(ArtefactKind.VIDEO), new Canvas(survey.width(), survey.height()))
        : null;
  }

  private Path file(ArtefactKind kind) {
    return directory.resolve(kind.fileName());
  }

  private Artefact finished(ArtefactKind kind) throws IOException {
    return Artefact.of(kind, file(kind));
  }
}
