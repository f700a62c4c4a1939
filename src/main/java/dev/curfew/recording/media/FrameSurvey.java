package dev.curfew.recording.media;

import java.io.IOException;
import java.util.stream.Stream;

/**
 * What must be known before the first picture is written.
 *
 * @param frames screenshots of any kind, good or bad
 * @param usable whether at least one of them can be decoded
 * @param zero time zero, epoch milliseconds: the first frame that can be decoded, else the start of
 *     the session
 * @param last when the last thing of any kind was captured, epoch milliseconds; {@code zero} if
 *     there is none after it
 * @param width of the widest frame whose header can be read, in pixels
 * @param height of the highest
 */
record FrameSurvey(long frames, boolean usable, long zero, long last, int width, int height) {

  /** Looks at every frame's header, and decodes frames until one is good. */
  static FrameSurvey of(RecordedSession session, Cancellation cancellation) throws IOException {
    long frames = 0;
    boolean usable = false;
    long zero = session.startedAt();
    long last = Long.MIN_VALUE;
    int width = 0;
    int height = 0;
    try (Stream<CapturedItem> items = session.items()) {
      for (CapturedItem item : (Iterable<CapturedItem>) items::iterator) {
        cancellation.check();
        last = Math.max(last, item.capturedAt());
        if (!(item instanceof CapturedItem.Frame frame)) {
          continue;
        }
        frames++;
        try {
          byte[] bytes = ScreenshotDecoder.fetch(frame);
          ScreenshotDecoder.Size size = ScreenshotDecoder.sizeOf(bytes);
          if (!usable) {
            ScreenshotDecoder.decode(bytes);
            usable = true;
            zero = frame.capturedAt();
          }
          width = Math.max(width, size.width());
          height = Math.max(height, size.height());
        } catch (CorruptFrameException e) {
          // Reported by the second pass, which meets it again.
          continue;
        }
      }
    }
    return new FrameSurvey(frames, usable, zero, Math.max(zero, last), width, height);
  }

  /** From time zero to the last captured thing. */
  long durationMillis() {
    return last - zero;
  }
}
