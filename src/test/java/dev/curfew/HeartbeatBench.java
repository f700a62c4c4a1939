package dev.curfew;

import dev.curfew.client.ApiClient;
import dev.curfew.config.CurfewConfig;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.testing.TestDatabase;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Polling over HTTP, authenticated, through to the session in its shard, beside a bare vertx-web
 * POST with a body of the same size, in the same run and alternating: requests a second and how
 * long they take. The load comes from 64 connections of raw sockets in the same process, each with
 * one request under way, so it takes as little of the machine as it can.
 */
public final class HeartbeatBench {
  private static final int CONNECTIONS = 64;
  private static final int SESSIONS = 1_000;
  private static final int ROUNDS = 5;
  private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final String POLLING = "/api/services/v1/secureaccessgateway/Polling";

  private HeartbeatBench() {}

  private record Result(double perSecond, double p50Micros, double p99Micros) {}

  public static void main(String[] args) throws Exception {
    DatabaseEndpoint endpoint = TestDatabase.fresh();
    Path data = Files.createTempDirectory("curfew-bench-");
    CurfewConfig config =
        CurfewConfig.of(
            Map.of("http.port", "0", "data.dir", data.toString(), "rate-limit.per-second", "0"));
    Node node = await(Node.start(config, endpoint));
    String key = node.generatedKey().orElseThrow().reveal();
    Vertx vertx = Vertx.vertx();
    int barePort = bareServer(vertx);
    int port = URI.create(node.url()).getPort();

    List<Buffer> polls = new ArrayList<>();
    List<Buffer> bare = new ArrayList<>();
    ApiClient api = new ApiClient(node.url(), key);
    for (int i = 0; i < SESSIONS; i++) {
      String body = heartbeat(open(api));
      polls.add(request(POLLING, body, "X-API-Key: " + key + "\r\n"));
      bare.add(request("/bare", body, "X-API-Key: " + key + "\r\n"));
    }

    List<Result> pollResults = new ArrayList<>();
    List<Result> bareResults = new ArrayList<>();
    for (int round = 0; round <= ROUNDS; round++) {
      Result bareRound = load(vertx, barePort, bare);
      Result pollRound = load(vertx, port, polls);
      if (round > 0) {
        bareResults.add(bareRound);
        pollResults.add(pollRound);
      }
    }
    Result bareMedian = median(bareResults);
    Result pollMedian = median(pollResults);
    print("bare vertx-web POST", bareMedian);
    print("Polling", pollMedian);
    System.out.printf(
        "ratio %.2f (median of %d rounds)%n", pollMedian.perSecond / bareMedian.perSecond, ROUNDS);
    await(node.close());
    await(vertx.close());
    System.exit(0);
  }

  private static String open(ApiClient api) {
    return api.post(
            "/api/v1/admin/sessions",
            new JsonObject()
                .put("kind", "psm")
                .put("userId", "admin")
                .put("durationSeconds", 3_600)
                .put("processInstance", "bench"))
        .getString("id");
  }

  private static String heartbeat(String session) {
    return new JsonObject().put("session", session).put("processInstance", "bench").encode();
  }

  private static Buffer request(String path, String body, String headers) {
    return Buffer.buffer(
        "POST "
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

  private static Result load(Vertx vertx, int port, List<Buffer> requests) throws Exception {
    NetClient client = vertx.createNetClient();
    CountDownLatch done = new CountDownLatch(CONNECTIONS);
    List<Connection> connections = new ArrayList<>();
    long until = System.nanoTime() + ROUND_NANOS;
    for (int i = 0; i < CONNECTIONS; i++) {
      NetSocket socket = await(client.connect(port, "127.0.0.1"));
      Connection connection = new Connection(socket, requests, i, until, done);
      connections.add(connection);
      connection.start();
    }
    done.await();
    await(client.close());
    long[] micros =
        connections.stream()
            .flatMapToLong(connection -> Arrays.stream(connection.micros, 0, connection.count))
            .sorted()
            .toArray();
    return new Result(
        micros.length / (ROUND_NANOS / 1e9),
        micros[micros.length / 2],
        micros[(int) (micros.length * 0.99)]);
  }

  /** One request after the other; an answer is complete when its body is. */
  private static final class Connection {
    private final NetSocket socket;
    private final List<Buffer> requests;
    private final long until;
    private final CountDownLatch done;
    private int next;
    private long sentAt;
    private Buffer answer = Buffer.buffer();
    private long[] micros = new long[1 << 16];
    private int count;

    Connection(
        NetSocket socket, List<Buffer> requests, int first, long until, CountDownLatch done) {
      this.socket = socket;
      this.requests = requests;
      this.next = first;
      this.until = until;
      this.done = done;
    }

    void start() {
      socket.handler(this::received);
      send();
    }

    private void send() {
      sentAt = System.nanoTime();
      socket.write(requests.get(next));
      next = (next + CONNECTIONS) % requests.size();
    }

    private void received(Buffer part) {
      answer = answer.length() == 0 ? part : answer.appendBuffer(part);
      if (!complete()) {
        return;
      }
      if (answer.getByte(9) != '2') {
        throw new IllegalStateException(answer.toString());
      }
      answer = Buffer.buffer();
      long now = System.nanoTime();
      if (count == micros.length) {
        micros = Arrays.copyOf(micros, micros.length * 2);
      }
      micros[count++] = (now - sentAt) / 1_000;
      if (now < until) {
        send();
      } else {
        socket.close();
        done.countDown();
      }
    }

    private boolean complete() {
      String text = answer.toString(StandardCharsets.ISO_8859_1);
      int end = text.indexOf("\r\n\r\n");
      int header = text.toLowerCase(Locale.ROOT).indexOf("content-length: ");
      if (end < 0 || header < 0) {
        return false;
      }
      int length =
          Integer.parseInt(text.substring(header + 16, text.indexOf('\r', header)).strip());
      return answer.length() >= end + 4 + length;
    }
  }

  private static Result median(List<Result> results) {
    List<Result> sorted = new ArrayList<>(results);
    sorted.sort((a, b) -> Double.compare(a.perSecond, b.perSecond));
    return sorted.get(sorted.size() / 2);
  }

  private static void print(String what, Result result) {
    System.out.printf(
        "%-22s %,9.0f requests/s   p50 %,6.0f us   p99 %,6.0f us%n",
        what, result.perSecond, result.p50Micros, result.p99Micros);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
  }
}
