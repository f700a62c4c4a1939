package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptionsTest {
  final Captions captions = new Captions();

  private void type(long from, String... keys) {
    for (int i = 0; i < keys.length; i++) {
      captions.keystrokes(from + 50L * i, keys[i]);
    }
  }

  private List<ParsedVtt.Cue> cues(long duration) throws IOException {
    StringWriter out = new StringWriter();
    Captions.write(out, "a --> title\n\n<b>", captions.finish(duration));
    return ParsedVtt.parse(out.toString());
  }

  private static ParsedVtt.Cue cue(long start, long end, String text) {
    return new ParsedVtt.Cue(start, end, "", text);
  }

  @Test
  void line_endsWithEnter() throws IOException {
    type(0, "l", "s", "Enter", "p", "w", "d", "Enter");

    assertThat(cues(10_000)).containsExactly(cue(0, 150, "ls⏎"), cue(150, 2_300, "pwd⏎"));
  }

  @Test
  void pause_beginsANewCue() throws IOException {
    type(0, "a", "b");
    type(1_550, "c");
    type(3_051, "d");

    assertThat(cues(60_000)).containsExactly(cue(0, 3_051, "abc"), cue(3_051, 5_051, "d"));
  }

  @Test
  void endlessLine_isBroken() throws IOException {
    for (int i = 0; i < 250; i++) {
      captions.keystrokes(i * 10L, "x");
    }

    assertThat(cues(60_000)).extracting(c -> c.text().length()).containsExactly(100, 100, 50);
  }

  @Test
  void text_cannotBreakTheFormat() throws IOException {
    type(0, "a\n\n00:01.000 --> 00:02.000\nx");
    type(5_000, "<v Bob>&amp;</v>", "\u0000\u001b[A\u007f");
    captions.clipboard(10_000, "one\r\n\r\nWEBVTT\n\n\n--> two\t<script>");
    captions.clipboard(20_000, " \n ");

    assertThat(cues(60_000))
        .extracting(ParsedVtt.Cue::text)
        .containsExactly(
            "a⏎⏎00:01.000 --> 00:02.000⏎x",
            "<v Bob>&amp;</v>␀␛[A␡",
            "Clipboard: one ⏎ WEBVTT ⏎ --> two <script>",
            "Clipboard: ");
  }

  @Test
  void blankKeys_areVisible() throws IOException {
    type(0, " ");

    assertThat(cues(60_000)).extracting(ParsedVtt.Cue::text).containsExactly("␣");
  }

  @Test
  void longClipboard_isShortened() throws IOException {
    captions.clipboard(0, "\ud83d\ude00".repeat(1_000));

    assertThat(cues(60_000))
        .extracting(ParsedVtt.Cue::text)
        .containsExactly("Clipboard: " + "\ud83d\ude00".repeat(200) + "…");
  }

  @Test
  void cues_stayInsideTheRecording() throws IOException {
    type(-500, "a");
    type(9_990, "b");
    captions.clipboard(10_000, "late");

    assertThat(cues(10_000))
        .containsExactly(
            cue(0, 2_000, "a"),
            cue(9_990, 10_000, "b"),
            new ParsedVtt.Cue(10_000, 10_001, "line:0", "Clipboard: late"));
  }

  @Test
  void longRecording_countsHours() throws IOException {
    type(101L * 3_600_000 + 61_001, "a");

    StringWriter out = new StringWriter();
    Captions.write(out, "t", captions.finish(Long.MAX_VALUE));
    assertThat(out.toString()).contains("101:01:01.001 --> 101:01:03.001\n");
  }

  @ParameterizedTest
  @CsvSource({
    "a, a",
    "Enter, ⏎",
    "Backspace, ⌫",
    "Tab, ⇥",
    "Ctrl+C, [Ctrl+C]",
    "Ctrl+Shift++, [Ctrl+Shift++]",
    "Alt+F4, [Alt+F4]",
    "F12, [F12]",
    "F25, F25",
    "ArrowUp, [ArrowUp]",
    "Escape, [Escape]",
    "Entertainment, Entertainment",
    "Enter the dragon, Enter the dragon",
    "+, +",
    "a+b, a+b"
  })
  void key_isShownAs(String keys, String shown) {
    assertThat(KeyText.show(keys)).isEqualTo(shown);
  }
}
