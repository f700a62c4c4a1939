package dev.curfew.recording.media;

/** One thing captured of a session. */
public sealed interface CapturedItem {

  /** When it was captured, epoch milliseconds. */
  long capturedAt();

  /**
   * A screenshot: PNG, JPEG or WebP.
   *
   * @param sequence its place among the session's chunks
   * @param capturedAt epoch milliseconds
   * @param image where its bytes come from, asked anew in each pass
   */
  record Frame(long sequence, long capturedAt, ImageSource image) implements CapturedItem {}

  /**
   * Keys pressed: typed text, or the name of one key as browsers name it ({@code Enter}, {@code
   * ArrowUp}).
   *
   * @param capturedAt epoch milliseconds
   */
  record Keystrokes(long capturedAt, String text) implements CapturedItem {}

  /**
   * Text that went through the clipboard.
   *
   * @param capturedAt epoch milliseconds
   */
  record Clipboard(long capturedAt, String text) implements CapturedItem {}
}
