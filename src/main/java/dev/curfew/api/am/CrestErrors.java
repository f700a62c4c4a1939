package dev.curfew.api.am;

import dev.curfew.api.Answer;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.json.JsonObject;

/** The dialect's refusals: {@code {"code":403,"reason":"Forbidden","message":"Forbidden"}}. */
final class CrestErrors {
  private CrestErrors() {}

  /**
   * A failure in the dialect's shape. What a caller may not do is told in one word, whoever found
   * it out.
   */
  static Answer of(CurfewException failure) {
    int status = failure.code().httpStatus();
    boolean forbidden = failure.code().category() == ErrorCode.Category.FORBIDDEN;
    return of(status, forbidden ? forbidden().getMessage() : failure.getMessage());
  }

  static Answer of(int status, String message) {
    return Answer.json(
        status,
        new JsonObject()
            .put("code", status)
            .put("reason", HttpResponseStatus.valueOf(status).reasonPhrase())
            .put("message", message));
  }

  /** The caller's token is missing or dead. */
  static CurfewException accessDenied() {
    return CurfewException.of(ErrorCode.UNAUTHENTICATED, "Access Denied");
  }

  static CurfewException forbidden() {
    return CurfewException.of(ErrorCode.FORBIDDEN, "Forbidden");
  }

  static CurfewException badRequest(String message) {
    return CurfewException.of(ErrorCode.INVALID_FIELD, message);
  }

  /** HTTP has no better word for what this dialect does not do. */
  static Answer notImplemented(String message) {
    return of(501, message);
  }
}
