package dev.curfew.replay;

/** One thing that the gateway saw; {@link #at} is in milliseconds since the epoch. */
public sealed interface CapturedEvent {
  long at();

  /** A screenshot; {@code file} is its path inside the capture. */
  record Frame(String file, long at) implements CapturedEvent {}

  /** A key: the character that it makes, or its name ({@code Enter}, {@code Ctrl+C}). */
  record Keystroke(String key, long at) implements CapturedEvent {}

  /** Text that was put on the clipboard. */
  record ClipboardCopy(String text, long at) implements CapturedEvent {}
}
