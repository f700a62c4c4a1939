package dev.curfew.client;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Calls a node's HTTP API with an API key. Blocking. */
public final class ApiClient {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HttpClient http;
  private final String base;
  private final String key;

  /**
   * @param url where the node listens, such as {@code http://127.0.0.1:8080}
   */
  public ApiClient(String url, String key) {
    this(url, key, builder().build());
  }

  private ApiClient(String url, String key, HttpClient http) {
    this.http = http;
    this.base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    this.key = key;
  }

  /**
   * A client that trusts the certificates of a PEM file, and no others.
   *
   * @throws ApiFailure when the file cannot be used
   */
  public static ApiClient trusting(Path certificates, String url, String key) {
    return new ApiClient(
        url, key, builder().sslContext(TrustedCertificates.of(certificates)).build());
  }

  private static HttpClient.Builder builder() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(5));
  }

  public JsonObject get(String path) {
    return object(call("GET", path, null));
  }

  public JsonArray getArray(String path) {
    return call("GET", path, null) instanceof JsonArray array ? array : new JsonArray();
  }

  public JsonObject post(String path, JsonObject body) {
    return object(call("POST", path, body));
  }

  public JsonObject put(String path, JsonObject body) {
    return object(call("PUT", path, body));
  }

  /** What the answer says; empty when it has no body. */
  public JsonObject delete(String path) {
    return object(call("DELETE", path, null));
  }

  /** Saves what a path answers. */
  public void download(String path, Path to) {
    HttpResponse<Path> response =
        send(request(path).GET().build(), HttpResponse.BodyHandlers.ofFile(to));
    if (response.statusCode() != 200) {
      throw new ApiFailure(response.statusCode(), path + " answered " + response.statusCode());
    }
  }

  /** Listens to the alerts from now on. */
  public AlertStream alerts(String query) {
    return AlertStream.open(
        http, URI.create(base.replaceFirst("^http", "ws") + "/api/v1/alerts" + query), key);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .timeout(PATIENCE)
        .header("X-API-Key", key);
  }

  private Object call(String method, String path, @Nullable JsonObject body) {
    HttpRequest.BodyPublisher publisher =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofByteArray(body.toBuffer().getBytes());
    HttpResponse<byte[]> response =
        send(
            request(path)
                .method(method, publisher)
                .header("Content-Type", "application/json")
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    Object answer = decoded(response.body());
    if (response.statusCode() >= 400) {
      throw new ApiFailure(
          response.statusCode(),
          method + " " + path + ": " + response.statusCode() + ", " + reason(answer));
    }
    return answer;
  }

  private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    try {
      return http.send(request, handler);
    } catch (IOException e) {
      throw new ApiFailure(
          0, "No answer from " + base + ": " + (e.getMessage() == null ? e : e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiFailure(0, "Interrupted");
    }
  }

  private static Object decoded(byte[] body) {
    if (body.length == 0) {
      return new JsonObject();
    }
    try {
      return Json.decodeValue(Buffer.buffer(body));
    } catch (DecodeException notJson) {
      return new JsonObject();
    }
  }

  private static JsonObject object(Object answer) {
    return answer instanceof JsonObject object ? object : new JsonObject();
  }

  /** The sentence of an error, whichever dialect it is of. */
  private static String reason(Object answer) {
    JsonObject error = object(answer);
    Object message = error.getValue("message", error.getValue("Content"));
    return message == null ? "no reason given" : message.toString();
  }
}
