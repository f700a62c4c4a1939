package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import dev.curfew.testing.RuleServer;
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
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules at a provider while the packaged program is killed. */
class GrantsIT {
  private static final String KEY = "a-key-that-an-operator-chose-for-this-test";
  private static final Duration START = Duration.ofSeconds(90);
  private static final Duration REMOVAL = Duration.ofSeconds(60);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final RuleServer provider = RuleServer.start();
  @TempDir Path directory;
  private int port;
  private Process curfew;

  @BeforeEach
  void start() throws Exception {
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    serve();
    JsonObject resource =
        new JsonObject()
            .put("name", "db")
            .put("provider", "webhook")
            .put("settings", provider.settings());
    assertThat(post("/api/v1/admin/resources", resource).getString("id")).isNotNull();
  }

  @AfterEach
  void stop() throws Exception {
    curfew.destroy();
    if (!curfew.waitFor(40, TimeUnit.SECONDS)) {
      curfew.destroyForcibly();
    }
    provider.close();
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

  /** As {@code kill -9} does it: no goodbye to anybody. */
  private void kill() throws InterruptedException {
    curfew.destroyForcibly();
    assertThat(curfew.waitFor(30, TimeUnit.SECONDS)).isTrue();
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

  private JsonObject session(String id) throws Exception {
    return new JsonObject(send(request("/api/v1/sessions/" + id).build()).body());
  }

  private JsonObject rule(String id) throws Exception {
    JsonArray rules = session(id).getJsonArray("resourceIps");
    assertThat(rules).hasSize(1);
    return rules.getJsonObject(0);
  }

  private String open() throws Exception {
    JsonObject started =
        post(
            "/api/v1/sessions",
            new JsonObject().put("durationHours", 1).put("ipv4Address", "203.0.113.42"));
    return started.getString("id");
  }

  @Test
  void rule_isRemovedAfterAKill_onceItsProviderIsBack() throws Exception {
    String id = open();
    assertThat(session(id).getString("status")).isEqualTo("ACTIVE");
    assertThat(provider.held()).hasSize(1);
    provider.stop();
    post("/api/v1/sessions/" + id + "/stop", new JsonObject());
    Await.until("the removal failed", REMOVAL, () -> rule(id).getString("errorMessage") != null);

    kill();
    serve();

    assertThat(session(id).getString("status")).isEqualTo("EXPIRING");
    assertThat(rule(id).getString("status")).isEqualTo("REMOVING");
    provider.startAgain();
    Await.until(
        "it is cancelled", REMOVAL, () -> session(id).getString("status").equals("CANCELLED"));
    assertThat(provider.held()).isEmpty();
    assertThat(rule(id).getString("status")).isEqualTo("REMOVED");
  }

  @Test
  void ruleWhoseAnswerNeverArrived_isSettledAfterAKill() throws Exception {
    provider.is("apply", RuleServer.Mood.SILENT);
    String id = open();
    assertThat(session(id).getString("status")).isEqualTo("PENDING");
    assertThat(provider.held()).as("it holds, and nobody knows").hasSize(1);

    kill();
    provider.is("apply", RuleServer.Mood.WELL);
    serve();
    post("/api/v1/sessions/" + id + "/stop", new JsonObject());

    Await.until(
        "it is cancelled",
        Duration.ofSeconds(120),
        () -> session(id).getString("status").equals("CANCELLED"));
    assertThat(provider.held()).isEmpty();
  }
}
