package dev.curfew.contract;

import static dev.curfew.contract.Installation.PSM;
import static dev.curfew.contract.Installation.STATUS;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The requests that the original products' documentation prints, sent as printed but for the ids,
 * and the answers beside what is printed there.
 */
class SeedExamplesTest {
  private static final String PRINTED_SESSION = "123e4567-e89b-12d3-a456-426614174000";

  private static Installation at;

  @BeforeAll
  static void start() {
    // Without workers of its own, which would take a recording up at once.
    at = Installation.start(Map.of("node.roles", "api,sessions,claims,watchdog,alerts,delivery"));
  }

  @AfterAll
  static void stop() {
    at.close();
  }

  private static JsonObject ask(Caller caller, String call, String printed, String session) {
    return caller
        .send("POST", PSM + call, printed.replace(PRINTED_SESSION, session))
        .is(200)
        .json();
  }

  private static String psmSession() {
    return at.session(new JsonObject().put("kind", "psm"));
  }

  // PSM

  @Test
  void updateSession_asPrinted() {
    assertThat(
            ask(
                at.gateway,
                "UpdateSession",
                """
                { "session": "123e4567-e89b-12d3-a456-426614174000" }
                """,
                psmSession()))
        .isEqualTo(new JsonObject("{ \"Result\": \"Success\" }"));
  }

  @Test
  void endSession_asPrinted() {
    String session = psmSession();
    assertThat(
            ask(
                at.gateway,
                "EndSession",
                """
                { "session": "123e4567-e89b-12d3-a456-426614174000", "processInstance": "process_instance_id" }
                """,
                session))
        .isEqualTo(new JsonObject("{ \"Result\": \"Success\" }"));
    assertThat(at.shown(session).getString("stage")).isEqualTo("Ended");
  }

  @Test
  void endSession_withoutProcessInstance_isRefusedAsPrinted() {
    String session = psmSession();
    JsonObject refusal =
        at.gateway
            .post(PSM + "EndSession", new JsonObject().put("session", session))
            .is(400)
            .json();
    assertThat(refusal)
        .isEqualTo(
            new JsonObject(
                """
                { "StatusCode": 400, "Content": "Process instance not supplied" }
                """));
    assertThat(at.shown(session).getString("state")).isEqualTo("active");
  }

  @Test
  void polling_asPrinted_movesLastReported() {
    String session = psmSession();
    assertThat(
            ask(
                    at.gateway,
                    "Polling",
                    """
                { "session": "123e4567-e89b-12d3-a456-426614174000", "processInstance": "psm_app_instance" }
                """,
                    session)
                .getMap())
        .containsEntry("Result", "Success")
        .containsEntry("TerminateSession", false)
        .containsEntry("Stage", "Connected");
  }

  @Test
  void claims_asPrinted_haveTheirList() {
    for (String call : new String[] {"EncoderClaim", "UploderClaim"}) {
      String printed =
          call.startsWith("E")
              ? "{ \"processInstance\": \"encoder_instance\" }"
              : "{ \"processInstance\": \"uploader_instance\" }";
      JsonObject answer = ask(at.worker, call, printed, "");
      assertThat(answer.getJsonArray("SessionIds")).isNotNull();
    }
  }

  @Test
  void checkin_asPrinted() {
    String checkout = at.checkout(at.credential()).getString("checkOutId");
    JsonObject answer =
        at.user
            .send("POST", PSM + "Checkin", "{ \"checkOutId\": \"123\" }".replace("123", checkout))
            .is(200)
            .json();
    assertThat(answer.getString("Result")).isEqualTo("Success");
    assertThat(answer.getString("Message")).isNotBlank();
    assertThat(answer.fieldNames()).containsExactlyInAnyOrder("Result", "Message");
  }

  @Test
  void pamSettings_asPrinted() {
    JsonObject answer = at.gateway.get(PSM + "GetPAMSettings").is(200).json();
    JsonObject printed =
        new JsonObject(
            """
            { "PSMStorageMode": "UNC", "PSMEncodingEnabled": true, "PSMEncryptionKey": null }
            """);
    printed.forEach(
        field -> assertThat(answer.getMap()).containsEntry(field.getKey(), field.getValue()));
  }

  @Test
  void joinSession_asPrinted_isAString() {
    Reply answer =
        at.user.send(
            "POST",
            PSM + "JoinSession",
            """
            { "PrivSessionID": "123e4567-e89b-12d3-a456-426614174000", "GatewayServerAddress": "gateway.example.com", "Width": "1024", "Height": "768", "Dpi": "96" }
            """
                .replace(PRINTED_SESSION, psmSession()));
    assertThat(answer.is(200).text()).startsWith("\"").endsWith("\"");
  }

  // Access

  private static final String EXTEND_FIELDS =
      "id userId userName userEmail ipv4Address ipv6Address status startedAt expiresAt endedAt"
          + " endedReason resourceIps createdAt";

  @Test
  void extend_asPrinted_movesTheEnd() {
    JsonObject started = at.accessSession(at.user, 2);
    JsonObject extended =
        at.user
            .send(
                "POST",
                "/api/v1/sessions/" + started.getString("id") + "/extend",
                """
                {
                "additionalHours": 2
                }
                """)
            .is(200)
            .json();
    assertThat(extended.fieldNames()).containsExactlyInAnyOrder(EXTEND_FIELDS.split(" "));
    assertThat(extended.getInstant("expiresAt"))
        .isEqualTo(started.getInstant("expiresAt").plusSeconds(7_200));
    assertThat(extended.copy().put("expiresAt", started.getString("expiresAt")))
        .as("nothing else has changed")
        .isEqualTo(started);
  }

  @Test
  void extend_beyondTheFreeTier_isRefusedAsPrinted() {
    JsonObject started = at.accessSession(at.stranger, 1);
    String path = "/api/v1/sessions/" + started.getString("id");
    Instant asked = Instant.now();
    JsonObject refusal =
        at.stranger.send("POST", path + "/extend", "{\n\"additionalHours\": 10\n}").is(400).json();
    assertThat(refusal.getInteger("status")).isEqualTo(400);
    assertThat(refusal.getString("error")).isEqualTo("Bad Request");
    assertThat(refusal.getString("message"))
        .isEqualTo("Extension would exceed maximum session duration of 2 hours for Free tier");
    assertThat(refusal.getInstant("timestamp"))
        .isBetween(asked.minusSeconds(60), asked.plusSeconds(60));
    assertThat(at.stranger.get(path).is(200).json()).as("nothing has changed").isEqualTo(started);
    assertThat(
            at.stranger
                .send("POST", path + "/extend", "{\"additionalHours\": 1}")
                .is(200)
                .json()
                .getInstant("expiresAt"))
        .as("up to the maximum is allowed")
        .isEqualTo(started.getInstant("startedAt").plusSeconds(7_200));
    at.stranger
        .send("POST", path + "/extend", "{\"additionalSeconds\": 1}")
        .refuses(400, "of 2 hours for Free tier");
  }

  @Test
  void extend_byLessThanAnHour_isRefused() {
    JsonObject started = at.accessSession(at.user, 1);
    String path = "/api/v1/sessions/" + started.getString("id");
    at.user
        .send("POST", path + "/extend", "{\"additionalHours\": 0}")
        .refuses(400, "additionalHours");
    assertThat(at.user.get(path).is(200).json()).isEqualTo(started);
  }

  // PRA

  @Test
  void sessionStatus_hasExactlyThePrintedFields() {
    int user =
        at.admin
            .post(
                "/api/v1/admin/users",
                new JsonObject().put("username", Installation.fresh("jumper")))
            .is(201)
            .json()
            .getInteger("numericId");
    assertThat(at.user.get(STATUS + user).is(200).text()).isEqualTo("[]");
    at.session(
        new JsonObject()
            .put("kind", "jump")
            .put("userId", user)
            .put("durationSeconds", 300)
            .put(
                "attributes",
                new JsonObject().put("jumpItemId", 8).put("jumpItemType", "jump_client")));
    JsonObject status = at.user.get(STATUS + user).is(200).array().getJsonObject(0);
    JsonObject printed =
        new JsonObject(
            """
            {
            "id": 5,
            "state": "approved",
            "jump_item_id": 8,
            "jump_item_type": "jump_client",
            "jump_policy_id": 2,
            "created_by_user_id": 23,
            "start_timestamp": 1771969289,
            "duration": 300,
            "end_timestamp": 1771969589,
            "time_remaining_seconds": 283,
            "expired": false
            }
            """);
    assertThat(status.fieldNames()).containsExactlyInAnyOrderElementsOf(printed.fieldNames());
    for (String same :
        new String[] {"state", "jump_item_id", "jump_item_type", "duration", "expired"}) {
      assertThat(status.getValue(same)).as(same).isEqualTo(printed.getValue(same));
    }
    assertThat(status.getInteger("time_remaining_seconds")).isBetween(200, 300);
    at.user.get(STATUS + "999999").is(422);
  }
}
