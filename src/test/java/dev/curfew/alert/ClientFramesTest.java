package dev.curfew.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.store.EventCursor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientFramesTest {
  private final ClientFrames frames = new ClientFrames();

  @Test
  void acknowledgement_isAccepted() {
    String ack = "{\"ack\":\"" + new EventCursor(5, 7, 9).text() + "\"}";

    assertThat(frames.accept(WebSocketFrame.textFrame(ack, true))).isNull();
    assertThat(frames.accept(WebSocketFrame.textFrame(" " + ack + "\n", true))).isNull();
  }

  @Test
  void acknowledgement_inPiecesIsAccepted() {
    String id = new EventCursor(5, 7, 9).text();

    assertThat(frames.accept(WebSocketFrame.textFrame("{\"ack\":", false))).isNull();
    assertThat(frames.accept(WebSocketFrame.pingFrame(Buffer.buffer("x")))).isNull();
    assertThat(frames.accept(WebSocketFrame.continuationFrame(Buffer.buffer("\"" + id), false)))
        .isNull();
    assertThat(frames.accept(WebSocketFrame.continuationFrame(Buffer.buffer("\"}"), true)))
        .isNull();
    assertThat(frames.accept(WebSocketFrame.textFrame("{\"ack\":\"" + id + "\"}", true))).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          ''                      | INVALID_DATA
          nonsense                | INVALID_DATA
          null                    | INVALID_DATA
          17                      | INVALID_DATA
          []                      | INVALID_DATA
          {"ack":                 | INVALID_DATA
          {"ack":"17"}            | INVALID_DATA
          {"ack":17}              | INVALID_DATA
          {"ack":null}            | INVALID_DATA
          {}                      | UNSUPPORTED_DATA
          {"subscribe":"all"}     | UNSUPPORTED_DATA
          {"ack":"a","more":true} | UNSUPPORTED_DATA
          """)
  void message_ofAnotherKindIsRefused(String text, CloseCode code) {
    assertThat(frames.accept(WebSocketFrame.textFrame(text, true)))
        .extracting(ClientFrames.Refusal::code)
        .isEqualTo(code);
  }

  @Test
  void message_nestedBeyondReasonIsRefused() {
    assertThat(frames.accept(WebSocketFrame.textFrame("[".repeat(30_000), true)).code())
        .isEqualTo(CloseCode.INVALID_DATA);
    assertThat(frames.accept(WebSocketFrame.textFrame("{\"ack\":".repeat(9_000), true)).code())
        .isEqualTo(CloseCode.INVALID_DATA);
  }

  @Test
  void message_thatIsNotUtf8IsRefused() {
    frames.accept(WebSocketFrame.textFrame("{\"ack\":\"", false));

    assertThat(
            frames
                .accept(
                    WebSocketFrame.continuationFrame(
                        Buffer.buffer(new byte[] {(byte) 0xc3, '"', '}'}), true))
                .code())
        .isEqualTo(CloseCode.INVALID_DATA);
  }

  @Test
  void binaryFrame_isRefused() {
    assertThat(frames.accept(WebSocketFrame.binaryFrame(Buffer.buffer("{}"), true)).code())
        .isEqualTo(CloseCode.UNSUPPORTED_DATA);
  }

  @Test
  void message_overTheLimitIsRefusedBeforeItIsWhole() {
    assertThat(frames.accept(WebSocketFrame.textFrame("x".repeat(40_000), false))).isNull();

    assertThat(
            frames
                .accept(WebSocketFrame.continuationFrame(Buffer.buffer("x".repeat(40_000)), false))
                .code())
        .isEqualTo(CloseCode.TOO_BIG);
  }

  @Test
  void reasons_fitIntoACloseFrame() {
    assertThat(ClientFrames.tooBig().reason().getBytes()).hasSizeLessThan(124);
    assertThat(frames.accept(WebSocketFrame.textFrame("{\"ack\":\"17\"}", true)).reason())
        .hasSizeLessThan(124);
  }
}
