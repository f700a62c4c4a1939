package dev.curfew.testing;

import dev.curfew.client.ApiClient;
import dev.curfew.replay.CaptureReader;
import dev.curfew.replay.CapturedEvent;
import dev.curfew.replay.CapturedSession;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Base64;

/** Sessions with the real capture in them, made over a node's public API by its administrator. */
public final class CaptureSessions {
  private static final CaptureReader CAPTURE = CaptureReader.bundled(CaptureReader.DBA_MAINTENANCE);
  private static final String PSM = "/api/services/v1/secureaccessgateway/";
  private static final String GATEWAY = "the-gateway";

  private final ApiClient api;

  public CaptureSessions(ApiClient api) {
    this.api = api;
  }

  /** A session that is over, with all of the capture. */
  public String ended() {
    String id = captured();
    end(id);
    return id;
  }

  /** A live session with all of the capture at its true distances in time. */
  public String captured() {
    String id = live();
    CapturedSession capture = CAPTURE.read();
    long start = Instant.parse(shown(id).getString("startedAt")).toEpochMilli();
    for (CapturedEvent event : capture.events()) {
      JsonObject body =
          new JsonObject()
              .put("session", id)
              .put("capturedAt", start + event.at() - capture.startedAt());
      if (event instanceof CapturedEvent.Frame frame) {
        String image = Base64.getEncoder().encodeToString(CAPTURE.image(frame));
        String type = frame.file().endsWith(".png") ? "png" : "jpeg";
        api.post(
            PSM + "savescreenshot", body.put("image", "data:image/" + type + ";base64," + image));
      } else if (event instanceof CapturedEvent.Keystroke keystroke) {
        api.post(PSM + "savekeystrokes", body.put("text", keystroke.key()));
      } else if (event instanceof CapturedEvent.ClipboardCopy copied) {
        api.post(PSM + "saveclipboard", body.put("text", copied.text()));
      }
    }
    return id;
  }

  /** A live session without anything captured. */
  public String live() {
    return api.post(
            "/api/v1/admin/sessions",
            new JsonObject()
                .put("userId", "admin")
                .put("kind", "psm")
                .put("processInstance", GATEWAY)
                .put("durationSeconds", 3_600))
        .getString("id");
  }

  public void end(String id) {
    api.post(
        PSM + "EndSession", new JsonObject().put("session", id).put("processInstance", GATEWAY));
    Await.until("it has ended", () -> !stage(id).equals("Connected"));
  }

  private JsonObject shown(String id) {
    return api.get("/api/v1/admin/sessions/" + id);
  }

  public JsonObject recording(String id) {
    return api.get("/api/v1/recordings/" + id);
  }

  public String stage(String id) {
    return recording(id).getString("stage");
  }
}
