package dev.curfew.api;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The error body of the access dialect, which Curfew's own administration and pages share: {@code
 * {"status","error","message","timestamp","path","validationErrors"?}}.
 */
public final class PlainErrors {
  public static final ErrorShape SHAPE = PlainErrors::of;

  private PlainErrors() {}

  /** A refusal that only HTTP itself has a name for. */
  public static Answer of(int status, String message, HttpServerRequest request) {
    return Answer.json(status, body(status, message, request));
  }

  /**
   * A refusal that tells more than a message.
   *
   * @param more fields beside those of every error
   */
  public static Answer of(int status, String message, JsonObject more, HttpServerRequest request) {
    return Answer.json(status, body(status, message, request).mergeIn(more));
  }

  private static JsonObject body(int status, String message, HttpServerRequest request) {
    return new JsonObject()
        .put("status", status)
        .put("error", HttpResponseStatus.valueOf(status).reasonPhrase())
        .put("message", message)
        .put("timestamp", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString())
        .put("path", request.path());
  }

  private static Answer of(CurfewException failure, HttpServerRequest request) {
    int status = failure.code().httpStatus();
    JsonObject body = body(status, failure.getMessage(), request);
    String field = failure.field();
    if (field != null && failure.code() != ErrorCode.MALFORMED_BODY) {
      body.put("validationErrors", new JsonObject().put(field, failure.getMessage()));
    }
    return Answer.json(status, body);
  }
}
