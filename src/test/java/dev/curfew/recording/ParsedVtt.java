package dev.curfew.recording;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads WebVTT by the rules of its definition, as far as captions use them. */
final class ParsedVtt {
  private static final Pattern TIMING =
      Pattern.compile(
          "(\\d{2,}):([0-5]\\d):([0-5]\\d)\\.(\\d{3}) --> (\\d{2,}):([0-5]\\d):([0-5]\\d)\\.(\\d{3})(.*)");

  private ParsedVtt() {}

  record Cue(long startMillis, long endMillis, String settings, String text) {}

  static List<Cue> read(Path file) throws IOException {
    return parse(Files.readString(file));
  }

  static List<Cue> parse(String vtt) {
    String[] blocks = vtt.split("\n\n+");
    if (!blocks[0].equals("WEBVTT")) {
      throw new AssertionError("no signature: " + blocks[0]);
    }
    List<Cue> cues = new ArrayList<>();
    for (int i = 1; i < blocks.length; i++) {
      String[] lines = blocks[i].split("\n");
      if (lines[0].equals("NOTE")) {
        continue;
      }
      Matcher timing = TIMING.matcher(lines[1]);
      if (!timing.matches() || lines.length != 3) {
        throw new AssertionError("not a cue: " + blocks[i]);
      }
      if (lines[2].matches(".*(<|>|&(?!amp;|lt;|gt;)).*")) {
        throw new AssertionError("not escaped: " + lines[2]);
      }
      cues.add(
          new Cue(
              millis(timing, 1),
              millis(timing, 5),
              timing.group(9).strip(),
              lines[2].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")));
    }
    return cues;
  }

  private static long millis(Matcher timing, int from) {
    return Long.parseLong(timing.group(from)) * 3_600_000
        + Long.parseLong(timing.group(from + 1)) * 60_000
        + Long.parseLong(timing.group(from + 2)) * 1_000
        + Long.parseLong(timing.group(from + 3));
  }
}
