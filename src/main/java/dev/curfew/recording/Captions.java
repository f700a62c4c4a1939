package dev.curfew.recording;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;

/**
 * The captions of a recording: what was typed, a line of input at a time, and what was put on the
 * clipboard. Times are milliseconds from the start of the video; what happened before it is shown
 * at its start. Each cue is written as soon as its end is known. WebVTT as in the W3C's format
 * definition.
 */
final class Captions {
  /** Whoever stops for longer begins a new thought, hence a new cue. */
  private static final long PAUSE_MILLIS = 1_500;

  /** A cue stays on the screen for this long after the last key, unless the next one begins. */
  private static final long LINGER_MILLIS = 2_000;

  private static final long CLIPBOARD_MILLIS = 4_000;

  /** About two lines on the screen. */
  private static final int LONGEST_KEYS = 100;

  private static final int LONGEST_CLIPBOARD = 200;

  /** Even in a moment nobody copies so often; whoever does ends the line that is being typed. */
  private static final int MOST_WAITING = 100;

  /**
   * @param top whether it is shown at the upper edge, out of the way of what is typed
   */
  private record Cue(long startMillis, long endMillis, String text, boolean top) {}

  private final Writer out;
  private final long durationMillis;

  /** Begin after the line that is being typed, whose end is not known yet. */
  private final List<Cue> waiting = new ArrayList<>();

  private final StringBuilder line = new StringBuilder();
  private long lineStart;
  private long lastKey;
  private boolean lineEnded;
  private int written;

  /**
   * Begins a WebVTT file.
   *
   * @param durationMillis of the recording; no cue is longer where that can be helped
   */
  Captions(Writer out, String title, long durationMillis) throws IOException {
    this.out = out;
    this.durationMillis = durationMillis;
    out.write("WEBVTT\n\nNOTE\n" + escape(title) + "\n");
  }

  /** Takes keys, in order of time with what is copied. */
  void keystrokes(long millis, String keys) throws IOException {
    long at = Math.max(0, millis);
    if (line.length() > 0
        && (lineEnded || at - lastKey > PAUSE_MILLIS || line.length() >= LONGEST_KEYS)) {
      closeLine(at);
    }
    if (line.length() == 0) {
      lineStart = at;
    }
    line.append(KeyText.show(keys));
    lastKey = at;
    lineEnded = KeyText.endsLine(keys);
  }

  /** Takes what was copied, in order of time with the keys. */
  void clipboard(long millis, String text) throws IOException {
    long at = Math.max(0, millis);
    if (at - lastKey > LINGER_MILLIS || waiting.size() >= MOST_WAITING) {
      closeLine(at);
    }
    Cue cue = new Cue(at, at + CLIPBOARD_MILLIS, "Clipboard: " + shortened(text), true);
    if (line.length() > 0) {
      waiting.add(cue);
    } else {
      write(cue);
    }
  }

  private static String shortened(String text) {
    String shown = text.strip().replaceAll("\\s*\\R\\s*", " \u23ce ");
    return shown.codePointCount(0, shown.length()) > LONGEST_CLIPBOARD
        ? shown.substring(0, shown.offsetByCodePoints(0, LONGEST_CLIPBOARD)) + "\u2026"
        : shown;
  }

  /** Writes what is still to be shown. */
  void finish() throws IOException {
    closeLine(Long.MAX_VALUE);
    out.flush();
  }

  private void closeLine(long nextStart) throws IOException {
    if (line.length() > 0) {
      write(
          new Cue(lineStart, Math.min(lastKey + LINGER_MILLIS, nextStart), line.toString(), false));
      line.setLength(0);
    }
    for (Cue cue : waiting) {
      write(cue);
    }
    waiting.clear();
  }

  private void write(Cue cue) throws IOException {
    // A cue must last; one at the very end lasts a millisecond longer than that.
    long end = Math.max(cue.startMillis + 1, Math.min(cue.endMillis, durationMillis));
    out.write("\n" + ++written + "\n");
    out.write(time(cue.startMillis) + " --> " + time(end));
    out.write((cue.top ? " line:0" : "") + "\n");
    out.write(escape(cue.text) + "\n");
  }

  private static String time(long millis) {
    return "%02d:%02d:%02d.%03d"
        .formatted(millis / 3_600_000, millis / 60_000 % 60, millis / 1_000 % 60, millis % 1_000);
  }

  /**
   * Text as the content of a cue. Escaping {@code >} also makes an arrow impossible, and line ends
   * become spaces since an empty line would end the cue. Control characters are shown as the
   * pictures that Unicode has for them. A cue may not be blank.
   */
  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '\n', '\r', '\t' -> escaped.append(' ');
        case '\u007f' -> escaped.append('\u2421');
        default -> escaped.append(c < ' ' ? (char) ('\u2400' + c) : c);
      }
    }
    return escaped.toString().isBlank() ? "\u2423" : escaped.toString();
  }
}
