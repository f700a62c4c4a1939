package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.config.CurfewConfig;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.testing.Await;
import dev.curfew.testing.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of one cluster that share the work between them by their roles. */
class NodeRolesTest {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final long START_SECONDS = 120;
  private static final String SECRETS_KEY = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";

  @TempDir private static Path directory;

  private static final DatabaseEndpoint DATABASE = TestDatabase.fresh();
  private static int seed;

  /** Has the sessions, and nobody but other nodes to talk to. */
  private static Node core;

  /** Answers, and has nothing. */
  private static Node front;

  private static Node worker;
  private static String key;

  @BeforeAll
  static void start() throws Exception {
    seed = freePort();
    core = node("core", "sessions,claims,watchdog,delivery", seed);
    key = core.generatedKey().orElseThrow().reveal();
    front = node("front", "api", freePort());
    worker = node("worker", "encoder", freePort());
    for (Node node : List.of(core, front, worker)) {
      Await.until(
          node.url() + " is ready",
          Duration.ofSeconds(60),
          () -> get(node, "/health/ready").statusCode() == 200);
    }
  }

  @AfterAll
  static void stop() {
    for (Node node : List.of(worker, front, core)) {
      result(node.close());
    }
  }

  private static Node node(String name, String roles, int port) {
    Map<String, String> settings = new HashMap<>();
    settings.put("node.name", name);
    settings.put("node.roles", roles);
    settings.put("http.port", "0");
    settings.put("bridge.port", "0");
    settings.put("data.dir", directory.resolve(name).toString());
    settings.put("database.url", "postgresql://of-the-test/curfew");
    settings.put("secrets.key", SECRETS_KEY);
    settings.put("cluster.enabled", "true");
    settings.put("cluster.port", Integer.toString(port));
    settings.put("cluster.members", "127.0.0.1:" + seed);
    return result(Node.start(CurfewConfig.of(settings), DATABASE));
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private static <T> T result(Future<T> future) {
    try {
      return future.await(START_SECONDS, TimeUnit.SECONDS);
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  private static HttpResponse<String> get(Node node, String path) throws Exception {
    return send(node, request(node, path).build());
  }

  private static HttpRequest.Builder request(Node node, String path) {
    return HttpRequest.newBuilder(URI.create(node.url() + path))
        .header("X-API-Key", key)
        .timeout(Duration.ofSeconds(60));
  }

  private static HttpResponse<String> send(Node node, HttpRequest request) throws Exception {
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> open() throws Exception {
    String session =
        new JsonObject()
            .put("userId", "admin")
            .put("durationSeconds", 3_600)
            .put("kind", "access")
            .encode();
    return send(
        front,
        request(front, "/api/v1/admin/sessions")
            .POST(HttpRequest.BodyPublishers.ofString(session))
            .build());
  }

  @Test
  void nodeWithoutApi_answersForHealthAndMetricsOnly() throws Exception {
    for (Node node : List.of(core, worker)) {
      assertThat(get(node, "/health/live").statusCode()).isEqualTo(200);
      assertThat(get(node, "/metrics").body()).contains("curfew_cluster_members 3.0");
      for (String path :
          List.of(
              "/api/v1/sessions",
              "/api/v1/admin/cluster",
              "/api/v1/alerts",
              "/api/v1/events/stream",
              "/json/sessions",
              "/eventbus/info",
              "/openapi",
              "/docs")) {
        assertThat(get(node, path).statusCode()).as(path).isEqualTo(404);
      }
    }
  }

  @Test
  void nodeWithApiAlone_answersForSessionsThatOthersHost() throws Exception {
    HttpResponse<String> opened = open();
    assertThat(opened.statusCode()).as(opened.body()).isEqualTo(201);
    String id = new JsonObject(opened.body()).getString("id");

    assertThat(get(front, "/api/v1/admin/sessions/" + id).body()).contains("\"active\"");
    assertThat(get(front, "/metrics").body())
        .contains("curfew_shards_served 0.0", "curfew_shards_owned 0.0")
        .doesNotContain("curfew_commands_forwarded_total 0.0");
    assertThat(get(core, "/metrics").body()).contains("curfew_shards_served 256.0");
  }

  @Test
  void nodeWithApiAlone_answersClaimsThatAnotherHandsOut() throws Exception {
    HttpResponse<String> granted =
        send(
            front,
            request(front, "/api/services/v1/secureaccessgateway/UploaderClaim")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        new JsonObject().put("processInstance", "uploader-1").encode()))
                .build());

    assertThat(granted.statusCode()).as(granted.body()).isEqualTo(200);
    assertThat(new JsonObject(granted.body()).getJsonArray("SessionIds")).isEmpty();
  }

  @Test
  void cluster_isShownWithItsRolesAndWhoHostsTheShards() throws Exception {
    JsonObject cluster = new JsonObject(get(front, "/api/v1/admin/cluster").body());

    assertThat(cluster.getBoolean("clustered")).isTrue();
    assertThat(cluster.getString("node")).isEqualTo("front");
    Map<String, JsonObject> members = new HashMap<>();
    for (Object member : cluster.getJsonArray("members")) {
      members.put(((JsonObject) member).getString("name"), (JsonObject) member);
    }
    assertThat(members).containsOnlyKeys("core", "front", "worker");
    assertThat(members.get("core").getInteger("shards")).isEqualTo(256);
    assertThat(members.get("core").getBoolean("hosting")).isTrue();
    assertThat(members.get("front").getInteger("shards")).isZero();
    assertThat(members.get("front").getBoolean("hosting")).isFalse();
    assertThat(members.get("worker").getJsonArray("roles"))
        .isEqualTo(new JsonArray().add("encoder"));
    assertThat(members.get("front").getJsonArray("inTouchWith"))
        .isEqualTo(new JsonArray().add("core").add("worker"));
    assertThat(cluster.getJsonObject("shards").getJsonArray("orphaned")).isEmpty();
  }

  @Test
  void clusterStatus_isPrintedAsATableAndAsJson() {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      assertThat(status()).isZero();
      assertThat(printed.toString(StandardCharsets.UTF_8))
          .containsSubsequence("name", "state", "shards", "hosting")
          .containsSubsequence("core", "live", "256", "true")
          .containsSubsequence("front", "live", "0", "false")
          .contains("seen by front at ", "256 shards, epochs 1 to 1", "waiting: ");
      printed.reset();
      assertThat(status("--shards", "--output", "json")).isZero();
      assertThat(
              new JsonObject(printed.toString(StandardCharsets.UTF_8))
                  .getJsonObject("shards")
                  .getJsonArray("owners"))
          .hasSize(256);
    } finally {
      System.setOut(before);
    }
  }

  private static int status(String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("cluster", "status", "--url", front.url(), "--key", key));
    arguments.addAll(List.of(options));
    return Main.commandLine().execute(arguments.toArray(String[]::new));
  }
}
