package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The stream of events and the WebSocket of a whole node, and how long credentials keep them. */
class LiveEventsContractTest {
  private static final String STREAM = "/api/v1/events/stream";
  private static final String ALERTS = "/api/v1/alerts";
  private static final long TTL_MILLIS = 10_000;

  /** How late an end may be told on a machine that is busy with other things. */
  private static final long LATE_MILLIS = 3_000;

  private static final ExecutorService threads = Executors.newCachedThreadPool();
  private static Installation at;

  @BeforeAll
  static void start() {
    at = Installation.start(Map.of("auth.access-token-ttl", "10s"));
  }

  @AfterAll
  static void stop() {
    threads.shutdownNow();
    at.close();
  }

  private static String cursor() {
    return at.admin.get("/api/v1/events?limit=1").is(200).json().getString("next");
  }

  @Test
  void stream_tellsTheLifeOfASession_andResumes() {
    String id = at.psmSession();
    String begun = "dev.curfew.session.started";
    Reply first =
        at.admin.getUntil(STREAM + "?session=" + id + "&after=" + cursor(), begun).is(200);
    String seen = first.text().lines().filter(line -> line.startsWith("id: ")).toList().get(1);
    at.admin.post("/api/v1/admin/sessions/" + id + "/revoke").is(200);

    Reply rest =
        at.admin
            .with("Last-Event-ID", seen.substring(4))
            .with("Accept", "text/event-stream")
            .getUntil(STREAM + "?session=" + id + "&after=" + cursor(), "session.ended");

    assertThat(rest.text()).contains("event: dev.curfew.session.revoked\n").doesNotContain(begun);
    assertThat(first.text()).startsWith("retry: ");
    String data = rest.text().lines().filter(line -> line.startsWith("data: ")).findFirst().get();
    at.dialects.admin.checkAgainst("CloudEvent", new JsonObject(data.substring(6)));
  }

  @Test
  void stream_refusesWhatItCannotServe() {
    at.anonymous.get(STREAM + "?after=17").is(401);
    at.worker.get(STREAM + "?after=17").is(403);
    at.user.get(STREAM + "?user=mallory").is(403);
    at.admin.get(STREAM + "?after=17").refuses(400, "after");
    at.admin.with("Last-Event-ID", "17").get(STREAM).refuses(400, "Last-Event-ID");
    at.admin.get(STREAM + "?from=2026-02-18T12:00:00Z").refuses(400, "from");
    at.admin.get(STREAM + "?to=2026-02-18T12:00:00Z").refuses(400, "to");
    at.admin.get(STREAM + "?realm=nowhere").is(404);
    at.organisation.get(STREAM + "?realm=root").is(404).tellsNothingOfTheInside();
    at.admin.get(STREAM + "?types=x").refuses(400, "types").tellsNothingOfTheInside();
    at.admin.with("Accept", "application/json").get(STREAM).refuses(406, "Accept");
    at.admin.sendAstray("POST", STREAM).is(405);
  }

  @Test
  void stream_showsEverybodyWhatIsTheirs() {
    String from = "?after=" + cursor();
    String theirs = at.session(new JsonObject().put("kind", "jump"));
    String last = at.accessSession(at.other, 1).getString("id");

    String administrators = at.admin.getUntil(STREAM + from, last).text();
    String own = at.other.getUntil(STREAM + from, last).text();

    assertThat(administrators).contains(theirs);
    assertThat(own).doesNotContain(theirs);
  }

  private record Ending(
      CompletableFuture<Reply> stream, CompletableFuture<String> webSocket, long opened) {
    static Ending of(Caller caller) {
      long opened = System.currentTimeMillis();
      return new Ending(
          CompletableFuture.supplyAsync(() -> caller.get(STREAM), threads),
          caller.webSocketUntilClosed(ALERTS),
          opened);
    }

    void await(String reason) throws Exception {
      assertThat(webSocket.get(60, TimeUnit.SECONDS)).isEqualTo("1008 " + reason);
      // That the JDK's client takes the answer as whole says that it was ended, and not cut.
      assertThat(stream.get(60, TimeUnit.SECONDS).is(200).text()).endsWith(": " + reason + "\n\n");
    }

    void awaitUntouched() {
      assertThat(webSocket).isNotDone();
      assertThat(stream).isNotDone();
    }
  }

  private static JsonObject login() {
    JsonObject who = at.passwordUser("root", "USER");
    return at.anonymous.post("/api/v1/auth/login", who).is(200).json();
  }

  @Test
  void credentialThatExpires_closesWhatItOpened_onTime() throws Exception {
    Caller lasting = at.key("admin", List.of("audit:read"));
    JsonObject wanted =
        new JsonObject()
            .put("name", "short")
            .put("scopes", new JsonArray().add("audit:read"))
            .put("expiresAt", Instant.now().plusMillis(TTL_MILLIS).toString());
    String key = at.admin.post("/api/v1/api-keys", wanted).is(201).json().getString("plainTextKey");
    Map<String, Ending> ending = new LinkedHashMap<>();
    Ending staying = Ending.of(lasting);
    ending.put("API key", Ending.of(at.anonymous.withKey(key)));
    ending.put("access token", Ending.of(at.bearer(login())));

    for (Ending one : ending.values()) {
      one.await("the credential has expired");
      long lived = System.currentTimeMillis() - one.opened();
      // A token's life is counted in whole seconds from the one it was made in.
      assertThat(lived).isBetween(TTL_MILLIS - 2_000, TTL_MILLIS + LATE_MILLIS);
    }
    staying.awaitUntouched();
    staying.webSocket().cancel(true);
    at.anonymous.withKey(key).get(STREAM).is(401);
  }

  @Test
  void credentialThatIsWithdrawn_closesWhatItOpened() throws Exception {
    JsonObject tokens = login();
    Ending ofLogin = Ending.of(at.bearer(tokens));
    JsonObject wanted =
        new JsonObject().put("name", "k").put("scopes", new JsonArray().add("audit:read"));
    JsonObject key = at.admin.post("/api/v1/api-keys", wanted).is(201).json();
    Ending ofKey = Ending.of(at.anonymous.withKey(key.getString("plainTextKey")));

    at.anonymous
        .post(
            "/api/v1/auth/logout",
            new JsonObject().put("refreshToken", tokens.getString("refreshToken")))
        .is(204);
    at.admin.delete("/api/v1/api-keys/" + key.getString("id")).is(204);

    ofLogin.await("the credential is no longer valid");
    ofKey.await("the credential is no longer valid");
  }

  /** They carry no scope, and events need one. */
  @Test
  void sessionToken_opensNothing() {
    JsonObject who = at.passwordUser("root", "USER");
    String token =
        at.anonymous
            .with("X-OpenAM-Username", who.getString("email").replace("@example.com", ""))
            .with("X-OpenAM-Password", Installation.PASSWORD)
            .send("POST", "/json/authenticate", "{}")
            .is(200)
            .json()
            .getString("tokenId");
    for (String path : List.of(STREAM, ALERTS)) {
      at.anonymous.with("iPlanetDirectoryPro", token).get(path).is(401);
      at.anonymous.with("Authorization", "Bearer " + token).get(path).is(401);
      at.anonymous.withKey(token).get(path).is(401);
    }
  }

  @Test
  void nodeThatStops_saysGoodbye() throws Exception {
    Installation other = Installation.start(Map.of());
    CompletableFuture<String> webSocket = other.admin.webSocketUntilClosed(ALERTS);
    CompletableFuture<Reply> stream =
        CompletableFuture.supplyAsync(() -> other.admin.get(STREAM), threads);
    other.admin.getUntil(STREAM, "id: ");
    String connections = "curfew_alert_connections 2.0";
    Await.until("both are there", () -> other.admin.get("/metrics").text().contains(connections));

    other.close();

    assertThat(webSocket.get(60, TimeUnit.SECONDS)).startsWith("1001 the node stops");
    assertThat(stream.get(60, TimeUnit.SECONDS).is(200).text())
        .endsWith(": the node stops; connect to another, or again\n\n");
  }
}
