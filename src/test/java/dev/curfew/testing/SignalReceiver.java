package dev.curfew.testing;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Another identity system's endpoint for pushed tokens, on loopback: a path for each stream. */
public final class SignalReceiver implements AutoCloseable {
  /** One push as it came in. */
  public record Pushed(String path, Map<String, String> headers, String token) {}

  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private final Map<String, Consumer<HttpServerRequest>> answers = new ConcurrentHashMap<>();
  private final List<Pushed> pushed = new CopyOnWriteArrayList<>();

  private SignalReceiver() {
    this.server =
        Await.result(vertx.createHttpServer().requestHandler(this::serve).listen(0, "127.0.0.1"));
  }

  public static SignalReceiver start() {
    return new SignalReceiver();
  }

  private void serve(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body -> {
              Map<String, String> headers = new HashMap<>();
              request
                  .headers()
                  .forEach(h -> headers.put(h.getKey().toLowerCase(Locale.ROOT), h.getValue()));
              pushed.add(new Pushed(request.path(), headers, body.toString()));
              answers
                  .getOrDefault(request.path(), asked -> asked.response().setStatusCode(202).end())
                  .accept(request);
            });
  }

  public String url(String path) {
    return "http://127.0.0.1:" + server.actualPort() + path;
  }

  /** From now on the path answers so; 202 without this. */
  public void answers(String path, Consumer<HttpServerRequest> answer) {
    answers.put(path, answer);
  }

  public List<Pushed> pushed(String path) {
    return pushed.stream().filter(one -> one.path().equals(path)).toList();
  }

  @Override
  public void close() {
    Await.result(vertx.close());
  }
}
