package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which warnings a session gets whose policy, realm and subscriptions ask for some. */
class WarningsContractTest {
  private static Installation at;
  private String realm;
  private String path;
  private String user;

  @BeforeAll
  static void start() {
    at =
        Installation.start(
            Map.of("policy.default.warn-before", "2h", "webhooks.allow-private-targets", "true"));
  }

  @AfterAll
  static void stop() {
    at.close();
  }

  /** Each test has a realm of its own, and somebody in it. */
  @BeforeEach
  void realm() {
    realm = Installation.fresh("realm");
    path = "/api/v1/admin/realms/" + realm;
    at.admin
        .post("/api/v1/admin/realms", new JsonObject().put("name", realm).put("tier", "business"))
        .is(201);
    user =
        at.admin
            .post(
                "/api/v1/admin/users",
                new JsonObject().put("username", Installation.fresh("user")).put("realm", realm))
            .is(201)
            .json()
            .getString("id");
  }

  private JsonObject realmWarns(Object... before) {
    JsonObject change = new JsonObject().put("warnBefore", new JsonArray(List.of(before)));
    return at.admin.send("PATCH", path, change.encode()).is(200).json();
  }

  private int policy(JsonObject more) {
    JsonObject wanted =
        new JsonObject()
            .put("name", Installation.fresh("policy"))
            .put("realm", realm)
            .mergeIn(more);
    return at.admin.post("/api/v1/admin/policies", wanted).is(201).json().getInteger("id");
  }

  private String hour(int policy) {
    return at.session(
        new JsonObject().put("kind", "access").put("userId", user).put("policy", policy));
  }

  /** What was told of a session's coming end: the events' data, in order. */
  private static List<JsonObject> told(String session) {
    return at
        .admin
        .get("/api/v1/events?types=dev.curfew.session.expiring&session=" + session)
        .is(200)
        .json()
        .getJsonArray("items")
        .stream()
        .map(event -> ((JsonObject) event).getJsonObject("data"))
        .toList();
  }

  private static void awaitTold(String session, Integer... thresholds) {
    Await.until(
        "told of " + List.of(thresholds),
        Duration.ofSeconds(30),
        () ->
            told(session).stream()
                .map(data -> data.getInteger("thresholdSeconds"))
                .toList()
                .equals(List.of(thresholds)));
  }

  @Test
  void policyThatNamesNone_followsTheRealm_andThatTheConfiguration() {
    int inherits = policy(new JsonObject());
    String byConfiguration = hour(inherits);
    awaitTold(byConfiguration, 7_200);

    assertThat(realmWarns("90m", "1h30m").getJsonArray("warnBefore")).containsExactly("90m");
    JsonObject shown = at.admin.get("/api/v1/admin/policies/" + inherits).is(200).json();
    assertThat(shown.getJsonArray("warnBefore")).containsExactly("90m");
    assertThat(shown.getString("warnBeforeFrom")).isEqualTo("realm");
    awaitTold(hour(inherits), 5_400);
    awaitTold(hour(policy(new JsonObject().put("warnBefore", new JsonArray().add("61m")))), 3_660);
    assertThat(told(hour(policy(new JsonObject().put("warnBefore", new JsonArray()))))).isEmpty();
    awaitTold(byConfiguration, 7_200);
  }

  @Test
  void realmPolicyAndSubscription_areToldEachOfTheirThresholdsOnce() {
    realmWarns("2h", "30s");
    String byRealm = hour(policy(new JsonObject()));
    String byPolicy =
        hour(policy(new JsonObject().put("warnBefore", new JsonArray().add("100m").add("10s"))));
    awaitTold(byRealm, 7_200);
    awaitTold(byPolicy, 6_000);

    at.admin
        .post(
            "/api/v1/subscriptions",
            new JsonObject()
                .put("url", "http://127.0.0.1:9/curfew")
                .put("realm", realm)
                .put("thresholds", new JsonArray().add("150m").add("90m").add("61m")))
        .is(201);

    // The smallest that is past, with the time that is left; those before it are passed over.
    awaitTold(byRealm, 7_200, 3_660);
    awaitTold(byPolicy, 6_000, 3_660);
    JsonObject data = told(byRealm).get(1);
    JsonObject session = at.shown(byRealm);
    assertThat(data.getString("sessionId")).isEqualTo(byRealm);
    assertThat(data.getInteger("numericId")).isEqualTo(session.getInteger("numericId"));
    assertThat(data.getInteger("userId"))
        .isEqualTo(session.getJsonObject("user").getInteger("numericId"));
    assertThat(data.getString("realm")).isEqualTo(realm);
    assertThat(data.getString("kind")).isEqualTo("access");
    assertThat(Instant.parse(data.getString("expiresAt")))
        .isEqualTo(Instant.parse(session.getString("expiresAt")));
    assertThat(data.getInteger("timeRemainingSeconds")).isBetween(3_540, 3_600);
    assertThat(data.getString("message")).contains("Your session will expire in").contains("minut");

    at.admin
        .post(
            "/api/v1/admin/sessions/" + byRealm + "/extend",
            new JsonObject().put("additionalSeconds", 30))
        .is(200);
    awaitTold(byRealm, 7_200, 3_660, 3_660);
  }

  @Test
  void senselessThresholds_areRefusedByNameAndChangeNothing() {
    realmWarns("10m");
    for (Object bad :
        List.of(
            "0s", "-5m", "", "soon", "1500ms", "367d", "99999999999999999999s", 5, true, "5m\0")) {
      JsonObject change = new JsonObject().put("warnBefore", new JsonArray().add("5m").add(bad));
      refused(change);
    }
    for (Object bad : List.of(0, -1, 1.5, "60", Long.MAX_VALUE, Integer.MIN_VALUE)) {
      refused(new JsonObject().put("warnBeforeSeconds", new JsonArray().add(bad)));
    }
    for (Object bad : List.of("5m", 5, true, new JsonObject())) {
      refused(new JsonObject().put("warnBefore", bad));
    }
    JsonArray many = new JsonArray();
    for (int i = 1; i <= 17; i++) {
      many.add(i + "m");
    }
    refused(new JsonObject().put("warnBefore", many));
    assertThat(
            at
                .admin
                .get("/api/v1/admin/realms?limit=500")
                .is(200)
                .json()
                .getJsonArray("items")
                .stream()
                .map(each -> (JsonObject) each)
                .filter(each -> each.getString("name").equals(realm))
                .map(each -> each.getJsonArray("warnBefore").toString()))
        .containsExactly("[\"10m\"]");
    at.admin.send("PATCH", path, "{}").refuses(400, "tier");
  }

  private void refused(JsonObject wanted) {
    at.admin
        .send("PATCH", path, wanted.encode())
        .refuses(400, "warnBefore")
        .tellsNothingOfTheInside();
    at.admin
        .post("/api/v1/admin/policies", wanted.copy().put("name", Installation.fresh("never")))
        .refuses(400, "warnBefore")
        .tellsNothingOfTheInside();
  }

  @Test
  void realm_isMadeWithItsThresholds() {
    JsonObject wanted =
        new JsonObject()
            .put("name", Installation.fresh("realm"))
            .put("tier", "business")
            .put("warnBeforeSeconds", new JsonArray().add(60).add(600));
    assertThat(
            at.admin.post("/api/v1/admin/realms", wanted).is(201).json().getJsonArray("warnBefore"))
        .containsExactly("10m", "1m");
    at.organisation
        .send("PATCH", path, new JsonObject().put("warnBefore", new JsonArray()).encode())
        .is(404);
    at.user
        .send("PATCH", path, new JsonObject().put("warnBefore", new JsonArray()).encode())
        .is(403);
  }
}
