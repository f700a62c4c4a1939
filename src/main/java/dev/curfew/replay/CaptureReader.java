package dev.curfew.replay;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Reads and checks the files of one capture. The format is described at the package. */
final class CaptureReader {
  private static final String SESSION = "session.json";
  private static final String FRAMES = "frames.jsonl";
  private static final String KEYSTROKES = "keystrokes.jsonl";
  private static final String CLIPBOARD = "clipboard.jsonl";

  private static final int LONGEST_SIDE = 16_384;

  private final CaptureFiles files;

  CaptureReader(CaptureFiles files) {
    this.files = files;
  }

  CapturedSession read() {
    CaptureEntry session =
        new CaptureEntry(
            SESSION,
            text(SESSION),
            Set.of(
                "title",
                "width",
                "height",
                "started",
                "ended",
                "frames",
                "keystrokes",
                "clipboard"));
    long startedAt = session.number("started", 0, Long.MAX_VALUE);
    long endedAt = session.number("ended", startedAt, Long.MAX_VALUE);
    List<CapturedSession.Frame> frames =
        lines(
            session,
            "frames",
            FRAMES,
            "file",
            line -> new CapturedSession.Frame(line.fileInside("file"), line.at(), files));
    List<CapturedSession.Keystroke> keystrokes =
        lines(
            session,
            "keystrokes",
            KEYSTROKES,
            "key",
            line -> new CapturedSession.Keystroke(line.string("key"), line.at()));
    List<CapturedSession.Clipboard> clipboard =
        lines(
            session,
            "clipboard",
            CLIPBOARD,
            "text",
            line -> new CapturedSession.Clipboard(line.string("text"), line.at()));
    return new CapturedSession(
        session.string("title"),
        (int) session.number("width", 1, LONGEST_SIDE),
        (int) session.number("height", 1, LONGEST_SIDE),
        startedAt,
        endedAt,
        frames,
        keystrokes,
        clipboard);
  }

  /** Reads a file of one entry a line, in order of time and as many as the session says. */
  private <T> List<T> lines(
      CaptureEntry session,
      String countField,
      String file,
      String field,
      Function<CaptureEntry, T> entry) {
    long expected = session.number(countField, 0, Integer.MAX_VALUE);
    if (expected == 0 && !exists(file)) {
      return List.of();
    }
    List<T> entries = new ArrayList<>();
    long earlier = Long.MIN_VALUE;
    int number = 0;
    for (String line : text(file).split("\n", -1)) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      CaptureEntry parsed = new CaptureEntry(file + " line " + number, line, Set.of(field, "at"));
      if (parsed.at() < earlier) {
        throw parsed.wrong("at", "is earlier than the line before");
      }
      earlier = parsed.at();
      entries.add(entry.apply(parsed));
    }
    if (entries.size() != expected) {
      throw session.wrong(
          countField, "says " + expected + " but " + file + " has " + entries.size());
    }
    return entries;
  }

  private boolean exists(String file) {
    try {
      files.read(file);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private String text(String file) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(files.read(file)))
          .toString();
    } catch (NoSuchFileException e) {
      throw CurfewException.of(
          ErrorCode.BAD_CONFIGURATION, "no " + file + " in " + files.location());
    } catch (CharacterCodingException e) {
      throw CurfewException.of(
          ErrorCode.INVALID_FIELD, file, file + " in " + files.location() + " is not UTF-8");
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.BAD_CONFIGURATION, file + " in " + files.location() + " cannot be read", e);
    }
  }
}
