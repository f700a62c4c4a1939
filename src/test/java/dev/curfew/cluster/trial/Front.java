package dev.curfew.cluster.trial;

import dev.curfew.JarNode;
import dev.curfew.claim.history.Span;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What stands before the nodes: as a load balancer does, it gives each request to any of them, for
 * a while to none that has just failed, and a request that failed to another one, once.
 */
final class Front {
  private static final int CONNECTIONS = 1_024;
  private static final long AVOIDED_NANOS = TimeUnit.SECONDS.toNanos(2);

  /**
   * What a client wants.
   *
   * @param patience how long it waits for each node's answer
   */
  record Request(HttpMethod method, String path, JsonObject body, Duration patience) {
    static Request post(String path, JsonObject body, Duration patience) {
      return new Request(HttpMethod.POST, path, body, patience);
    }
  }

  /**
   * What came of asking one node.
   *
   * @param sent false when nobody took the connection
   * @param status 0 without an answer
   * @param body empty without one
   */
  record Reply(Span span, String node, boolean sent, int status, JsonObject body) {
    boolean good() {
      return status >= 200 && status < 300;
    }

    /** Whether the node could not say, or said nothing: then another is asked. */
    boolean unknown() {
      return status == 0 || status == 503 || status == 502 || status == 504;
    }
  }

  private record Backend(String name, String host, int port) {}

  private final HttpClient client;
  private final List<Backend> backends = new ArrayList<>();
  private final AtomicLongArray avoidedUntil;

  Front(Vertx vertx, List<JarNode> nodes) {
    client =
        vertx.createHttpClient(
            new HttpClientOptions().setConnectTimeout(1_000).setKeepAliveTimeout(20),
            new PoolOptions().setHttp1MaxSize(CONNECTIONS));
    for (JarNode node : nodes) {
      backends.add(new Backend(ClusterRig.name(backends.size()), node.host(), node.port()));
    }
    avoidedUntil = new AtomicLongArray(nodes.size());
  }

  /**
   * Asks one node, and another when that one could not say.
   *
   * @param each told of each node's reply
   * @return the last reply
   */
  Future<Reply> ask(Request request, Consumer<Reply> each) {
    int first = any(-1);
    return once(first, request)
        .onSuccess(each::accept)
        .compose(
            reply ->
                reply.unknown()
                    ? once(any(first), request).onSuccess(each::accept)
                    : Future.succeededFuture(reply));
  }

  private int any(int but) {
    List<Integer> good = new ArrayList<>();
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < backends.size(); i++) {
      if (i != but || backends.size() == 1) {
        all.add(i);
        if (System.nanoTime() - avoidedUntil.get(i) >= 0) {
          good.add(i);
        }
      }
    }
    List<Integer> choice = good.isEmpty() ? all : good;
    return choice.get(ThreadLocalRandom.current().nextInt(choice.size()));
  }

  /** Asks this node; never fails. */
  Future<Reply> once(int node, Request request) {
    Backend backend = backends.get(node);
    long from = Span.now();
    RequestOptions options =
        new RequestOptions()
            .setHost(backend.host())
            .setPort(backend.port())
            .setMethod(request.method())
            .setURI(request.path())
            .setConnectTimeout(1_000)
            .setIdleTimeout(request.patience().toMillis())
            .putHeader("X-API-Key", JarNode.KEY)
            .putHeader("Content-Type", "application/json");
    Sent sent = new Sent();
    return client
        .request(options)
        .onSuccess(made -> sent.is = true)
        .compose(made -> answer(made, request))
        .map(
            answer -> new Reply(Span.since(from), backend.name(), true, answer.status, answer.body))
        .recover(
            failure -> {
              avoidedUntil.set(node, System.nanoTime() + AVOIDED_NANOS);
              return Future.succeededFuture(
                  new Reply(Span.since(from), backend.name(), sent.is, 0, new JsonObject()));
            });
  }

  private static final class Sent {
    private volatile boolean is;
  }

  private record Answer(int status, JsonObject body) {}

  private static Future<Answer> answer(HttpClientRequest made, Request request) {
    return made.send(request.body().toBuffer())
        .compose(
            response -> response.body().map(body -> new Answer(response.statusCode(), json(body))));
  }

  private static JsonObject json(@Nullable Buffer body) {
    return body == null || body.length() == 0 || body.getByte(0) != '{'
        ? new JsonObject()
        : body.toJsonObject();
  }
}
