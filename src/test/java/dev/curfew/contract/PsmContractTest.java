package dev.curfew.contract;

import static dev.curfew.contract.Installation.PSM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The PSM dialect of a running node, as its document says. What records a session has a test of its
 * own.
 */
class PsmContractTest {
  private static Installation at;

  @BeforeAll
  static void start() {
    at = Installation.start(Map.of());
  }

  @AfterAll
  static void stop() {
    try {
      assertThat(at.dialects.psm.neverSucceeded())
          .containsExactlyInAnyOrder(
              "saveClipboard",
              "saveKeystrokes",
              "saveScreenshot",
              "saveSessionRecording",
              "getRecordingProcessStatus",
              "updateRecordingProcessStatus",
              "releaseClaim");
    } finally {
      at.close();
    }
  }

  private static JsonObject json() {
    return new JsonObject();
  }

  @Test
  void heartbeat_tellsWhatIsLeft_andOwns() {
    String id = at.session(json().put("kind", "psm"));
    JsonObject mine = json().put("session", id).put("processInstance", "first");
    JsonObject answer = at.gateway.post(PSM + "Polling", mine).is(200).json();
    assertThat(answer.getBoolean("TerminateSession")).isFalse();
    assertThat(answer.getInteger("TimeRemainingSeconds")).isBetween(3_500, 3_600);
    JsonObject theirs = json().put("session", id).put("processInstance", "second");
    at.gateway.post(PSM + "pOLLING", theirs).is(409);
    at.gateway.post(PSM + "EndSession", theirs).is(409);
    at.strangeGateway.post(PSM + "Polling", mine).is(404);
    at.gateway.post(PSM + "UpdateSession", json().put("session", id)).is(200);
    at.strangeGateway.post(PSM + "UpdateSession", json().put("session", id)).is(404);
    at.strangeGateway.post(PSM + "EndSession", mine).is(404);
    at.gateway.post(PSM + "endsession", mine).is(200);
    at.gateway.post(PSM + "EndSession", mine).is(200);
    Await.until("it has ended", () -> at.shown(id).getString("state").equals("ended"));
    assertThat(at.shown(id).getString("endReason")).isEqualTo("stopped");
    at.gateway.post(PSM + "UpdateSession", json().put("session", id)).is(409);
  }

  @Test
  void claim_withNothingReady_isEmpty() {
    JsonObject who = json().put("processInstance", Installation.fresh("worker"));
    at.worker.post(PSM + "UploderClaim", who).is(200);
    at.worker.post(PSM + "UploaderClaim", who.copy().put("maxSessions", 10)).is(200);
    assertThat(
            at.worker.post(PSM + "EncoderClaim", who.copy().put("maxSessions", 1)).is(200).json())
        .isNotNull();
    at.gateway.post(PSM + "EncoderClaim", who).refuses(403, "recording:encode");
    at.organisation.post(PSM + "EncoderClaim", who).is(403);
  }

  @Test
  void join_isOfferedToWhoMayJoinALiveSession() {
    String id = at.psmSession();
    JsonObject wanted =
        json()
            .put("PrivSessionID", id)
            .put("GatewayServerAddress", "gateway.example.com")
            .put("Width", "1024")
            .put("Height", "768")
            .put("Dpi", "96");
    assertThat(at.user.post(PSM + "JoinSession", wanted).is(200).text())
        .startsWith("\"https://gateway.example.com/");
    String url = at.user.post(PSM + "JoinSession", wanted).is(200).text().replace("\"", "");
    JsonObject token = new JsonObject().put("token", url.substring(url.indexOf("token=") + 6));
    at.user.post(PSM + "RedeemJoinToken", token).is(403);
    JsonObject redeemed = at.gateway.post(PSM + "RedeemJoinToken", token).is(200).json();
    assertThat(redeemed).isEqualTo(wanted);
    at.gateway.post(PSM + "RedeemJoinToken", token).is(404);
    String other = at.user.post(PSM + "JoinSession", wanted).is(200).text().replace("\"", "");
    JsonObject stolen = new JsonObject().put("token", other.substring(other.indexOf("token=") + 6));
    at.strangeGateway.post(PSM + "RedeemJoinToken", stolen).is(404);
    at.gateway.post(PSM + "RedeemJoinToken", stolen).is(404);
    at.gateway.post(PSM + "RedeemJoinToken", new JsonObject()).refuses(400, "token");

    at.other.post(PSM + "JoinSession", wanted).is(403);
    at.stranger.post(PSM + "JoinSession", wanted).is(404);
    at.admin.post("/api/v1/admin/sessions/" + id + "/revoke").is(200);
    at.user.post(PSM + "JoinSession", wanted).is(409);
  }

  @Test
  void client_learnsOfItself() {
    Caller browser =
        at.user.with("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0");
    assertThat(browser.get(PSM + "GetUserPlatform").is(200).json().getString("Platform"))
        .isEqualTo("Windows");
    browser.post(PSM + "GetUserPlatform").is(200);
    Caller behindNoProxy = at.user.with("X-Forwarded-For", "198.51.100.7");
    assertThat(behindNoProxy.get(PSM + "GetIP").is(200).json().getString("IP"))
        .isEqualTo("127.0.0.1");
    at.user.post(PSM + "GetIP").is(200);
    assertThat(at.gateway.get(PSM + "GetPAMSettings").is(200).json().getValue("PSMEncryptionKey"))
        .isNull();
    at.user.get(PSM + "GetPAMSettings").is(403);
  }

  @Test
  void credential_isLentAndTakenBack() {
    int credential = at.credential();
    JsonObject checkout = at.checkout(credential);
    String id = checkout.getString("checkOutId");
    String session = checkout.getString("sessionId");
    assertThat(at.user.get("/api/v1/checkouts/" + id).is(200).json().getString("state"))
        .isEqualTo("open");
    at.other.get("/api/v1/checkouts/" + id).is(403);
    at.stranger.get("/api/v1/checkouts/" + id).is(404);
    assertThat(at.admin.get("/api/v1/admin/credentials").is(200).text())
        .doesNotContain("correct horse");
    at.admin.delete("/api/v1/admin/credentials/" + credential).is(409);

    JsonObject secret =
        at.gateway.post(PSM + "GetCredential", json().put("session", session)).is(200).json();
    assertThat(secret.getString("Password")).isEqualTo("correct horse battery staple");
    at.strangeGateway.post(PSM + "GetCredential", json().put("session", session)).is(404);
    JsonObject named = json().put("checkOutId", id);
    assertThat(
            at.user
                .post(PSM + "GetRemainingMinutesForCheckout", named)
                .is(200)
                .json()
                .getInteger("RemainingMinutes"))
        .isBetween(58, 60);
    at.strangeGateway.post(PSM + "Checkin", named).is(404);
    at.other.post(PSM + "Checkin", named).is(403);
    assertThat(at.gateway.post(PSM + "Checkin", named).is(200).json().getString("Result"))
        .isEqualTo("Success");
    at.gateway.post(PSM + "Checkin", named).is(200);
    assertThat(
            at.gateway
                .post(PSM + "Checkin", json().put("checkOutId", "999999999"))
                .is(404)
                .json()
                .getString("Result"))
        .isEqualTo("Failure");
    at.gateway.post(PSM + "GetCredential", json().put("session", session)).is(403);
    assertThat(at.shown(session).getString("endReason")).isEqualTo("checked_in");
    assertThat(
            at.user
                .post(PSM + "GetRemainingMinutesForCheckout", named)
                .is(200)
                .json()
                .getInteger("RemainingMinutes"))
        .isZero();
    at.admin.delete("/api/v1/admin/credentials/" + credential).is(204);
    at.admin.delete("/api/v1/admin/credentials/" + credential).is(404);
  }
}
