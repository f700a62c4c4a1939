package dev.curfew.recording;

import dev.curfew.lease.ChunkKind;
import dev.curfew.store.TextLine;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes lines of what was typed and copied, as they can be searched. Keys become lines of input: a
 * line ends with Return, with a long pause, or when it is long enough; Backspace takes the last
 * character away; Tab, which may stand for anything, divides words; other keys that have a name add
 * nothing. Where the cursor was moved within a line, the words are those that were typed, in the
 * order in which they were.
 */
final class TypedText {
  /** Longer than anybody hesitates within a word. */
  private static final long PAUSE_MILLIS = 60_000;

  /** About what can be shown of a hit; longer text is divided between words. */
  static final int LONGEST = 1_000;

  private final long origin;
  private final Consumer<TextLine> lines;
  private final StringBuilder typed = new StringBuilder();
  private long begun;
  private long lastKey;

  /**
   * @param origin the first frame of the video, in milliseconds since the epoch
   */
  TypedText(long origin, Consumer<TextLine> lines) {
    this.origin = origin;
    this.lines = lines;
  }

  /**
   * Takes a chunk of keystrokes.
   *
   * @param at milliseconds since the epoch
   */
  void keystrokes(long at, String keys) {
    if (typed.length() > 0 && (at - lastKey > PAUSE_MILLIS || typed.length() >= LONGEST)) {
      finish();
    }
    lastKey = at;
    if (KeyText.endsLine(keys)) {
      if (!KeyText.isKey(keys)) {
        characters(at, keys);
      }
      finish();
    } else if (keys.equals("Backspace")) {
      if (typed.length() > 0) {
        typed.setLength(typed.offsetByCodePoints(typed.length(), -1));
      }
    } else if (keys.equals("Space") || keys.equals("Tab")) {
      characters(at, " ");
    } else if (!KeyText.isKey(keys)) {
      characters(at, keys);
    }
  }

  private void characters(long at, String characters) {
    if (typed.length() == 0) {
      begun = at;
    }
    typed.append(characters);
  }

  /** Takes a chunk of the clipboard. */
  void clipboard(long at, String text) {
    pieces(text).forEach(piece -> add(ChunkKind.CLIPBOARD, at, piece));
  }

  /** The line that is being typed ends here. */
  void finish() {
    pieces(typed.toString()).forEach(piece -> add(ChunkKind.KEYSTROKES, begun, piece));
    typed.setLength(0);
  }

  private void add(ChunkKind kind, long at, String text) {
    if (text.codePoints().anyMatch(Character::isLetterOrDigit)) {
      lines.accept(new TextLine(kind, at, Math.max(0, at - origin), text));
    }
  }

  private static List<String> pieces(String text) {
    List<String> pieces = new ArrayList<>();
    String rest = text.strip();
    while (rest.length() > LONGEST) {
      int end = endOfWord(rest);
      pieces.add(rest.substring(0, end).strip());
      rest = rest.substring(end).strip();
    }
    pieces.add(rest);
    return pieces;
  }

  private static int endOfWord(String text) {
    for (int end = LONGEST; end > LONGEST / 2; end--) {
      if (Character.isWhitespace(text.charAt(end))) {
        return end;
      }
    }
    return Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
  }
}
