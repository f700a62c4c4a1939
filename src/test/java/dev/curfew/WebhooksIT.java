package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.config.Secret;
import dev.curfew.outbound.WebhookSecret;
import dev.curfew.testing.Await;
import dev.curfew.testing.HookReceiver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Webhooks while the packaged program is killed. */
class WebhooksIT {
  private static final String KEY = "a-key-that-an-operator-chose-for-this-test";
  private static final Duration START = Duration.ofSeconds(90);
  private static final Duration DELIVERY = Duration.ofSeconds(90);
  private static final int EVENTS = 120;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HookReceiver receiver = HookReceiver.start();
  @TempDir Path directory;
  private int port;
  private Process curfew;

  @BeforeEach
  void start() throws Exception {
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    serve();
  }

  @AfterEach
  void stop() throws Exception {
    curfew.destroy();
    if (!curfew.waitFor(40, TimeUnit.SECONDS)) {
      curfew.destroyForcibly();
    }
    receiver.close();
  }

  private void serve() throws IOException {
    curfew =
        CurfewJar.start(
            directory,
            Map.of(
                "CURFEW_HTTP_PORT",
                Integer.toString(port),
                "CURFEW_BRIDGE_PORT",
                "0",
                "CURFEW_DATA_DIR",
                directory.resolve("data").toString(),
                "CURFEW_BOOTSTRAP_ADMIN_KEY",
                KEY,
                "CURFEW_WEBHOOKS_ALLOW_PRIVATE_TARGETS",
                "true"),
            "serve");
    Await.until("the node serves", START, () -> curfew.isAlive() && answers());
  }

  private boolean answers() throws Exception {
    try {
      return send(request("/health/ready").build()).statusCode() == 200;
    } catch (IOException notYet) {
      // Nobody listens, or the connection was one to the node that was killed.
      return false;
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("X-API-Key", KEY)
        .timeout(Duration.ofSeconds(30));
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private JsonObject post(String path, JsonObject body) throws Exception {
    return new JsonObject(
        send(request(path).POST(HttpRequest.BodyPublishers.ofString(body.encode())).build())
            .body());
  }

  @Test
  void killInTheMiddle_losesNothingAndKeepsTheOrder() throws Exception {
    JsonObject made =
        post(
            "/api/v1/subscriptions",
            new JsonObject()
                .put("url", receiver.url("/hook"))
                .put("types", new JsonArray().add("dev.curfew.session.started")));
    receiver.knows("/hook", WebhookSecret.parse("secret", Secret.of(made.getString("secret"))));
    String one = "/api/v1/subscriptions/" + made.getString("id");
    post(one + "/pause", new JsonObject());
    List<String> sessions = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      sessions.add(
          post(
                  "/api/v1/admin/device-sessions",
                  new JsonObject()
                      .put("userId", "admin")
                      .put("deviceId", "laptop-" + i)
                      .put("durationSeconds", 3_600))
              .getString("id"));
    }
    post(one + "/resume", new JsonObject());
    Await.until("some have arrived", DELIVERY, () -> arrivals().size() >= 20);
    curfew.destroyForcibly();
    assertThat(curfew.waitFor(30, TimeUnit.SECONDS)).isTrue();
    int before = arrivals().size();
    assertThat(before).as("it was in the middle").isLessThan(EVENTS);

    serve();

    Await.until(
        "all have arrived", DELIVERY, () -> arrivals().stream().distinct().count() == EVENTS);
    assertThat(arrivals().stream().distinct().toList()).isEqualTo(sessions);
    assertThat(receiver.unverified()).isEmpty();
  }

  private List<String> arrivals() {
    return receiver.received("/hook").stream()
        .map(one -> one.body().getJsonObject("data").getString("sessionId"))
        .toList();
  }
}
