package dev.curfew.replay;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.replay.CapturedEvent.ClipboardCopy;
import dev.curfew.replay.CapturedEvent.Frame;
import dev.curfew.replay.CapturedEvent.Keystroke;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Reads a capture in the format that the package documents, from a directory or from the program
 * itself. Every method blocks; a reader holds nothing open and may be used from several threads.
 */
public final class CaptureReader {

  /** The capture that comes with the program: 58 seconds of work in a shell, 58 frames. */
  public static final String DBA_MAINTENANCE = "dba-maintenance";

  private static final long LATEST_TIME = 253_402_300_799_999L; // the end of the year 9999

  private final CaptureFiles files;

  private CaptureReader(CaptureFiles files) {
    this.files = files;
  }

  /**
   * @throws CurfewException NOT_FOUND when there is no such directory
   */
  public static CaptureReader ofDirectory(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw CurfewException.notFound("capture directory " + directory);
    }
    return new CaptureReader(new CaptureFiles.InDirectory(directory));
  }

  /**
   * A capture that comes with the program, such as {@link #DBA_MAINTENANCE}.
   *
   * @throws CurfewException NOT_FOUND when the program has none of that name
   */
  public static CaptureReader bundled(String name) {
    CaptureFiles files = new CaptureFiles.Bundled(name);
    if (!files.exists("session.json")) {
      throw CurfewException.notFound("bundled capture " + name);
    }
    return new CaptureReader(files);
  }

  /**
   * The whole capture but the pictures, checked against every rule of the format.
   *
   * @throws CurfewException as the package says; the message names file and line
   */
  public CapturedSession read() {
    FlatObject session = FlatObject.parse("session.json", content("session.json"));
    String title = session.text("title");
    if (title.isBlank()) {
      throw FlatObject.refused(session.where(), "\"title\" must not be blank");
    }
    int width = (int) session.number("width", 1, Integer.MAX_VALUE);
    int height = (int) session.number("height", 1, Integer.MAX_VALUE);
    long started = session.number("started", 0, LATEST_TIME);
    long ended = session.number("ended", started, LATEST_TIME);
    List<Frame> frames =
        lines(
            "frames.jsonl",
            session.number("frames", 0, Integer.MAX_VALUE),
            line -> new Frame(framePath(line), line.number("at", started, ended)));
    List<Keystroke> keystrokes =
        lines(
            "keystrokes.jsonl",
            session.number("keystrokes", 0, Integer.MAX_VALUE),
            line -> new Keystroke(line.text("key"), line.number("at", started, ended)));
    List<ClipboardCopy> clipboard =
        lines(
            "clipboard.jsonl",
            session.number("clipboard", 0, Integer.MAX_VALUE),
            line -> new ClipboardCopy(line.text("text"), line.number("at", started, ended)));
    return new CapturedSession(title, width, height, started, ended, frames, keystrokes, clipboard);
  }

  /**
   * The bytes of one screenshot, unchanged and unchecked.
   *
   * @throws CurfewException NOT_FOUND when the file has gone, STORAGE_UNAVAILABLE when it cannot be
   *     read
   */
  public byte[] image(Frame frame) {
    return content(frame.file());
  }

  private String framePath(FlatObject line) {
    String file = line.text("file");
    // A capture may come from anywhere; its paths must not reach outside of it.
    if (file.startsWith("/")
        || file.indexOf('\\') >= 0
        || file.indexOf(':') >= 0
        || file.indexOf('\0') >= 0
        || Arrays.asList(file.split("/", -1)).contains("..")) {
      throw FlatObject.refused(line.where(), "\"file\" must be a path inside the capture");
    }
    if (!files.exists(file)) {
      throw CurfewException.of(
          ErrorCode.NOT_FOUND, line.where() + ": " + file + " not found in " + files.name());
    }
    return file;
  }

  private <E extends CapturedEvent> List<E> lines(
      String file, long expected, Function<FlatObject, E> parse) {
    byte[] content = content(file);
    List<E> events = new ArrayList<>();
    long previous = 0;
    int lineNumber = 0;
    for (int from = 0; from < content.length; ) {
      int to = from;
      while (to < content.length && content[to] != '\n') {
        to++;
      }
      lineNumber++;
      if (!isBlank(content, from, to)) {
        FlatObject line =
            FlatObject.parse(file + " line " + lineNumber, Arrays.copyOfRange(content, from, to));
        E event = parse.apply(line);
        if (event.at() < previous) {
          throw FlatObject.refused(line.where(), "\"at\" is earlier than in the line before");
        }
        previous = event.at();
        events.add(event);
      }
      from = to + 1;
    }
    if (events.size() != expected) {
      throw FlatObject.refused(
          file, "has " + events.size() + " lines where session.json says " + expected);
    }
    return events;
  }

  private static boolean isBlank(byte[] content, int from, int to) {
    for (int i = from; i < to; i++) {
      if (content[i] != ' ' && content[i] != '\t' && content[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  private byte[] content(String file) {
    try (InputStream in = files.open(file)) {
      if (in == null) {
        throw CurfewException.of(ErrorCode.NOT_FOUND, file + " not found in " + files.name());
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.STORAGE_UNAVAILABLE, file + " in " + files.name() + " cannot be read", e);
    }
  }
}
