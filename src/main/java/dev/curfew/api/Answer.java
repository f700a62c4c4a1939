package dev.curfew.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a route answers.
 *
 * @param body null for none
 */
public record Answer(
    int status, @Nullable String contentType, @Nullable Buffer body, Map<String, String> headers) {
  static final String JSON = "application/json";

  /** The operation has written, or will write, the response itself. */
  public static final Answer WRITTEN = new Answer(0, null, null, Map.of());

  public static Answer json(int status, JsonObject body) {
    return new Answer(status, JSON, JsonText.of(body), Map.of());
  }

  public static Answer json(int status, JsonArray body) {
    return new Answer(status, JSON, JsonText.of(body), Map.of());
  }

  /** A body that is JSON already. */
  public static Answer json(int status, Buffer body) {
    return new Answer(status, JSON, body, Map.of());
  }

  public static Answer ok(JsonObject body) {
    return json(200, body);
  }

  public static Answer ok(JsonArray body) {
    return json(200, body);
  }

  public static Answer created(JsonObject body) {
    return json(201, body);
  }

  public static Answer empty(int status) {
    return new Answer(status, null, null, Map.of());
  }

  public static Answer of(int status, String contentType, Buffer body) {
    return new Answer(status, contentType, body, Map.of());
  }

  public Answer with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Answer(status, contentType, body, more);
  }
}
