package dev.curfew.contract;

import static dev.curfew.contract.Installation.PSM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway and an operator see while the recording store is away. */
class CaptureOutageTest {
  @TempDir Path folder;

  private static Reply send(Installation at, String session, int offset, byte[] piece) {
    return at.gateway.post(
        PSM + "savesessionrecording",
        new JsonObject()
            .put("session", session)
            .put("offset", offset)
            .put("recording", Base64.getEncoder().encodeToString(piece)));
  }

  private static JsonObject storeDetail(Installation at) {
    JsonArray checks = at.anonymous.get("/health/ready").is(200).json().getJsonArray("checks");
    return checks.stream()
        .map(JsonObject.class::cast)
        .filter(check -> check.getString("id").equals("recording-store"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void capture_isSpooledToTheLimitThenRefusedWith503UntilTheStoreIsBack() throws Exception {
    Path raw = folder.resolve("raw");
    try (Installation at =
        Installation.start(
            Map.of(
                "node.roles", "api,sessions,claims",
                "recording.raw-directory", raw.toString(),
                "recording.spool-limit", "1MiB"))) {
      String session = at.psmSession();
      byte[] piece = new byte[300_000];
      new Random(1).nextBytes(piece);
      send(at, session, 0, piece).is(200);
      Path away = Files.move(raw, folder.resolve("raw-away"));

      for (int i = 1; i <= 3; i++) {
        send(at, session, i * piece.length, piece).is(200);
      }
      Reply refused = send(at, session, 4 * piece.length, piece).is(503);
      assertThat(refused.json().getInteger("StatusCode")).isEqualTo(503);
      assertThat(refused.json().getString("Content")).contains("spool is full");
      assertThat(Integer.parseInt(String.valueOf(refused.header("Retry-After")))).isPositive();
      JsonObject detail = storeDetail(at);
      assertThat(detail.getString("status")).isEqualTo("DOWN");
      assertThat(detail.getBoolean("required")).isFalse();
      assertThat(detail.getJsonObject("data").getInteger("spooledChunks")).isEqualTo(3);
      assertThat(at.admin.get("/metrics").is(200).text())
          .contains("curfew_recording_spool_chunks 3.0")
          .contains("curfew_captures_refused_total 1.0");
      at.gateway
          .post(
              PSM + "savekeystrokes",
              new JsonObject().put("session", session).put("text", "text needs no store"))
          .is(200);

      Files.move(away, raw);
      Await.until(
          "the spool is empty",
          () -> storeDetail(at).getJsonObject("data").getInteger("spooledChunks") == 0);
      assertThat(storeDetail(at).getString("status")).isEqualTo("UP");
      send(at, session, 4 * piece.length, piece).is(200);
      assertThat(
              at.admin
                  .get("/api/v1/recordings/" + session)
                  .is(200)
                  .json()
                  .getJsonObject("chunks")
                  .getInteger("count"))
          .isEqualTo(6);
    }
  }
}
