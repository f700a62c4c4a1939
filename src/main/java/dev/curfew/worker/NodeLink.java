package dev.curfew.worker;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to a node: one call, one answer. Whatever is not a success fails with {@link
 * CurfewException}, by its status:
 *
 * <ul>
 *   <li>UNAVAILABLE for no answer, one that broke off, and 5xx; RATE_LIMITED for 429; both with
 *       {@code Retry-After} where the node names one. A 500 is a defect and may be one for good: it
 *       is asked again a few times here and is INTERNAL then;
 *   <li>UNAUTHENTICATED 401, FORBIDDEN 403, NOT_FOUND 404, NOT_OWNER 409;
 *   <li>UNPROCESSABLE for everything else.
 * </ul>
 *
 * Used on one event loop.
 */
final class NodeLink {
  private static final Logger LOG = LoggerFactory.getLogger(NodeLink.class);

  /** How long a call that brings little may take. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int CONNECT_MILLIS = 5_000;
  private static final int TRIES_OF_DEFECTS = 4;
  private static final long PAUSE_MILLIS = 250;

  private static final Map<Integer, ErrorCode> CODES =
      Map.of(
          401, ErrorCode.UNAUTHENTICATED,
          403, ErrorCode.FORBIDDEN,
          404, ErrorCode.NOT_FOUND,
          409, ErrorCode.NOT_OWNER,
          500, ErrorCode.INTERNAL);

  private final Vertx vertx;
  private final NodeAddress address;
  private final HttpClient http;

  /**
   * @param connections how many calls may be under way at once
   */
  NodeLink(Vertx vertx, NodeAddress address, int connections) {
    this.vertx = vertx;
    this.address = address;
    HttpClientOptions options =
        new HttpClientOptions()
            .setDefaultHost(address.host())
            .setDefaultPort(address.port())
            .setSsl(address.tls())
            .setConnectTimeout(CONNECT_MILLIS);
    Path certificates = address.certificates();
    if (certificates != null) {
      options.setTrustOptions(new PemTrustOptions().addCertPath(certificates.toString()));
    }
    this.http = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(connections));
  }

  Future<Void> close() {
    return http.close();
  }

  /** A call that may be given up while it waits for its answer. */
  static final class Call {
    private final Promise<JsonObject> answer = Promise.promise();
    private @Nullable HttpClientRequest request;
    private boolean cancelled;

    Future<JsonObject> answer() {
      return answer.future();
    }

    /** Breaks the connection; the answer then fails with UNAVAILABLE unless it is there already. */
    void cancel() {
      cancelled = true;
      if (request != null) {
        request.reset();
      }
    }
  }

  Future<JsonObject> get(String path) {
    return retried(
        () -> answered(options(HttpMethod.GET, path, PATIENCE), HttpClientRequest::send, null));
  }

  /** Asks with a body and may change something: repeating it must be harmless. */
  Future<JsonObject> send(HttpMethod method, String path, JsonObject body, Duration patience) {
    Buffer bytes = body.toBuffer();
    return retried(() -> answered(json(method, path, patience), to -> to.send(bytes), null));
  }

  /** As {@link #send}, for a call that waits long and may be given up. */
  Call call(String path, JsonObject body, Duration patience) {
    Call call = new Call();
    Buffer bytes = body.toBuffer();
    answered(json(HttpMethod.POST, path, patience), to -> to.send(bytes), call)
        .onComplete(call.answer);
    return call;
  }

  private RequestOptions json(HttpMethod method, String path, Duration patience) {
    return options(method, path, patience).putHeader("Content-Type", "application/json");
  }

  /** A part of what a path answers, whole or not at all. */
  Future<Buffer> fetch(String path, long offset, int length) {
    RequestOptions options =
        options(HttpMethod.GET, path, PATIENCE)
            .putHeader("Range", "bytes=" + offset + "-" + (offset + length - 1));
    return retried(
        () ->
            responded(options, HttpClientRequest::send, null)
                .compose(HttpClientResponse::body)
                .recover(this::explained));
  }

  /**
   * Delivers a file.
   *
   * @param size of the file, in bytes
   * @param patience until the node has received it and answered
   * @param cancelled whether to give up; the answer then fails with UNAVAILABLE
   */
  Future<Void> deliver(
      String path,
      Map<String, String> headers,
      Path file,
      long size,
      Duration patience,
      BooleanSupplier cancelled) {
    RequestOptions options =
        options(HttpMethod.PUT, path, patience)
            .putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(size));
    headers.forEach(options::putHeader);
    return retried(
            () ->
                vertx
                    .fileSystem()
                    .open(file.toString(), new OpenOptions().setRead(true).setWrite(false))
                    .compose(
                        content ->
                            answered(options, to -> stream(content, to, cancelled), null)
                                .eventually(content::close)))
        .mapEmpty();
  }

  private static Future<HttpClientResponse> stream(
      AsyncFile content, HttpClientRequest to, BooleanSupplier cancelled) {
    // What goes wrong is told by the response, too; the file is closed after that.
    to.exceptionHandler(failure -> LOG.debug("A delivery broke off: {}", failure.getMessage()));
    content
        .handler(
            buffer -> {
              if (cancelled.getAsBoolean()) {
                to.reset();
                return;
              }
              to.write(buffer);
              if (to.writeQueueFull()) {
                content.pause();
                to.drainHandler(drained -> content.resume());
              }
            })
        .exceptionHandler(failure -> to.reset())
        .endHandler(end -> to.end());
    return to.response();
  }

  private RequestOptions options(HttpMethod method, String path, Duration patience) {
    return new RequestOptions()
        .setMethod(method)
        .setURI(address.path() + path)
        .setIdleTimeout(patience.toMillis())
        .setConnectTimeout(CONNECT_MILLIS)
        .putHeader("X-API-Key", address.key().reveal())
        .putHeader("Accept", "*/*");
  }

  private Future<JsonObject> answered(
      RequestOptions options,
      Function<HttpClientRequest, Future<HttpClientResponse>> sender,
      @Nullable Call call) {
    return responded(options, sender, call)
        .compose(HttpClientResponse::body)
        .map(NodeLink::decoded)
        .recover(this::explained);
  }

  private Future<HttpClientResponse> responded(
      RequestOptions options,
      Function<HttpClientRequest, Future<HttpClientResponse>> sender,
      @Nullable Call call) {
    return http.request(options)
        .compose(
            request -> {
              if (call != null) {
                call.request = request;
                if (call.cancelled) {
                  request.reset();
                }
              }
              return sender.apply(request);
            })
        .compose(
            response ->
                response.statusCode() < 300
                    ? Future.succeededFuture(response)
                    : response
                        .body()
                        .compose(body -> Future.failedFuture(refusal(options, response, body))));
  }

  private static CurfewException refusal(
      RequestOptions options, HttpClientResponse response, Buffer body) {
    int status = response.statusCode();
    String message =
        options.getMethod() + " " + options.getURI() + ": " + status + ", " + reason(body);
    if (status == 429) {
      return CurfewException.rateLimited(message, retryAfter(response));
    }
    if (status == 400 && body.length() == 0) {
      // No call of the node's answers so: its HTTP server could not make sense of what came over a
      // connection on which something was cut.
      return CurfewException.unavailable(message, Duration.ZERO);
    }
    ErrorCode code = CODES.get(status);
    if (code != null) {
      return CurfewException.of(code, message);
    }
    return status > 500
        ? CurfewException.unavailable(message, retryAfter(response))
        : CurfewException.of(ErrorCode.UNPROCESSABLE, message);
  }

  private static Duration retryAfter(HttpClientResponse response) {
    String header = response.getHeader(HttpHeaders.RETRY_AFTER);
    return header != null && header.matches("\\d{1,6}")
        ? Duration.ofSeconds(Long.parseLong(header))
        : Duration.ZERO;
  }

  private static JsonObject decoded(Buffer body) {
    return body.length() == 0 ? new JsonObject() : new JsonObject(body);
  }

  /** The sentence of an error, whichever dialect it is of. */
  private static String reason(Buffer body) {
    try {
      JsonObject error = decoded(body);
      Object message = error.getValue("message", error.getValue("Content"));
      return message == null ? "no reason given" : message.toString();
    } catch (DecodeException | ClassCastException notJson) {
      return "no reason given";
    }
  }

  private <T> Future<T> explained(Throwable failure) {
    return Future.failedFuture(explanation(failure));
  }

  private CurfewException explanation(Throwable failure) {
    if (failure instanceof CurfewException known) {
      return known;
    }
    if (failure instanceof DecodeException) {
      return CurfewException.of(
          ErrorCode.UNPROCESSABLE, address + " does not answer as a Curfew node does");
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return CurfewException.of(
            ErrorCode.BAD_CONFIGURATION,
            "The certificate of " + address + " cannot be verified: " + cause.getMessage());
      }
    }
    String message = failure.getMessage();
    return CurfewException.of(
        ErrorCode.UNAVAILABLE,
        "No answer from " + address + ": " + (message == null ? failure : message));
  }

  /** One question, however often it is asked. */
  private interface Question<T> {
    Future<T> ask();
  }

  private <T> Future<T> retried(Question<T> question) {
    return retried(question, 1);
  }

  private <T> Future<T> retried(Question<T> question, int tries) {
    return question
        .ask()
        .recover(
            failure -> {
              boolean again =
                  failure instanceof CurfewException known
                      && known.code() == ErrorCode.INTERNAL
                      && tries < TRIES_OF_DEFECTS;
              return again
                  ? vertx
                      .timer(PAUSE_MILLIS << tries, TimeUnit.MILLISECONDS)
                      .compose(passed -> retried(question, tries + 1))
                  : Future.failedFuture(failure);
            });
  }
}
