package dev.curfew.api.am;

import dev.curfew.api.Answer;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.json.JsonObject;

/** The dialect's refusals: {@code {"code":403,"reason":"Forbidden","message":"Forbidden"}}. */
final class CrestErrors {
  private static final String FORBIDDEN = "Forbidden";

  private CrestErrors() {}

  /** A failure in the dialect's shape. */
  static Answer of(CurfewException failure) {
    return of(failure.code().httpStatus(), message(failure));
  }

  /** What a caller may not do is told in one word, whoever found it out. */
  static String message(CurfewException failure) {
    if (failure.code().category() == ErrorCode.Category.FORBIDDEN) {
      return FORBIDDEN;
    }
    return failure.code() == ErrorCode.QUOTA_EXCEEDED
        ? "You have reached your session limit."
        : failure.getMessage();
  }

  static Answer of(int status, String message) {
    return Answer.json(status, body(status, message));
  }

  static JsonObject body(int status, String message) {
    return new JsonObject()
        .put("code", status)
        .put("reason", HttpResponseStatus.valueOf(status).reasonPhrase())
        .put("message", message);
  }

  /** The caller's token is missing or dead. */
  static CurfewException accessDenied() {
    return CurfewException.of(ErrorCode.UNAUTHENTICATED, "Access Denied");
  }

  static CurfewException forbidden() {
    return CurfewException.of(ErrorCode.FORBIDDEN, FORBIDDEN);
  }

  static CurfewException badRequest(String message) {
    return CurfewException.of(ErrorCode.INVALID_FIELD, message);
  }

  /** What this dialect does not do, and the original does not either. */
  static Answer notImplemented(String message) {
    return of(501, message);
  }
}
