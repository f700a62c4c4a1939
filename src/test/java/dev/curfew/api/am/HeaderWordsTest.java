package dev.curfew.api.am;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderWordsTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "demo,demo",
        "\"\",\"\"",
        "=?UTF-8?B?w6RsaWNl?=,älice",
        "=?utf-8?b?w6RsaWNl?=,älice",
        "=?UTF-8?Q?=C3=A4lice?=,älice",
        "=?iso-8859-1?Q?=E4_b?=,ä b",
        "=?UTF-8?B?w6Q=?= =?UTF-8?B?w7Y=?=,äö",
        "x=?UTF-8?B?w6Q=?=y,xäy",
        "=?UTF-8?B?!!?=,=?UTF-8?B?!!?=",
        "=?UTF-8?B?/w==?=,=?UTF-8?B?/w==?=",
        "=?klingon?B?w6Q=?=,=?klingon?B?w6Q=?=",
        "=?UTF-8?X?w6Q=?=,=?UTF-8?X?w6Q=?=",
        "=?UTF-8?Q?=C?=,=?UTF-8?Q?=C?=",
        "=?,=?",
        "a=?b,a=?b",
        "=?UTF-8?B?,=?UTF-8?B?"
      })
  void header_isDecoded(String header, String text) {
    assertThat(HeaderWords.decode(header)).isEqualTo(text);
  }
}
