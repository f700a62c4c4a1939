package dev.curfew.replay;

import dev.curfew.replay.CapturedEvent.ClipboardCopy;
import dev.curfew.replay.CapturedEvent.Frame;
import dev.curfew.replay.CapturedEvent.Keystroke;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a capture tells, without the pictures themselves: those are fetched one at a time with
 * {@link CaptureReader#image}.
 *
 * @param width of the screen in pixels; single frames may differ
 * @param startedAt milliseconds since the epoch
 * @param endedAt milliseconds since the epoch, not before {@code startedAt}
 * @param frames in order of time, as are the keystrokes and the clipboard
 */
public record CapturedSession(
    String title,
    int width,
    int height,
    long startedAt,
    long endedAt,
    List<Frame> frames,
    List<Keystroke> keystrokes,
    List<ClipboardCopy> clipboard) {

  public CapturedSession {
    frames = List.copyOf(frames);
    keystrokes = List.copyOf(keystrokes);
    clipboard = List.copyOf(clipboard);
  }

  /** From start to end, in milliseconds. */
  public long durationMillis() {
    return endedAt - startedAt;
  }

  /**
   * Everything in order of time. Within one millisecond a frame comes before a key, and a key
   * before the clipboard.
   */
  public List<CapturedEvent> events() {
    List<CapturedEvent> events =
        new ArrayList<>(frames.size() + keystrokes.size() + clipboard.size());
    events.addAll(frames);
    events.addAll(keystrokes);
    events.addAll(clipboard);
    events.sort(Comparator.comparingLong(CapturedEvent::at));
    return List.copyOf(events);
  }
}
