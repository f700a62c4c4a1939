package dev.curfew.contract;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Somebody with a credential, or without one, who asks a node over HTTP. Every answer is held
 * against the document of its dialect before anybody looks at it.
 */
final class Caller {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final String url;
  private final Dialects dialects;
  private final Map<String, String> headers;

  private Caller(String url, Dialects dialects, Map<String, String> headers) {
    this.url = url;
    this.dialects = dialects;
    this.headers = headers;
  }

  static Caller withoutCredential(String url, Dialects dialects) {
    return new Caller(url, dialects, Map.of());
  }

  /** The same place, asked with this key. */
  Caller withKey(String key) {
    return with("X-API-Key", key);
  }

  Caller with(String header, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(header, value);
    return new Caller(url, dialects, more);
  }

  Reply get(String target) {
    return send("GET", target);
  }

  Reply post(String target, JsonObject body) {
    return send("POST", target, body.encode());
  }

  Reply post(String target) {
    return send("POST", target);
  }

  Reply delete(String target) {
    return send("DELETE", target);
  }

  Reply send(String method, String target) {
    return checked(method, target, null);
  }

  Reply send(String method, String target, String body) {
    return checked(method, target, body.getBytes(StandardCharsets.UTF_8));
  }

  Reply send(String method, String target, byte[] body) {
    return checked(method, target, body);
  }

  private Reply checked(String method, String target, byte @Nullable [] body) {
    WireExchange exchange = exchange(method, target, body);
    WireExchange documented = exchange.at(Dialects.documented(exchange.path()));
    dialects.of(documented.path()).check(documented);
    return new Reply(exchange);
  }

  /** Reads an answer without end until a text has come, then leaves. */
  Reply getUntil(String target, String text) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + target)).timeout(LIMIT);
    headers.forEach(request::setHeader);
    try {
      HttpResponse<InputStream> response =
          CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      try (InputStream in = response.body()) {
        while (!read.toString(StandardCharsets.UTF_8).contains(text)) {
          int next = in.read();
          if (next < 0) {
            throw new AssertionError("ended without " + text + ": " + read);
          }
          read.write(next);
        }
      }
      WireExchange exchange = WireExchange.of(response, Buffer.buffer(read.toByteArray()));
      dialects.of(exchange.path()).check(exchange);
      return new Reply(exchange);
    } catch (IOException e) {
      throw new AssertionError("GET " + target + " was not answered", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Opens a WebSocket; completes with how it was closed. */
  CompletableFuture<String> webSocketUntilClosed(String target) {
    CompletableFuture<String> closed = new CompletableFuture<>();
    WebSocket.Builder builder = CLIENT.newWebSocketBuilder();
    headers.forEach(builder::header);
    builder
        .buildAsync(
            URI.create(url.replaceFirst("http", "ws") + target),
            new WebSocket.Listener() {
              @Override
              public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
                closed.complete(code + " " + reason);
                return null;
              }

              @Override
              public void onError(WebSocket from, Throwable failure) {
                closed.completeExceptionally(failure);
              }
            })
        .join();
    return closed;
  }

  /** Asks for what is answered though no document has it. */
  Reply sendUndocumented(String method, String target) {
    return new Reply(exchange(method, target, null));
  }

  /** Asks for what no document has. */
  Reply sendAstray(String method, String target) {
    WireExchange exchange = exchange(method, target, null);
    WireExchange documented = exchange.at(Dialects.documented(exchange.path()));
    dialects.of(documented.path()).checkUnrouted(documented);
    return new Reply(exchange);
  }

  private WireExchange exchange(String method, String target, byte @Nullable [] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + target))
            .timeout(LIMIT)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::setHeader);
    if (body != null && !headers.containsKey("Content-Type")) {
      request.setHeader("Content-Type", "application/json");
    }
    try {
      HttpResponse<byte[]> response =
          CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      WireExchange exchange = WireExchange.of(response);
      return body == null ? exchange : exchange.sending(Buffer.buffer(body));
    } catch (IOException e) {
      throw new AssertionError(method + " " + target + " was not answered", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
