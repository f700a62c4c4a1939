/**
 * Captured sessions: recordings of a real privileged session taken by a gateway, kept as plain
 * files so that they can be played against a running node.
 *
 * <h2>The format</h2>
 *
 * A capture is a directory, or the same files inside the jar under {@code captures/NAME/}. Text is
 * UTF-8. Times ({@code at}, {@code started}, {@code ended}) are milliseconds since the epoch.
 * Fields that are not named here are ignored.
 *
 * <dl>
 *   <dt>{@code session.json}
 *   <dd>one object: {@code title} (text, not blank), {@code width} and {@code height} of the screen
 *       in pixels, {@code started}, {@code ended} (not before {@code started}), and how many lines
 *       the three other files have: {@code frames}, {@code keystrokes}, {@code clipboard}. A count
 *       that does not match is refused, since it means that the capture was cut short.
 *   <dt>{@code frames.jsonl}
 *   <dd>one object a line: {@code file}, the path of a PNG, JPEG or WebP screenshot relative to the
 *       capture and inside it, and {@code at}.
 *   <dt>{@code keystrokes.jsonl}
 *   <dd>one object a line: {@code key} and {@code at}. A key that makes a character is that
 *       character ({@code "d"}, {@code " "}, {@code "%"}); any other goes by its name ({@code
 *       "Enter"}, {@code "Backspace"}, {@code "F5"}), chords with plus signs ({@code "Ctrl+C"}).
 *   <dt>{@code clipboard.jsonl}
 *   <dd>one object a line: {@code text}, what was put on the clipboard, and {@code at}.
 * </dl>
 *
 * The lines of a file are in order of time, and every {@code at} is between {@code started} and
 * {@code ended}, both included. Blank lines are skipped.
 *
 * <h2>Failures</h2>
 *
 * A missing file is {@link dev.curfew.fault.ErrorCode#NOT_FOUND}; anything that breaks the format
 * is {@link dev.curfew.fault.ErrorCode#UNPROCESSABLE} and names the file and, in the line-wise
 * files, the line. A file that exists but cannot be read is {@link
 * dev.curfew.fault.ErrorCode#STORAGE_UNAVAILABLE}. Nothing is kept open between calls.
 */
@NullMarked
package dev.curfew.replay;

import org.jspecify.annotations.NullMarked;
