package dev.curfew.testing;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.curfew.outbound.WebhookSecret;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A customer's endpoint on loopback: a path for each subscription. Every request is checked with
 * the public verifier of Standard Webhooks under the secret that its path is known to have.
 */
public final class HookReceiver implements AutoCloseable {
  /**
   * One request as it came in.
   *
   * @param at nanoseconds of this process
   */
  public record Received(
      String path, Map<String, String> headers, String raw, JsonObject body, long at) {
    public String messageId() {
      return headers.getOrDefault("webhook-id", "");
    }

    /** {@code data.name}, by which tests tell events apart. */
    public String name() {
      return body.getJsonObject("data").getString("name", "");
    }
  }

  /** How a path answers. */
  @FunctionalInterface
  public interface Answering {
    void answer(HttpServerRequest request, Received received);
  }

  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private final Map<String, WebhookSecret> secrets = new ConcurrentHashMap<>();
  private final Map<String, Answering> answers = new ConcurrentHashMap<>();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final List<String> unverified = new CopyOnWriteArrayList<>();

  private HookReceiver() {
    this.server =
        Await.result(vertx.createHttpServer().requestHandler(this::serve).listen(0, "127.0.0.1"));
  }

  public static HookReceiver start() {
    return new HookReceiver();
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
              Received one =
                  new Received(
                      request.path(),
                      headers,
                      body.toString(),
                      body.toJsonObject(),
                      System.nanoTime());
              verify(one);
              received.add(one);
              answers
                  .getOrDefault(request.path(), (asked, what) -> asked.response().end())
                  .answer(request, one);
            });
  }

  private void verify(Received one) {
    WebhookSecret secret = secrets.get(one.path());
    if (secret == null) {
      unverified.add(one.path() + " has no secret");
      return;
    }
    HashMap<String, List<String>> headers = new HashMap<>();
    one.headers().forEach((name, value) -> headers.put(name, List.of(value)));
    try {
      new Webhook(secret.text().reveal()).verify(one.raw(), headers);
    } catch (WebhookVerificationException refusal) {
      unverified.add(one.path() + " " + one.messageId() + ": " + refusal.getMessage());
    }
  }

  public int port() {
    return server.actualPort();
  }

  public String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  /** From now on what comes to the path must be signed with this. */
  public void knows(String path, WebhookSecret secret) {
    secrets.put(path, secret);
  }

  /** From now on the path answers so; 200 without this. */
  public void answers(String path, Answering answering) {
    answers.put(path, answering);
  }

  public void answersStatus(String path, int status) {
    answers(path, (request, one) -> request.response().setStatusCode(status).end());
  }

  public List<Received> received(String path) {
    return received.stream().filter(one -> one.path().equals(path)).toList();
  }

  /** The names of what came to the path, in the order of arrival. */
  public List<String> names(String path) {
    return received(path).stream().map(Received::name).toList();
  }

  /** The same, each message when it first arrived. */
  public List<String> firstArrivals(String path) {
    return names(path).stream().distinct().toList();
  }

  /** What did not verify; to be empty in the end. */
  public List<String> unverified() {
    return List.copyOf(unverified);
  }

  @Override
  public void close() {
    Await.result(vertx.close());
  }
}
