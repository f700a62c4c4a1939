package dev.curfew.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventCursorTest {
  @Test
  void text_isReadBack() {
    Random random = new Random(1);
    for (int i = 0; i < 1_000; i++) {
      EventCursor cursor =
          new EventCursor(
              random.nextLong() >>> 1, random.nextLong() >>> 1, random.nextLong() >>> 32);

      assertThat(EventCursor.parse("after", cursor.text())).isEqualTo(cursor);
    }
    assertThat(EventCursor.parse("after", EventCursor.START.text())).isEqualTo(EventCursor.START);
  }

  @Test
  void text_fitsIntoAUrl() {
    assertThat(new EventCursor(Long.MAX_VALUE, Long.MAX_VALUE, 4_294_967_295L).text())
        .matches("[A-Za-z0-9_-]{28}");
  }

  @Test
  void order_isByTransactionThenNumber() {
    EventCursor cursor = new EventCursor(5, 7, 0);

    assertThat(new EventCursor(5, 8, 0).isAfter(cursor)).isTrue();
    assertThat(new EventCursor(6, 1, 0).isAfter(cursor)).isTrue();
    assertThat(new EventCursor(5, 7, 99).isAfter(cursor)).isFalse();
    assertThat(new EventCursor(4, 9, 0).isAfter(cursor)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "17",
        "AAAAAAAAAAAAAAAAAAAAAAAAAA==",
        "====AAAAAAAAAAAAAAAAAAAAAAAA",
        "!!!!!!!!!!!!!!!!!!!!!!!!!!!!",
        "AQAAAAAAAAAFAAAAAAAAAAcAAAA",
        "AQAAAAAAAAAFAAAAAAAAAAcAAAAAA",
        "AQ+AAAAAAAAFAAAAAAAAAAcAAAAA",
        "AgAAAAAAAAAFAAAAAAAAAAcAAAAA",
        "Af________8AAAAAAAAABwAAAAAA",
        "äQAAAAAAAAAFAAAAAAAAAAcAAAAA"
      })
  void text_thatNobodyIssuedIsRefused(String text) {
    CurfewException refusal =
        catchThrowableOfType(CurfewException.class, () -> EventCursor.parse("after", text));

    assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_CURSOR);
    assertThat(refusal.field()).isEqualTo("after");
    assertThat(refusal.getMessage()).startsWith("after ");
  }

  @Test
  void text_ofAnyBytesIsReadOrRefused() {
    Random random = new Random(2);
    for (int i = 0; i < 10_000; i++) {
      byte[] bytes = new byte[random.nextInt(30)];
      random.nextBytes(bytes);
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      try {
        assertThat(EventCursor.parse("after", text).text()).isEqualTo(text);
      } catch (CurfewException refusal) {
        assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_CURSOR);
      }
    }
  }
}
