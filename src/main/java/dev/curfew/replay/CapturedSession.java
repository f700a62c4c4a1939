package dev.curfew.replay;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A capture that was read and checked. Images stay where they are until they are asked for.
 *
 * @param title what the session was about
 * @param width of the screen, in pixels
 * @param height of the screen, in pixels
 * @param startedAt epoch milliseconds
 * @param endedAt epoch milliseconds
 * @param frames screenshots in order of time
 * @param keystrokes in order of time
 * @param clipboard in order of time
 */
public record CapturedSession(
    String title,
    int width,
    int height,
    long startedAt,
    long endedAt,
    List<Frame> frames,
    List<Keystroke> keystrokes,
    List<Clipboard> clipboard) {

  public CapturedSession {
    frames = List.copyOf(frames);
    keystrokes = List.copyOf(keystrokes);
    clipboard = List.copyOf(clipboard);
  }

  /**
   * A screenshot.
   *
   * @param file its name within the capture
   * @param at epoch milliseconds
   */
  public record Frame(String file, long at, CaptureFiles source) {

    /**
     * The bytes of the image.
     *
     * @throws CurfewException {@link ErrorCode#BAD_CONFIGURATION} if it can no longer be read
     */
    public byte[] image() {
      try {
        return source.read(file);
      } catch (IOException e) {
        throw CurfewException.causedBy(
            ErrorCode.BAD_CONFIGURATION, file + " of the capture cannot be read", e);
      }
    }
  }

  /**
   * A key.
   *
   * @param key a character, or the name of a key as browsers name it
   * @param at epoch milliseconds
   */
  public record Keystroke(String key, long at) {}

  /**
   * Text that went through the clipboard.
   *
   * @param at epoch milliseconds
   */
  public record Clipboard(String text, long at) {}

  /**
   * Reads a capture from a directory.
   *
   * @throws CurfewException {@link ErrorCode#BAD_CONFIGURATION} if it is not there or not readable,
   *     {@link ErrorCode#INVALID_FIELD} naming file and line if its content is wrong
   */
  public static CapturedSession inDirectory(Path directory) {
    return new CaptureReader(CaptureFiles.inDirectory(directory)).read();
  }

  /**
   * Reads a capture that comes with Curfew.
   *
   * @param name the last part of its resource path, such as {@code dba-maintenance}
   * @throws CurfewException as for a directory
   */
  public static CapturedSession bundled(String name) {
    return new CaptureReader(CaptureFiles.bundled(name)).read();
  }

  /** From the start of the session to its end. */
  public long durationMillis() {
    return endedAt - startedAt;
  }
}
