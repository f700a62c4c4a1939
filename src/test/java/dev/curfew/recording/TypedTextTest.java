package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.lease.ChunkKind;
import dev.curfew.store.TextLine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TypedTextTest {
  private final List<TextLine> lines = new ArrayList<>();
  private final TypedText text = new TypedText(10_000, lines::add);

  private void keys(long at, String... keys) {
    long time = at;
    for (String key : keys) {
      text.keystrokes(time, key);
      time += 100;
    }
  }

  private List<String> texts() {
    text.finish();
    return lines.stream().map(TextLine::text).toList();
  }

  @Test
  void keys_becomeLinesWithTheTimeOfTheirFirst() {
    keys(12_000, "l", "s", "Enter", "p", "w", "d", "Return");
    assertThat(texts()).containsExactly("ls", "pwd");
    assertThat(lines.get(0)).isEqualTo(new TextLine(ChunkKind.KEYSTROKES, 12_000, 2_000, "ls"));
    assertThat(lines.get(1).at()).isEqualTo(12_300);
  }

  @Test
  void corrections_areApplied() {
    keys(12_000, "Backspace", "s", "u", "o", "Backspace", "d", "o", "Backspace", "Backspace", "do");
    assertThat(texts()).containsExactly("sudo");
  }

  @Test
  void halfTakenBackCharacter_isTakenBackWhole() {
    keys(12_000, "a", "\ud83d\ude00", "Backspace", "b");
    assertThat(texts()).containsExactly("ab");
  }

  @Test
  void namedKeys_addNothingAndSpaceAndTabDivideWords() {
    keys(12_000, "c", "d", "Space", "e", "Tab", "x", "Ctrl+C", "F5", "Up");
    assertThat(texts()).containsExactly("cd e x");
  }

  @Test
  void charactersWithAnEndOfLine_endTheLine() {
    keys(12_000, "select 1;\r", "x");
    assertThat(texts()).containsExactly("select 1;", "x");
  }

  @Test
  void longPause_endsTheLine() {
    keys(12_000, "a");
    keys(71_000, "b");
    keys(200_000, "c");
    assertThat(texts()).containsExactly("ab", "c");
  }

  @Test
  void whatHoldsNoWord_isLeftOut() {
    keys(12_000, ";", "Enter", " ", "Enter", "Enter");
    text.clipboard(13_000, "--- ***");
    assertThat(texts()).isEmpty();
  }

  @Test
  void clipboard_beforeTheVideoIsAtItsStart() {
    text.clipboard(9_000, " copied ");
    assertThat(lines).containsExactly(new TextLine(ChunkKind.CLIPBOARD, 9_000, 0, "copied"));
  }

  @Test
  void longText_isDividedBetweenWords() {
    String words = "lorem ipsum ".repeat(300);
    text.clipboard(12_000, words);
    assertThat(texts())
        .allMatch(piece -> piece.length() <= TypedText.LONGEST)
        .hasSizeGreaterThan(3);
    assertThat(String.join(" ", texts())).isEqualTo(words.strip());
  }

  @Test
  void textWithoutSpaces_isDividedBetweenCharacters() {
    String letters = "a" + "\ud835\udc1a".repeat(700);
    text.clipboard(12_000, letters);
    assertThat(String.join("", texts())).isEqualTo(letters);
    assertThat(texts()).noneMatch(piece -> Character.isLowSurrogate(piece.charAt(0)));
  }
}
