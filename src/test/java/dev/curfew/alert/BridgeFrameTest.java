package dev.curfew.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BridgeFrameTest {
  private static BridgeFrame parse(String text) throws BridgeFrame.Malformed {
    return BridgeFrame.parse(Buffer.buffer(text));
  }

  @Test
  void credential_isOfEitherHeaderWhateverItsCase() throws Exception {
    assertThat(register("{\"authorization\":\"bearer abc\"}").credential()).isEqualTo("abc");
    assertThat(register("{\"X-API-KEY\":\" abc \"}").credential()).isEqualTo("abc");
    assertThat(register("{\"Authorization\":\"Basic abc\"}").credential()).isNull();
    assertThat(register("{\"Authorization\":\"Bearer \"}").credential()).isNull();
    assertThat(register("null").credential()).isNull();
    assertThat(register("{\"After\":\"x\",\"number\":1}").after()).isEqualTo("x");
  }

  private static BridgeFrame register(String headers) throws BridgeFrame.Malformed {
    return parse("{\"type\":\"register\",\"address\":\"a\",\"headers\":" + headers + "}");
  }

  @Test
  void frame_thatIsNotUtf8IsRefused() {
    Buffer bytes = Buffer.buffer("{\"type\":\"").appendByte((byte) 0xff).appendString("\"}");

    assertThatThrownBy(() -> BridgeFrame.parse(bytes)).isInstanceOf(BridgeFrame.Malformed.class);
  }

  @Test
  void frame_ofGreatDepthIsRefused() {
    String deep = "[".repeat(30_000);

    assertThatThrownBy(() -> parse("{\"type\":" + deep)).isInstanceOf(BridgeFrame.Malformed.class);
  }

  @Test
  void address_isOneOfThreeForms() {
    UUID id = UUID.fromString("123e4567-e89b-12d3-a456-426614174000");
    assertThat(BridgeAddress.parse("alerts.user.17")).isEqualTo(new BridgeAddress.OfUser(17));
    assertThat(BridgeAddress.parse("alerts.session." + id))
        .isEqualTo(new BridgeAddress.OfSession(id));
    assertThat(BridgeAddress.parse("alerts.realm.a.b c"))
        .isEqualTo(new BridgeAddress.OfRealm("a.b c"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "alerts",
        "alerts.user",
        "alerts.user.",
        "alerts.user.1.2",
        "alerts.user. 1",
        "alerts.user.1\n",
        "alerts.user.٣",
        "Alerts.user.1",
        "xalerts.user.1",
        "alerts.realm.",
        "alerts.realm.a\u0000",
        "alerts.session.123e4567e89b12d3a456426614174000",
        "alerts.session.123e4567-e89b-12d3-a456-426614174000 "
      })
  void address_ofAnyOtherFormIsNone(String text) {
    assertThat(BridgeAddress.parse(text)).isNull();
  }

  @Test
  void err_isWhatEachStandardBridgeWrites() {
    String sockJs = BridgeWire.SOCKJS.err(null, "a", BridgeRefusal.INBOUND);
    String tcp = BridgeWire.TCP.err("r", "a", BridgeRefusal.INBOUND);

    assertThat(new JsonObject(sockJs))
        .isEqualTo(
            new JsonObject()
                .put("type", "err")
                .put("sourceAddress", "a")
                .put("failureCode", 403)
                .put("failureType", "RECIPIENT_FAILURE")
                .put("message", "Nothing can be sent or published")
                .put("body", "access_denied"));
    assertThat(new JsonObject(tcp))
        .isEqualTo(
            new JsonObject()
                .put("type", "err")
                .put("address", "r")
                .put("sourceAddress", "a")
                .put("failureCode", 403)
                .put("failureType", "RECIPIENT_FAILURE")
                .put("message", "access_denied")
                .put("reason", "Nothing can be sent or published"));
  }

  @Test
  void address_isEscapedInWhatIsSent() {
    for (BridgeWire wire : BridgeWire.values()) {
      String frame = wire.beforeBody("a\"b") + "{\"x\":1}" + wire.afterBody();

      assertThat(new JsonObject(frame).getString("address")).isEqualTo("a\"b");
      assertThat(new JsonObject(frame).getJsonObject("body").getInteger("x")).isEqualTo(1);
    }
  }
}
