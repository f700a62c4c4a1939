package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import java.util.Locale;

/**
 * What to look for in recordings, as people write it: words that must all occur in one line, {@code
 * "words in this order"}, {@code or}, {@code -without}. Punctuation divides words, as it does in
 * what was taken in, so that {@code etc/passwd} finds {@code cat /etc/passwd}.
 */
final class TextQuery {
  private TextQuery() {}

  /**
   * The query as PostgreSQL's {@code websearch_to_tsquery} takes it.
   *
   * @throws CurfewException INVALID_FIELD {@code text} when no word is to be found
   */
  static String words(String text) {
    StringBuilder words = new StringBuilder(text.length());
    boolean quoted = false;
    boolean toFind = false;
    boolean without = false;
    int at = 0;
    while (at < text.length()) {
      int character = text.codePointAt(at);
      if (Character.isLetterOrDigit(character)) {
        int end = endOfWord(text, at);
        String word = text.substring(at, end);
        words.append(word);
        toFind |= !without && (quoted || !word.toLowerCase(Locale.ROOT).equals("or"));
        without &= quoted;
        at = end;
        continue;
      }
      if (character == '"') {
        quoted = !quoted;
        without &= quoted;
        words.append('"');
      } else if (character == '-' && !quoted && beginsWord(text, at)) {
        without = true;
        words.append(" -");
      } else {
        words.append(' ');
      }
      at += Character.charCount(character);
    }
    if (!toFind) {
      throw CurfewException.invalid("text", "must hold a word to look for");
    }
    return words.toString();
  }

  private static int endOfWord(String text, int from) {
    int end = from;
    while (end < text.length() && Character.isLetterOrDigit(text.codePointAt(end))) {
      end += Character.charCount(text.codePointAt(end));
    }
    return end;
  }

  /** Whether a hyphen stands before a word or quotation, and after none. */
  private static boolean beginsWord(String text, int hyphen) {
    boolean free = hyphen == 0 || Character.isWhitespace(text.charAt(hyphen - 1));
    int next = hyphen + 1;
    return free
        && next < text.length()
        && (text.charAt(next) == '"' || Character.isLetterOrDigit(text.codePointAt(next)));
  }
}
