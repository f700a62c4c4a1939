package dev.curfew.outbound;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Calls customers' addresses. Connections are kept and used again, a few for each target; a target
 * that hangs holds up its own callers only. May be used from any thread and blocks none.
 */
public final class OutboundClient {
  /** Time for the whole of a call, from the lookup of the name to the end of the answer. */
  public static final Duration TIMEOUT = Duration.ofSeconds(15);

  /** The most of an answer that is read: bytes. */
  public static final int LONGEST_ANSWER = 64 * 1024;

  private static final int CONNECTIONS_PER_TARGET = 8;
  private static final int MOST_WAITING_PER_TARGET = 1_000;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration KEPT_IDLE = Duration.ofSeconds(30);

  /** Addresses that are tried, where the first ones cannot be connected to. */
  private static final int MOST_ADDRESSES = 3;

  private final Vertx vertx;
  private final TargetGuard guard;
  private final HttpClient http;
  private final Duration timeout;

  private OutboundClient(Vertx vertx, TargetGuard guard, HttpClient http, Duration timeout) {
    this.vertx = vertx;
    this.guard = guard;
    this.http = http;
    this.timeout = timeout;
  }

  /** A client that trusts the certificate authorities of the JDK. */
  public static OutboundClient open(Vertx vertx, TargetGuard guard) {
    return open(vertx, guard, new HttpClientOptions(), TIMEOUT);
  }

  /**
   * A client whose callers see to it by themselves that they are not too many at once.
   *
   * @param timeout for the whole of a call, in place of {@link #TIMEOUT}
   * @param connectionsPerTarget how many calls of one target may be under way
   */
  public static OutboundClient open(
      Vertx vertx, TargetGuard guard, Duration timeout, int connectionsPerTarget) {
    return open(vertx, guard, new HttpClientOptions(), timeout, connectionsPerTarget);
  }

  static OutboundClient open(
      Vertx vertx, TargetGuard guard, HttpClientOptions options, Duration timeout) {
    return open(vertx, guard, options, timeout, CONNECTIONS_PER_TARGET);
  }

  private static OutboundClient open(
      Vertx vertx,
      TargetGuard guard,
      HttpClientOptions options,
      Duration timeout,
      int connectionsPerTarget) {
    HttpClient http =
        vertx.createHttpClient(
            options
                .setConnectTimeout((int) CONNECT_TIMEOUT.toMillis())
                .setKeepAliveTimeout((int) KEPT_IDLE.toSeconds()),
            new PoolOptions()
                .setHttp1MaxSize(connectionsPerTarget)
                .setMaxWaitQueueSize(MOST_WAITING_PER_TARGET));
    return new OutboundClient(vertx, guard, http, timeout);
  }

  /** The guard that every call passes. */
  public TargetGuard guard() {
    return guard;
  }

  /** Posts a body with these headers; see {@link #send}. */
  public Future<OutboundAnswer> post(URI url, Map<String, String> headers, Buffer body) {
    Map<String, List<String>> lists = new HashMap<>();
    headers.forEach((name, value) -> lists.put(name, List.of(value)));
    return send(new OutboundRequest(HttpMethod.POST, url, lists, body));
  }

  /**
   * Makes a call.
   *
   * @return what the target answered, whatever its status. Fails with FORBIDDEN when the target may
   *     not be called, and with UNAVAILABLE when it cannot be reached or does not answer in time:
   *     it may then have done what it was asked, or not
   */
  public Future<OutboundAnswer> send(OutboundRequest request) {
    Call call = new Call(request);
    long timer = vertx.setTimer(timeout.toMillis(), late -> call.giveUp());
    guard
        .resolve(request.url())
        .compose(call::connect)
        .onSuccess(call.answer::tryComplete)
        .onFailure(call.answer::tryFail);
    return call.answer.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  /** Closes all connections. */
  public Future<Void> close() {
    return http.close();
  }

  /** One call under way. */
  private final class Call {
    final Promise<OutboundAnswer> answer = Promise.promise();
    private final OutboundRequest request;
    private final AtomicReference<HttpClientRequest> sent = new AtomicReference<>();

    Call(OutboundRequest request) {
      this.request = request;
    }

    void giveUp() {
      answer.tryFail(unavailable("did not answer within " + timeout.toSeconds() + " s"));
      HttpClientRequest open = sent.get();
      if (open != null) {
        open.reset();
      }
    }

    Future<OutboundAnswer> connect(Target target) {
      return connect(target, 0)
          .recover(failure -> Future.failedFuture(unavailable(reason(failure))))
          .compose(this::exchange);
    }

    private Future<HttpClientRequest> connect(Target target, int attempt) {
      return http.request(options(target, target.addresses().get(attempt)))
          .recover(
              failure ->
                  attempt + 1 < Math.min(MOST_ADDRESSES, target.addresses().size())
                      ? connect(target, attempt + 1)
                      : Future.failedFuture(failure));
    }

    /** The address decides where the connection goes; the name stands in Host and in TLS. */
    private RequestOptions options(Target target, InetAddress address) {
      RequestOptions options =
          new RequestOptions()
              .setMethod(request.method())
              .setSsl(target.secure())
              .setHost(target.host())
              .setPort(target.port())
              .setServer(SocketAddress.inetSocketAddress(target.port(), address.getHostAddress()))
              .setURI(target.requestUri())
              .setFollowRedirects(false);
      request
          .headers()
          .forEach((name, values) -> options.putHeader(name, List.<CharSequence>copyOf(values)));
      return options;
    }

    private Future<OutboundAnswer> exchange(HttpClientRequest open) {
      sent.set(open);
      if (answer.future().isComplete()) {
        // Too late: nothing is sent any more.
        open.reset();
        return answer.future();
      }
      return open.send(request.body())
          .compose(response -> read(open, response))
          .recover(failure -> Future.failedFuture(unavailable(reason(failure))));
    }

    private static Future<OutboundAnswer> read(
        HttpClientRequest open, HttpClientResponse response) {
      Promise<OutboundAnswer> read = Promise.promise();
      Buffer body = Buffer.buffer();
      response.handler(
          part -> {
            int room = LONGEST_ANSWER - body.length();
            if (part.length() <= room) {
              body.appendBuffer(part);
            } else if (!read.future().isComplete()) {
              body.appendBuffer(part, 0, room);
              read.complete(answer(response, body, false));
              open.reset();
            }
          });
      response.exceptionHandler(read::tryFail);
      response.endHandler(end -> read.tryComplete(answer(response, body, true)));
      return read.future();
    }

    private static OutboundAnswer answer(HttpClientResponse response, Buffer body, boolean whole) {
      return new OutboundAnswer(response.statusCode(), response.headers(), body, whole);
    }

    private CurfewException unavailable(String what) {
      return CurfewException.of(ErrorCode.UNAVAILABLE, Target.host(request.url()) + " " + what);
    }

    /** Short, without the addresses and paths that messages of libraries carry. */
    private static String reason(Throwable failure) {
      return "could not be called (" + failure.getClass().getSimpleName() + ")";
    }
  }
}
