package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptionsTest {
  private static final String TITLE = "a --> title\n\n<b>";

  final StringWriter written = new StringWriter();
  Captions captions = lasting(60_000);

  private Captions lasting(long duration) {
    try {
      return new Captions(written, TITLE, duration);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void restart(long duration) {
    written.getBuffer().setLength(0);
    captions = lasting(duration);
  }

  private void type(long from, String... keys) throws IOException {
    for (int i = 0; i < keys.length; i++) {
      captions.keystrokes(from + 50L * i, keys[i]);
    }
  }

  private List<ParsedVtt.Cue> cues() throws IOException {
    captions.finish();
    return ParsedVtt.parse(written.toString());
  }

  private static ParsedVtt.Cue cue(long start, long end, String text) {
    return new ParsedVtt.Cue(start, end, "", text);
  }

  @Test
  void line_endsWithEnter() throws IOException {
    type(0, "l", "s", "Enter", "p", "w", "d", "Enter");

    assertThat(cues()).containsExactly(cue(0, 150, "ls⏎"), cue(150, 2_300, "pwd⏎"));
  }

  @Test
  void pause_beginsANewCue() throws IOException {
    type(0, "a", "b");
    type(1_550, "c");
    type(3_051, "d");

    assertThat(cues()).containsExactly(cue(0, 3_051, "abc"), cue(3_051, 5_051, "d"));
  }

  @Test
  void endlessLine_isBroken() throws IOException {
    for (int i = 0; i < 250; i++) {
      captions.keystrokes(i * 10L, "x");
    }

    assertThat(cues()).extracting(c -> c.text().length()).containsExactly(100, 100, 50);
  }

  @Test
  void text_cannotBreakTheFormat() throws IOException {
    type(0, "a\n\n00:01.000 --> 00:02.000\nx");
    type(5_000, "<v Bob>&amp;</v>", "\u0000\u001b[A\u007f");
    captions.clipboard(10_000, "one\r\n\r\nWEBVTT\n\n\n--> two\t<script>");
    captions.clipboard(20_000, " \n ");

    assertThat(cues())
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

    assertThat(cues()).extracting(ParsedVtt.Cue::text).containsExactly("␣");
  }

  @Test
  void longClipboard_isShortened() throws IOException {
    captions.clipboard(0, "\ud83d\ude00".repeat(1_000));

    assertThat(cues())
        .extracting(ParsedVtt.Cue::text)
        .containsExactly("Clipboard: " + "\ud83d\ude00".repeat(200) + "…");
  }

  @Test
  void cues_stayInsideTheRecording() throws IOException {
    restart(10_000);
    type(-500, "a");
    type(9_990, "b");
    captions.clipboard(10_000, "late");

    assertThat(cues())
        .containsExactly(
            cue(0, 2_000, "a"),
            cue(9_990, 10_000, "b"),
            new ParsedVtt.Cue(10_000, 10_001, "line:0", "Clipboard: late"));
  }

  @Test
  void longRecording_countsHours() throws IOException {
    restart(Long.MAX_VALUE);
    type(101L * 3_600_000 + 61_001, "a");

    captions.finish();
    assertThat(written.toString()).contains("101:01:01.001 --> 101:01:03.001\n");
  }

  @Test
  void copiesWhileALineIsTyped_followThatLine() throws IOException {
    type(0, "a", "b");
    captions.clipboard(200, "one");
    type(300, "c");
    captions.clipboard(5_000, "two");
    type(6_000, "d");

    assertThat(cues())
        .extracting(ParsedVtt.Cue::text)
        .containsExactly("abc", "Clipboard: one", "Clipboard: two", "d");
  }

  /** Lines are written when they end, not kept to the end. */
  @Test
  void finishedCues_areWrittenAtOnce() throws IOException {
    type(0, "l", "s", "Enter", "p");

    assertThat(written.toString()).contains("ls\u23ce").doesNotContain("p\n");

    for (int i = 0; i < 200; i++) {
      captions.clipboard(151 + i, "copy " + i);
    }

    assertThat(written.toString()).contains("\np\n").contains("copy 150\n");
    assertThat(cues()).hasSize(202).extracting(ParsedVtt.Cue::startMillis).isSorted();
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
