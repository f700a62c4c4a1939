package dev.curfew.signals;

import org.jspecify.annotations.Nullable;

/**
 * What a receiver finds wrong with a token, in the words of RFC 8935, section 2.4, and RFC 8936,
 * section 2.6: a code of the registry of Security Event Token error codes, and a description.
 */
public final class SetError {
  private static final int LONGEST = 512;

  private SetError() {}

  /**
   * One line for whoever reads the delivery's attempts: short, without control characters and
   * broken Unicode, since it is somebody else's text.
   *
   * @param description a text, or whatever stands in its place
   */
  public static String text(String code, @Nullable Object description) {
    String text = description instanceof String words ? code + ": " + words : code;
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(LONGEST)
        .map(c -> Character.isISOControl(c) || isSurrogate(c) ? ' ' : c)
        .forEach(line::appendCodePoint);
    return line.toString();
  }

  private static boolean isSurrogate(int codePoint) {
    return Character.getType(codePoint) == Character.SURROGATE;
  }
}
