package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.curfew.fault.CurfewException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextQueryTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "sudo, sudo",
        "/etc/passwd, etc passwd",
        "'\"drop table\" ledger', 'drop table ledger'",
        "a -b, a -b",
        "a-b, a b",
        "db1.example.com, db1 example com",
        "'-\"rm rf\" home', 'rm rf home'",
        "größe, größe",
      })
  void punctuation_dividesWords(String text, String words) {
    assertThat(
            TextQuery.words(text).replace('"', ' ').strip().replaceAll(" +", " ").replace("- ", ""))
        .isEqualTo(words);
  }

  @Test
  void quotesAndExclusions_stay() {
    assertThat(TextQuery.words("\"drop table\" -test").replaceAll(" +", " "))
        .isEqualTo("\"drop table\" -test");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "-a", "-\"a b\"", "or", "OR or", "%$!", "\"\"", "-"})
  void nothingToFind_isRefused(String text) {
    assertThatExceptionOfType(CurfewException.class)
        .isThrownBy(() -> TextQuery.words(text))
        .satisfies(e -> assertThat(e.field()).isEqualTo("text"));
  }
}
