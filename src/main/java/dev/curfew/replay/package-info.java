/**
 * Captured sessions, to be played back against a node. {@link dev.curfew.replay.CapturedSession}
 * reads a capture from a directory, or from the captures that come with Curfew.
 *
 * <p>A capture is a directory of UTF-8 files:
 *
 * <ul>
 *   <li>{@code session.json}: {@code {"title", "width", "height", "started", "ended", "frames",
 *       "keystrokes", "clipboard"}}; sizes in pixels, times in epoch milliseconds, and how many
 *       lines the other files have.
 *   <li>{@code frames.jsonl}: a line for each screenshot, {@code {"file", "at"}}; the file is named
 *       relative to the directory and lies inside it.
 *   <li>{@code keystrokes.jsonl}: {@code {"key", "at"}}; a character, or the name of a key as
 *       browsers name it.
 *   <li>{@code clipboard.jsonl}: {@code {"text", "at"}}.
 * </ul>
 *
 * <p>Lines are in order of time; empty lines are passed over. Keystrokes and clipboard may be
 * missing when there are none. A capture is read and checked as a whole before anything is done
 * with it, except for the images, which are read one at a time. Whatever is wrong is a {@link
 * dev.curfew.fault.CurfewException} with {@link dev.curfew.fault.ErrorCode#INVALID_FIELD}, whose
 * message names file and line; a capture that cannot be read at all is {@link
 * dev.curfew.fault.ErrorCode#BAD_CONFIGURATION}.
 */
@NullMarked
package dev.curfew.replay;

import org.jspecify.annotations.NullMarked;
