package dev.curfew.api;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/**
 * Reads a request's body up to a limit. What lies beyond the limit is read and thrown away, so that
 * the connection can be used again, unless it is so much that closing is kinder.
 */
final class BodyReader {
  /** Thrown away at most; a client that sends more loses its connection. */
  private static final long DRAINED_AT_MOST = 64L * 1024 * 1024;

  private BodyReader() {}

  /**
   * @return fails with {@link CurfewException} TOO_LARGE once the whole body has been taken off the
   *     connection
   */
  static Future<Buffer> read(HttpServerRequest request, long limit) {
    Promise<Buffer> promise = Promise.promise();
    Collector collector = new Collector(request, limit, promise);
    request.exceptionHandler(
        failure ->
            promise.tryFail(CurfewException.of(ErrorCode.MALFORMED_BODY, "The body was cut off")));
    request.handler(collector::take);
    request.endHandler(ended -> collector.end());
    request.resume();
    return promise.future();
  }

  private static final class Collector {
    private final HttpServerRequest request;
    private final long limit;
    private final Promise<Buffer> promise;
    private Buffer body = Buffer.buffer();
    private long length;

    Collector(HttpServerRequest request, long limit, Promise<Buffer> promise) {
      this.request = request;
      this.limit = limit;
      this.promise = promise;
    }

    void take(Buffer part) {
      length += part.length();
      if (length <= limit) {
        body = body.length() == 0 ? part : body.appendBuffer(part);
      } else {
        body = Buffer.buffer();
        if (length > limit + DRAINED_AT_MOST) {
          request.response().putHeader("Connection", "close");
          promise.tryFail(tooLarge());
        }
      }
    }

    void end() {
      if (length > limit) {
        promise.tryFail(tooLarge());
      } else {
        promise.tryComplete(body);
      }
    }

    private CurfewException tooLarge() {
      return CurfewException.of(
          ErrorCode.TOO_LARGE, "body", "The body is larger than " + limit + " bytes");
    }
  }
}
