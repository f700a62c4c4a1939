package dev.curfew.recording.media;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Keystrokes as people read them: typed text as it is, other keys by name in square brackets. A
 * capture names such keys the way browsers do (W3C UI Events: {@code KeyboardEvent.key}), or sends
 * the control character.
 */
final class KeyText {
  static final String ENTER = "[Enter]";

  private static final Pattern FUNCTION_KEY = Pattern.compile("F([1-9]|1[0-9]|2[0-4])");

  private static final Set<String> NAMES =
      Set.of(
          "Alt",
          "AltGraph",
          "ArrowDown",
          "ArrowLeft",
          "ArrowRight",
          "ArrowUp",
          "Backspace",
          "CapsLock",
          "Clear",
          "ContextMenu",
          "Control",
          "Copy",
          "Cut",
          "Dead",
          "Delete",
          "End",
          "Enter",
          "Escape",
          "Fn",
          "Help",
          "Home",
          "Insert",
          "Meta",
          "NumLock",
          "PageDown",
          "PageUp",
          "Paste",
          "Pause",
          "PrintScreen",
          "Process",
          "Redo",
          "ScrollLock",
          "Shift",
          "Tab",
          "Undo",
          "Unidentified");

  private KeyText() {}

  /** The readable form of one captured text. */
  static String readable(String text) {
    if (NAMES.contains(text) || FUNCTION_KEY.matcher(text).matches()) {
      return "[" + text + "]";
    }
    StringBuilder readable = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
        continue;
      }
      readable.append(named(c));
    }
    return readable.toString();
  }

  private static String named(char c) {
    return switch (c) {
      case '\n', '\r' -> ENTER;
      case '\t' -> "[Tab]";
      case '\b', 0x7f -> "[Backspace]";
      case 0x1b -> "[Escape]";
      // Terminals send the letters with the control key as the first 32 characters.
      default -> c > 0 && c <= 26 ? "[Ctrl+" + (char) (c + '@') + "]" : String.valueOf(c);
    };
  }
}
