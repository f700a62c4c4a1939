package dev.curfew.recording;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
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

  /** What a terminal sends for a key that has a name, as xterm does. */
  private static final Map<String, String> SENT =
      Map.ofEntries(
          Map.entry("Enter", "\r"),
          Map.entry("Return", "\r"),
          Map.entry("Backspace", "\u007f"),
          Map.entry("Tab", "\t"),
          Map.entry("Space", " "),
          Map.entry("Escape", "\u001b"),
          Map.entry("Esc", "\u001b"),
          Map.entry("Up", "\u001b[A"),
          Map.entry("ArrowUp", "\u001b[A"),
          Map.entry("Down", "\u001b[B"),
          Map.entry("ArrowDown", "\u001b[B"),
          Map.entry("Right", "\u001b[C"),
          Map.entry("ArrowRight", "\u001b[C"),
          Map.entry("Left", "\u001b[D"),
          Map.entry("ArrowLeft", "\u001b[D"),
          Map.entry("Home", "\u001b[H"),
          Map.entry("End", "\u001b[F"),
          Map.entry("Insert", "\u001b[2~"),
          Map.entry("Delete", "\u001b[3~"),
          Map.entry("PageUp", "\u001b[5~"),
          Map.entry("PageDown", "\u001b[6~"));

  private static final Pattern CONTROL_LETTER = Pattern.compile("(?:Ctrl|Control)\\+([A-Za-z])");

  /** What is left of a letter's code when Ctrl is held. */
  private static final int CONTROL_BITS = 0x1f;

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

  /** What a terminal sent for a chunk; a key that has no character stays as it is shown. */
  static String sent(String keys) {
    String sent = SENT.get(keys);
    if (sent != null) {
      return sent;
    }
    Matcher control = CONTROL_LETTER.matcher(keys);
    if (control.matches()) {
      return String.valueOf((char) (control.group(1).charAt(0) & CONTROL_BITS));
    }
    return isKey(keys) ? show(keys) : keys;
  }

  /** Whether a line of input ends with these keys. */
  static boolean endsLine(String keys) {
    return show(keys).endsWith(RETURN_SIGN);
  }
}
