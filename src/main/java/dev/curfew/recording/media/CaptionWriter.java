package dev.curfew.recording.media;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keystrokes and clipboard as WebVTT (W3C WebVTT section 4). Keys are gathered into lines: a line
 * ends at Enter, after a pause, or when it is long enough to read; the clipboard is a cue of its
 * own. A cue begins with its first key and stays until the next begins, or long enough to be read.
 */
final class CaptionWriter implements Closeable {
  private static final long PAUSE_MILLIS = 1000;
  private static final int LINE_CHARACTERS = 60;
  private static final long SHORTEST_CUE_MILLIS = 500;
  private static final long READING_MILLIS = 2000;

  /** Of a pasted document the beginning is enough here; the timeline has all of it. */
  private static final int CLIPBOARD_CHARACTERS = 500;

  private static final Pattern LINE_BREAKS = Pattern.compile("\\s*\\R\\s*");

  /** Begin and end in milliseconds since time zero, text not yet escaped. */
  private record Cue(long begin, long end, String text) {}

  private final Writer out;
  private final long zero;
  private final StringBuilder line = new StringBuilder();
  private long lineBegin;
  private long lastKey;
  private @Nullable Cue waiting;
  private long lastBegin;

  /**
   * Begins a file of captions.
   *
   * @param zero time zero, epoch milliseconds; what was captured before is shown at zero
   */
  CaptionWriter(Path file, long zero) throws IOException {
    this.zero = zero;
    // Replaces what is no text (half a surrogate pair) rather than failing on it.
    this.out =
        new BufferedWriter(
            new OutputStreamWriter(Files.newOutputStream(file), StandardCharsets.UTF_8));
    out.write("WEBVTT\n");
  }

  void keystrokes(CapturedItem.Keystrokes keystrokes) throws IOException {
    long at = offset(keystrokes.capturedAt());
    if (!line.isEmpty() && at - lastKey > PAUSE_MILLIS) {
      endLine();
    }
    String text = KeyText.readable(keystrokes.text());
    int from = 0;
    while (from < text.length()) {
      int enter = text.indexOf(KeyText.ENTER, from);
      int to = enter < 0 ? text.length() : enter + KeyText.ENTER.length();
      type(text.substring(from, to), at);
      if (enter >= 0) {
        endLine();
      }
      from = to;
    }
  }

  void clipboard(CapturedItem.Clipboard clipboard) throws IOException {
    // Cues must be in order of their beginnings, so what is being typed ends here.
    endLine();
    long at = offset(clipboard.capturedAt());
    cue(new Cue(at, at + READING_MILLIS, "Clipboard: " + shortened(clipboard.text())));
  }

  /** Writes what is still open. */
  void finish() throws IOException {
    endLine();
    if (waiting != null) {
      write(waiting, waiting.end());
      waiting = null;
    }
    out.close();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  private void type(String text, long at) throws IOException {
    if (!line.isEmpty() && line.length() + text.length() > LINE_CHARACTERS) {
      endLine();
    }
    if (line.isEmpty()) {
      lineBegin = at;
    }
    line.append(text);
    lastKey = at;
  }

  private void endLine() throws IOException {
    if (line.isEmpty()) {
      return;
    }
    String text = line.toString();
    line.setLength(0);
    cue(new Cue(lineBegin, lastKey + READING_MILLIS, text));
  }

  /** A cue gives way to its successor, but not before it could be noticed. */
  private void cue(Cue next) throws IOException {
    if (waiting != null) {
      long end = Math.max(next.begin(), waiting.begin() + SHORTEST_CUE_MILLIS);
      write(waiting, Math.min(waiting.end(), end));
    }
    waiting = next;
  }

  private void write(Cue cue, long end) throws IOException {
    String text = payload(cue.text());
    if (text.isEmpty()) {
      return;
    }
    out.write('\n' + timestamp(cue.begin()) + " --> " + timestamp(end) + '\n' + text + '\n');
  }

  private long offset(long capturedAt) {
    // Captured things come in order, but cues out of order would be an invalid file.
    lastBegin = Math.max(lastBegin, capturedAt - zero);
    return lastBegin;
  }

  private static String shortened(String text) {
    if (text.length() <= CLIPBOARD_CHARACTERS) {
      return text;
    }
    int end = CLIPBOARD_CHARACTERS;
    if (Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + "\u2026";
  }

  /** Text as a cue may carry it: no markup, no arrow, no control characters, no empty line. */
  private static String payload(String text) {
    String lines = LINE_BREAKS.matcher(text.strip()).replaceAll("\n");
    StringBuilder escaped = new StringBuilder(lines.length() + 16);
    for (int i = 0; i < lines.length(); i++) {
      char c = lines.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '\n' -> escaped.append(c);
        default -> escaped.append(Character.isISOControl(c) ? ' ' : c);
      }
    }
    return escaped.toString();
  }

  private static String timestamp(long millis) {
    return String.format(
        Locale.ROOT,
        "%02d:%02d:%02d.%03d",
        millis / 3_600_000,
        millis / 60_000 % 60,
        millis / 1000 % 60,
        millis % 1000);
  }
}
