package dev.curfew;

import dev.curfew.bench.HttpLoad;
import dev.curfew.client.ApiClient;
import dev.curfew.config.CurfewConfig;
import dev.curfew.testing.TestDatabase;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The calls that never cease, over HTTP through to the session in its shard: heartbeats, session
 * tokens validated and refreshed, what is left of a user's sessions. Each beside a bare vertx-web
 * POST with a body of the same size, in the same run and alternating. Arguments name the calls to
 * measure: polling, validate, refresh, session-status; without any, all.
 */
public final class HotCallsBench {
  private static final int SESSIONS = 1_000;

  /** Fewer, since each login costs a password hash. */
  private static final int LOGINS = 250;

  private static final int ROUNDS = 5;
  private static final String POLLING = "/api/services/v1/secureaccessgateway/Polling";
  private static final String SESSION_STATUS = "/api/config/v1/jump-approval/session-status/";
  private static final String TOKENS = "/json/sessions?_action=";
  private static final String PASSWORD = "correct horse battery staple";

  private HotCallsBench() {}

  /** A call as it goes to the node, and the bare POST of the same size. */
  private record Call(List<Buffer> requests, List<Buffer> bare) {
    Call() {
      this(new ArrayList<>(), new ArrayList<>());
    }

    void add(String method, String path, String body, String headers) {
      requests.add(request(method, path, body, headers));
      bare.add(request("POST", "/bare", body.isEmpty() ? "{}" : body, headers));
    }
  }

  /** Exits either way: the event loops of what failed would keep the process alive. */
  public static void main(String[] args) {
    try {
      run(List.of(args));
      System.exit(0);
    } catch (Exception | Error failure) {
      failure.printStackTrace();
      System.exit(1);
    }
  }

  private static void run(List<String> wanted) throws Exception {
    CurfewConfig config =
        CurfewConfig.of(
            Map.of(
                "http.port",
                "0",
                "data.dir",
                Files.createTempDirectory("curfew-bench-").toString(),
                "rate-limit.per-second",
                "0",
                "pra.rate-limit.per-second",
                "0",
                "pra.rate-limit.per-hour",
                "0"));
    Node node = await(Node.start(config, TestDatabase.fresh()));
    String key = node.generatedKey().orElseThrow().reveal();
    Vertx vertx = Vertx.vertx();
    int barePort = bareServer(vertx);
    int port = URI.create(node.url()).getPort();

    Map<String, Call> calls = calls(node.url(), key, wanted);
    Map<String, List<HttpLoad.Result>> results = new LinkedHashMap<>();
    Map<String, List<HttpLoad.Result>> bare = new LinkedHashMap<>();
    for (int round = 0; round <= ROUNDS; round++) {
      for (Map.Entry<String, Call> call : calls.entrySet()) {
        HttpLoad.Result bareRound = HttpLoad.load(vertx, barePort, call.getValue().bare());
        HttpLoad.Result callRound = HttpLoad.load(vertx, port, call.getValue().requests());
        if (round > 0) {
          bare.computeIfAbsent(call.getKey(), none -> new ArrayList<>()).add(bareRound);
          results.computeIfAbsent(call.getKey(), none -> new ArrayList<>()).add(callRound);
        }
      }
    }
    for (String name : calls.keySet()) {
      HttpLoad.Result callMedian = HttpLoad.median(results.get(name));
      HttpLoad.Result bareMedian = HttpLoad.median(bare.get(name));
      print("bare vertx-web POST", bareMedian);
      print(name, callMedian);
      System.out.printf(
          "ratio %.2f (median of %d rounds)%n%n",
          callMedian.perSecond() / bareMedian.perSecond(), ROUNDS);
    }
    await(node.close());
    await(vertx.close());
  }

  private static Map<String, Call> calls(String url, String key, List<String> wanted)
      throws Exception {
    ApiClient api = new ApiClient(url, key);
    String credential = "X-API-Key: " + key + "\r\n";
    api.post(
        "/api/v1/admin/users", new JsonObject().put("username", "bench").put("password", PASSWORD));
    Map<String, Call> calls = new LinkedHashMap<>();
    for (String name : List.of("polling", "validate", "refresh", "session-status")) {
      if (wanted.isEmpty() || wanted.contains(name)) {
        calls.put(name, call(name, url, api, credential));
      }
    }
    return calls;
  }

  private static Call call(String name, String url, ApiClient api, String credential)
      throws Exception {
    Call call = new Call();
    if (name.equals("session-status")) {
      open(api, "jump");
      open(api, "jump");
      call.add("GET", SESSION_STATUS + "1", "", credential);
      return call;
    }
    boolean polling = name.equals("polling");
    for (int i = 0; i < (polling ? SESSIONS : LOGINS); i++) {
      if (polling) {
        JsonObject heartbeat =
            new JsonObject().put("session", open(api, "psm")).put("processInstance", "bench");
        call.add("POST", POLLING, heartbeat.encode(), credential);
      } else {
        String holder =
            "iPlanetDirectoryPro: " + logIn(url) + "\r\nAccept-API-Version: resource=4.0\r\n";
        call.add("POST", TOKENS + name, "{}", holder);
      }
    }
    return call;
  }

  private static String open(ApiClient api, String kind) {
    return api.post(
            "/api/v1/admin/sessions",
            new JsonObject()
                .put("kind", kind)
                .put("userId", "admin")
                .put("durationSeconds", 3_600)
                .put("processInstance", "bench"))
        .getString("id");
  }

  private static String logIn(String url) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(url + "/json/authenticate"))
                    .header("X-OpenAM-Username", "bench")
                    .header("X-OpenAM-Password", PASSWORD)
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    return new JsonObject(answer.body()).getString("tokenId");
  }

  private static Buffer request(String method, String path, String body, String headers) {
    return Buffer.buffer(
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + headers
            + "Content-Length: "
            + body.getBytes(StandardCharsets.UTF_8).length
            + "\r\n\r\n"
            + body);
  }

  private static int bareServer(Vertx vertx) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    await(
        vertx.deployVerticle(
            () -> new BareServer(port),
            new DeploymentOptions().setInstances(VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE)));
    return port;
  }

  /** Router, BodyHandler, JSON in and out: what anyone would start from. */
  private static final class BareServer extends VerticleBase {
    private final int port;

    BareServer(int port) {
      this.port = port;
    }

    @Override
    public Future<?> start() {
      Router router = Router.router(vertx);
      router.route().handler(BodyHandler.create(false));
      router
          .post("/bare")
          .handler(
              context -> {
                JsonObject body = context.body().asJsonObject();
                context.json(
                    new JsonObject()
                        .put("Result", "Success")
                        .put("TerminateSession", body.getString("session") == null)
                        .put("TimeRemainingSeconds", 3_600)
                        .put("Stage", "Connected"));
              });
      return vertx.createHttpServer().requestHandler(router).listen(port, "127.0.0.1");
    }
  }

  private static void print(String what, HttpLoad.Result result) {
    System.out.printf(
        "%-22s %,9.0f requests/s   p50 %,6.0f us   p99 %,6.0f us%n",
        what, result.perSecond(), result.p50Micros(), result.p99Micros());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
  }
}
