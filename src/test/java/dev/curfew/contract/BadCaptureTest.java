package dev.curfew.contract;

import static dev.curfew.contract.Installation.PSM;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Captures that nobody should send are refused by name, and nothing of them is stored. */
class BadCaptureTest {
  private static Installation at;
  private static String session;

  @BeforeAll
  static void start() {
    at =
        Installation.start(Map.of("limits.screenshot", "64KiB", "limits.recording-chunk", "64KiB"));
    session = at.psmSession();
  }

  @AfterAll
  static void stop() {
    at.close();
  }

  @AfterEach
  void nothingIsStored() {
    assertThat(
            at.admin
                .get("/api/v1/recordings/" + session)
                .is(200)
                .json()
                .getJsonObject("chunks")
                .getInteger("count"))
        .isZero();
  }

  private static Reply screenshot(Object image) {
    return at.gateway
        .post(PSM + "savescreenshot", new JsonObject().put("session", session).put("image", image))
        .tellsNothingOfTheInside();
  }

  private static String png(byte[] bytes) {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes);
  }

  @Test
  void image_thatIsNoDataUrl_isRefused() {
    for (Object wrong :
        List.of(
            7,
            true,
            new JsonObject(),
            "",
            "text",
            "data:text/plain;base64,AAAA",
            "data:image/png,AAAA")) {
      screenshot(wrong).refuses(400, "image");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "...", "%%%%", "iVBOR", "iVBORw0KGgo=====", "iVBO Rw0K", "\u00e9\u00e9"})
  void base64_thatIsBroken_isRefused(String data) {
    screenshot("data:image/png;base64," + data).refuses(400, "image");
    at.gateway
        .post(
            PSM + "savesessionrecording",
            new JsonObject().put("session", session).put("recording", data))
        .refuses(400, "recording")
        .tellsNothingOfTheInside();
  }

  @Test
  void image_thatIsNoImage_isRefused() {
    screenshot(png("not an image at all".getBytes(StandardCharsets.UTF_8))).refuses(422, "image");
    screenshot(png("GIF89a".getBytes(StandardCharsets.US_ASCII))).refuses(422, "image");
    screenshot(png(new byte[] {(byte) 0x89, 'P', 'N', 'G'})).refuses(422, "image");
    screenshot(png(new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF})).refuses(422, "image");
  }

  @ParameterizedTest
  @ValueSource(ints = {20_000, 1_000_000, Integer.MAX_VALUE, -1, 0})
  void imageBomb_isRefusedBeforeItIsDecoded(int side) throws IOException {
    Reply refusal = screenshot(png(forged(side)));
    assertThat(refusal.status()).isIn(413, 422);
    assertThat(refusal.text()).contains("image");
  }

  /** A PNG whose header declares so many pixels; checksums are right, and there is no data. */
  private static byte[] forged(int side) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    byte[] header =
        ByteBuffer.allocate(13).putInt(side).putInt(side).put(new byte[] {8, 2, 0, 0, 0}).array();
    part(out, "IHDR", header);
    part(out, "IDAT", new byte[] {0x78, (byte) 0x9C, 3, 0, 0, 0, 0, 1});
    part(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  private static void part(ByteArrayOutputStream out, String type, byte[] data) throws IOException {
    byte[] named =
        ByteBuffer.allocate(4 + data.length)
            .put(type.getBytes(StandardCharsets.US_ASCII))
            .put(data)
            .array();
    CRC32 sum = new CRC32();
    sum.update(named);
    out.write(ByteBuffer.allocate(4).putInt(data.length).array());
    out.write(named);
    out.write(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
  }

  @Test
  void capture_overItsLimit_is413() {
    screenshot(png(new byte[80 * 1024])).refuses(413, "image");
    at.gateway
        .post(
            PSM + "savesessionrecording",
            new JsonObject()
                .put("session", session)
                .put("recording", Base64.getEncoder().encodeToString(new byte[80 * 1024])))
        .refuses(413, "recording");
    screenshot(png(new byte[1024 * 1024])).refuses(413, "body");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1",
        "1.5",
        "1e400",
        "true",
        "[]",
        "\"yesterday\"",
        "\"2026-02-30T00:00:00Z\"",
        "\"2026-02-18T10:30:00\"",
        "9223372036854775807",
        "\"+999999999-12-31T23:59:59Z\""
      })
  void capturedAt_thatIsNoTime_isRefused(String time) {
    at.gateway
        .send(
            "POST",
            PSM + "savekeystrokes",
            "{\"session\":\"" + session + "\",\"text\":\"x\",\"capturedAt\":" + time + "}")
        .refuses(400, "capturedAt")
        .tellsNothingOfTheInside();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "\"1970-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59Z\"", "253402300799999"})
  void capturedAt_outsideTheSession_is422(String time) {
    at.gateway
        .send(
            "POST",
            PSM + "saveclipboard",
            "{\"session\":\"" + session + "\",\"text\":\"x\",\"capturedAt\":" + time + "}")
        .refuses(422, "capturedAt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1.5", "\"0\"", "9223372036854775808", "1e400"})
  void offset_thatIsNone_isRefused(String offset) {
    at.gateway
        .send(
            "POST",
            PSM + "savesessionrecording",
            "{\"session\":\"" + session + "\",\"recording\":\"AAAA\",\"offset\":" + offset + "}")
        .refuses(400, "offset");
  }

  @Test
  void offset_thatLeavesAGap_is409() {
    at.gateway
        .send(
            "POST",
            PSM + "savesessionrecording",
            "{\"session\":\""
                + session
                + "\",\"recording\":\"AAAA\",\"offset\":9223372036854775807}")
        .is(409);
  }
}
