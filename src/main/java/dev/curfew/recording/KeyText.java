package dev.curfew.recording;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How captured keys are shown to people. A chunk holds either characters that were typed or the
 * name of one key, such as {@code Enter}, {@code F5} or {@code Ctrl+C}; a chunk that reads like a
 * key's name is taken for that key.
 */
final class KeyText {
  private static final String RETURN_SIGN = "\u23ce";

  private static final Map<String, String> SIGNS =
      Map.of(
          "Enter", RETURN_SIGN,
          "Return", RETURN_SIGN,
          "Backspace", "\u232b",
          "Tab", "\u21e5",
          "Space", " ");

  private static final Set<String> NAMES =
      Set.of(
          "Escape",
          "Esc",
          "Delete",
          "Del",
          "Insert",
          "Home",
          "End",
          "PageUp",
          "PageDown",
          "Up",
          "Down",
          "Left",
          "Right",
          "ArrowUp",
          "ArrowDown",
          "ArrowLeft",
          "ArrowRight",
          "CapsLock",
          "NumLock",
          "ScrollLock",
          "PrintScreen",
          "Pause",
          "ContextMenu",
          "Shift",
          "Control",
          "Ctrl",
          "Alt",
          "AltGraph",
          "Meta",
          "Super",
          "Win",
          "Cmd");

  private static final Pattern FUNCTION_KEY = Pattern.compile("F([1-9]|1[0-9]|2[0-4])");

  private static final Pattern CHORD =
      Pattern.compile(
          "((Ctrl|Control|Alt|AltGraph|Shift|Meta|Super|Win|Cmd)\\+)+(\\S|[A-Za-z0-9]+)");

  private KeyText() {}

  /** Whether a chunk is the name of a key, and not characters that were typed. */
  static boolean isKey(String keys) {
    return SIGNS.containsKey(keys)
        || NAMES.contains(keys)
        || FUNCTION_KEY.matcher(keys).matches()
        || CHORD.matcher(keys).matches();
  }

  /** What to show for a chunk: its characters, a sign, or a key's name in brackets. */
  static String show(String keys) {
    String sign = SIGNS.get(keys);
    if (sign != null) {
      return sign;
    }
    if (isKey(keys)) {
      return "[" + keys + "]";
    }
    return keys.replace("\r\n", RETURN_SIGN)
        .replace("\r", RETURN_SIGN)
        .replace("\n", RETURN_SIGN)
        .replace("\t", "\u21e5");
  }

  /** Whether a line of input ends with these keys. */
  static boolean endsLine(String keys) {
    return show(keys).endsWith(RETURN_SIGN);
  }
}
