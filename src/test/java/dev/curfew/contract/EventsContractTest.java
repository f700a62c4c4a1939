package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import dev.curfew.config.Secret;
import dev.curfew.outbound.WebhookSecret;
import dev.curfew.testing.Await;
import dev.curfew.testing.HookReceiver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Webhook subscriptions of a running node, every call, as its document says. */
class EventsContractTest {
  private static final String SUBSCRIPTIONS = "/api/v1/subscriptions";
  private static final String ENDED = "dev.curfew.session.ended";

  private static Installation at;
  private static HookReceiver receiver;

  @BeforeAll
  static void start() {
    at = Installation.start(Map.of("webhooks.allow-private-targets", "true"));
    receiver = HookReceiver.start();
  }

  @AfterAll
  static void stop() {
    try {
      at.dialects.events.assertEveryOperationSucceeded();
    } finally {
      at.close();
      receiver.close();
    }
    assertThat(receiver.unverified()).isEmpty();
  }

  private static JsonObject json() {
    return new JsonObject();
  }

  private static WebhookSecret secret(String text) {
    return WebhookSecret.parse("secret", Secret.of(text));
  }

  /** A subscription to ends of sessions at a path of its own. */
  private static JsonObject subscribe(String path, JsonObject more) {
    JsonObject made =
        at.admin
            .post(
                SUBSCRIPTIONS,
                json()
                    .put("url", receiver.url(path))
                    .put("types", new JsonArray().add(ENDED))
                    .mergeIn(more))
            .is(201)
            .json();
    receiver.knows(path, secret(made.getString("secret")));
    return made;
  }

  private static String path() {
    return "/" + Installation.fresh("hook");
  }

  private static String one(JsonObject subscription) {
    return SUBSCRIPTIONS + "/" + subscription.getString("id");
  }

  private static Reply patch(JsonObject subscription, JsonObject change) {
    return at.admin.send("PATCH", one(subscription), change.encode());
  }

  /** Ends a session; says which. */
  private static String end() {
    String session =
        at.admin
            .post(
                "/api/v1/admin/device-sessions",
                json()
                    .put("userId", "jdoe")
                    .put("deviceId", "laptop-7")
                    .put("durationSeconds", 3_600))
            .is(201)
            .json()
            .getString("id");
    at.admin.post("/api/v1/admin/sessions/" + session + "/revoke", json()).is(200);
    return session;
  }

  private static List<String> sessions(String path) {
    return receiver.received(path).stream()
        .map(one -> one.body().getJsonObject("data").getString("sessionId"))
        .toList();
  }

  @Test
  void subscription_isSentWhatHappens() {
    String path = path();
    JsonObject made = subscribe(path, json().put("description", "Ticket system"));
    assertThat(made.getString("state")).isEqualTo("enabled");
    assertThat(made.getString("description")).isEqualTo("Ticket system");

    String session = end();
    Await.until("it arrived", () -> sessions(path).contains(session));
    Await.until(
        "it is on record",
        () ->
            at.admin
                    .get(one(made) + "/deliveries?state=delivered")
                    .is(200)
                    .json()
                    .getJsonArray("items")
                    .size()
                == 1);
    JsonObject delivery =
        at.admin
            .get(one(made) + "/deliveries?limit=1")
            .is(200)
            .json()
            .getJsonArray("items")
            .getJsonObject(0);
    assertThat(delivery.getString("messageId"))
        .isEqualTo(receiver.received(path).get(0).messageId());
    JsonObject same =
        at.admin.get(one(made) + "/deliveries/" + delivery.getString("id")).is(200).json();
    assertThat(same).isEqualTo(delivery);
    // Its own making is on record, and the secret in no answer but the first.
    JsonObject shown = at.admin.get(one(made)).is(200).json();
    assertThat(shown.containsKey("secret")).isFalse();
    assertThat(at.admin.get(SUBSCRIPTIONS + "?limit=500").is(200).json().getJsonArray("items"))
        .contains(shown);
  }

  @Test
  void contractsSecret_isTakenAndNotShown() throws Exception {
    String path = path();
    String text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    JsonObject made =
        at.admin
            .post(
                SUBSCRIPTIONS,
                json()
                    .put("url", receiver.url(path))
                    .put("secret", text)
                    .put("types", new JsonArray().add("dev.curfew.grant.removed")))
            .is(201)
            .json();
    assertThat(made.containsKey("secret")).isFalse();
    receiver.knows(path, secret(text));

    JsonObject queued = at.admin.post(one(made) + "/test", json()).is(202).json();
    Await.until("the test arrived", () -> receiver.received(path).size() == 1);
    HookReceiver.Received test = receiver.received(path).get(0);
    assertThat(test.messageId()).isEqualTo(queued.getString("messageId"));
    assertThat(test.body().getString("id")).isEqualTo(test.messageId());
    assertThat(test.body().getString("type")).isEqualTo("dev.curfew.subscription.test");
    assertThat(test.body().getJsonObject("data").getString("subscriptionId"))
        .isEqualTo(made.getString("id"));
  }

  @Test
  void pause_holdsBackAndResumeSends() {
    String path = path();
    JsonObject made = subscribe(path, json());
    JsonObject paused =
        at.admin.post(one(made) + "/pause", json().put("reason", "Maintenance")).is(200).json();
    assertThat(paused.getString("state")).isEqualTo("paused");
    assertThat(paused.getString("reason")).isEqualTo("Maintenance");
    String first = end();
    String second = end();

    JsonObject resumed = at.admin.post(one(made) + "/resume", json()).is(200).json();
    assertThat(resumed.getString("state")).isEqualTo("enabled");
    assertThat(resumed.getString("reason")).isNull();
    Await.until("both arrived", () -> sessions(path).size() == 2);
    assertThat(sessions(path)).containsExactly(first, second);
  }

  @Test
  void rotation_signsWithBothSecretsMeanwhile() throws Exception {
    String path = path();
    JsonObject made = subscribe(path, json());
    JsonObject rotated =
        at.admin.post(one(made) + "/rotate-secret", json().put("overlap", "1h")).is(200).json();
    assertThat(Instant.parse(rotated.getString("previousSecretUntil")))
        .isBetween(
            Instant.now().plus(50, ChronoUnit.MINUTES), Instant.now().plus(70, ChronoUnit.MINUTES));
    end();

    Await.until("it arrived", () -> receiver.received(path).size() == 1);
    HookReceiver.Received received = receiver.received(path).get(0);
    HashMap<String, List<String>> headers = new HashMap<>();
    received.headers().forEach((name, value) -> headers.put(name, List.of(value)));
    new Webhook(rotated.getString("secret")).verify(received.raw(), headers);
    new Webhook(made.getString("secret")).verify(received.raw(), headers);
    assertThat(received.headers().get("webhook-signature").split(" ")).hasSize(2);
  }

  @Test
  void change_holdsForWhatIsNotSentYet() {
    String path = path();
    String elsewhere = path();
    JsonObject made =
        subscribe(path, json().put("thresholds", new JsonArray().add("5m").add("1m")));
    assertThat(made.getJsonArray("thresholds")).containsExactly("5m", "1m");
    receiver.knows(elsewhere, secret(made.getString("secret")));

    JsonObject changed =
        patch(
                made,
                json()
                    .put("url", receiver.url(elsewhere))
                    .put(
                        "filter",
                        json()
                            .put("user", "jdoe")
                            .put("kinds", new JsonArray().add("device_admin")))
                    .put("thresholdsSeconds", new JsonArray().add(30))
                    .put("description", "Elsewhere"))
            .is(200)
            .json();
    assertThat(changed.getString("url")).isEqualTo(receiver.url(elsewhere));
    assertThat(changed.getJsonArray("types")).containsExactly(ENDED);
    assertThat(changed.getJsonArray("thresholds")).containsExactly("30s");
    assertThat(changed.getJsonObject("filter").getString("user"))
        .isEqualTo(at.userRecord.getString("id"));
    String session = end();
    Await.until("it arrived there", () -> sessions(elsewhere).contains(session));
    assertThat(receiver.received(path)).isEmpty();

    JsonObject cleared =
        patch(made, json().putNull("filter").putNull("thresholds").putNull("description"))
            .is(200)
            .json();
    assertThat(cleared.getJsonObject("filter").getString("user")).isNull();
    assertThat(cleared.getJsonArray("thresholds")).isNull();
    assertThat(cleared.getString("description")).isNull();
    assertThat(cleared.getJsonArray("types")).containsExactly(ENDED);
  }

  @Test
  void failedDelivery_isTriedAgainOnRequest_andReplayedFromACursor() {
    String path = path();
    JsonObject made = subscribe(path, json());
    receiver.answersStatus(path, 500);
    String first = end();
    String second = end();
    Await.until("one attempt is on record", () -> attempts(made) == 1);
    JsonObject waiting = deliveries(made, "pending").getJsonObject(1);
    assertThat(waiting.getJsonArray("history").getJsonObject(0).getInteger("status"))
        .isEqualTo(500);

    receiver.answersStatus(path, 204);
    at.admin.post(one(made) + "/deliveries/" + waiting.getString("id") + "/retry", json()).is(202);
    Await.until("both are delivered", () -> deliveries(made, "delivered").size() == 2);
    assertThat(sessions(path)).containsExactly(first, first, second);

    at.admin.post(one(made) + "/replay", json().put("after", waiting.getString("eventId"))).is(200);
    Await.until("the second one came again", () -> sessions(path).size() == 4);
    assertThat(sessions(path).get(3)).isEqualTo(second);
    JsonObject delivered = deliveries(made, "delivered").getJsonObject(0);
    at.admin
        .post(one(made) + "/deliveries/" + delivered.getString("id") + "/retry", json())
        .is(202);
    Await.until("and once more", () -> sessions(path).size() == 5);
  }

  private static JsonArray deliveries(JsonObject of, String state) {
    return at.admin
        .get(one(of) + "/deliveries?state=" + state)
        .is(200)
        .json()
        .getJsonArray("items");
  }

  private static int attempts(JsonObject of) {
    JsonArray pending = deliveries(of, "pending");
    return pending.size() < 2 ? 0 : pending.getJsonObject(1).getInteger("attempts");
  }

  @Test
  void deletedSubscription_isSentNothingMore() {
    String path = path();
    JsonObject made = subscribe(path, json());
    at.admin.delete(one(made)).is(204);
    at.admin.get(one(made)).is(404);
    at.admin.delete(one(made)).is(404);
    at.admin.get(one(made) + "/deliveries").is(404);
    String witness = path();
    subscribe(witness, json());
    end();
    Await.until("another one got it", () -> !receiver.received(witness).isEmpty());
    assertThat(receiver.received(path)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|url",
        "{\"url\":7}|url",
        "{\"url\":\"ftp://example.com/\"}|url",
        "{\"url\":\"http://user:pw@127.0.0.1/\"}|url",
        "{\"url\":\"http://127.0.0.1/#there\"}|url",
        "{\"url\":\"http://127.0.0.1:70000/\"}|url",
        "{\"url\":\"http://127.0.0.1/\",\"types\":\"all\"}|types",
        "{\"url\":\"http://127.0.0.1/\",\"types\":[]}|types",
        "{\"url\":\"http://127.0.0.1/\",\"types\":[\"nonsense\"]}|types[0]",
        "{\"url\":\"http://127.0.0.1/\",\"types\":[7]}|types[0]",
        "{\"url\":\"http://127.0.0.1/\",\"filter\":[]}|filter",
        "{\"url\":\"http://127.0.0.1/\",\"filter\":{\"sesion\":\"x\"}}|filter.sesion",
        "{\"url\":\"http://127.0.0.1/\",\"filter\":{\"session\":\"x\"}}|filter.session",
        "{\"url\":\"http://127.0.0.1/\",\"filter\":{\"user\":[]}}|filter.user",
        "{\"url\":\"http://127.0.0.1/\",\"filter\":{\"kinds\":[\"none\"]}}|filter.kinds[0]",
        "{\"url\":\"http://127.0.0.1/\",\"thresholds\":[]}|thresholds",
        "{\"url\":\"http://127.0.0.1/\",\"thresholds\":[\"soon\"]}|thresholds",
        "{\"url\":\"http://127.0.0.1/\",\"thresholds\":[\"1500ms\"]}|thresholds",
        "{\"url\":\"http://127.0.0.1/\",\"thresholdsSeconds\":[-1]}|thresholdsSeconds[0]",
        "{\"url\":\"http://127.0.0.1/\",\"thresholdsSeconds\":[99999999999]}|thresholdsSeconds[0]",
        "{\"url\":\"http://127.0.0.1/\",\"secret\":\"whsec_short\"}|secret",
        "{\"url\":\"http://127.0.0.1/\",\"secret\":\"plain\"}|secret",
        "{\"url\":\"http://127.0.0.1/\",\"description\":\"a\\u0000b\"}|description",
      })
  void badSubscription_isRefusedByField(String body, String field) {
    long before = at.admin.get(SUBSCRIPTIONS + "?limit=500").json().getJsonArray("items").size();
    JsonObject refusal = at.admin.post(SUBSCRIPTIONS, new JsonObject(body)).is(400).json();
    assertThat(refusal.getJsonObject("validationErrors").fieldNames()).containsExactly(field);
    assertThat(at.admin.get(SUBSCRIPTIONS + "?limit=500").json().getJsonArray("items"))
        .hasSize((int) before);
  }

  @Test
  void badCalls_areRefusedByField() {
    JsonObject made = subscribe(path(), json());
    refused(at.admin.get(one(made) + "/deliveries?state=lost"), "state");
    refused(at.admin.get(one(made) + "/deliveries?limit=0"), "limit");
    refused(at.admin.get(one(made) + "/deliveries?after=%21"), "after");
    refused(at.admin.get(SUBSCRIPTIONS + "?after=x"), "after");
    refused(at.admin.get(SUBSCRIPTIONS + "/none"), "id");
    refused(at.admin.post(one(made) + "/replay", json()), "after");
    refused(at.admin.post(one(made) + "/replay", json().put("after", "x")), "after");
    refused(
        at.admin.post(
            one(made) + "/replay", json().put("after", "AX____________________________________")),
        "after");
    refused(at.admin.post(one(made) + "/rotate-secret", json().put("overlap", "31d")), "overlap");
    refused(at.admin.post(one(made) + "/rotate-secret", json().put("secret", "x")), "secret");
    refused(patch(made, json().put("state", "paused")), "state");
    refused(patch(made, json().put("url", "nowhere")), "url");
    at.admin.get(SUBSCRIPTIONS + "/" + UUID.randomUUID()).is(404);
    at.admin.get(one(made) + "/deliveries/" + UUID.randomUUID()).is(404);
    at.admin.post(one(made) + "/deliveries/" + UUID.randomUUID() + "/retry", json()).is(404);
  }

  private static void refused(Reply reply, String field) {
    assertThat(reply.is(400).json().getJsonObject("validationErrors").fieldNames())
        .containsExactly(field);
  }
}
