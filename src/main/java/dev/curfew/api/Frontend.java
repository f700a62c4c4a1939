package dev.curfew.api;

import dev.curfew.alert.CallerAuthentication;
import dev.curfew.auth.Authenticator;
import dev.curfew.auth.CredentialHeaders;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Strangers;
import dev.curfew.config.CidrBlock;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to every request before and after its operation: authentication, scope, rate limit,
 * body, error shape. Stateless; shared by all event loops.
 */
public final class Frontend implements CallerAuthentication {
  private static final Logger LOG = LoggerFactory.getLogger(Frontend.class);
  private static final int OK = 200;

  // Encoded once: almost every answer has these.
  private static final CharSequence JSON = HttpHeaders.createOptimized(Answer.JSON);
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
  private static final int UNAUTHORIZED = 401;
  private static final List<CharSequence> CONTENT_HEADERS =
      List.of(HttpHeaders.CONTENT_LENGTH, HttpHeaders.CONTENT_RANGE, HttpHeaders.ETAG);

  /** Says whether a principal may ask once more now. */
  @FunctionalInterface
  public interface RateLimit {
    boolean admits(Principal principal);
  }

  private final Authenticator authenticator;
  private final RateLimit rateLimit;
  private final Strangers strangers;
  private final List<CidrBlock> trustedProxies;
  private final Function<HttpServerRequest, Future<Principal>> authentication = this::authenticate;

  public Frontend(
      Authenticator authenticator,
      RateLimit rateLimit,
      Strangers strangers,
      List<CidrBlock> trustedProxies) {
    this.authenticator = authenticator;
    this.rateLimit = rateLimit;
    this.strangers = strangers;
    this.trustedProxies = List.copyOf(trustedProxies);
  }

  /** Answers one request on a route. */
  void handle(ApiRoute route, Dialect dialect, RoutingContext context) {
    HttpServerRequest request = context.request();
    ErrorShape errors = dialect.errors();
    Future<@Nullable Principal> admitted = admit(route.need(), dialect, request);
    if (!admitted.isComplete()) {
      request.pause();
    }
    admitted.onComplete(
        result -> {
          if (result.succeeded()) {
            serve(route, errors, context, result.result());
          } else {
            refuse(context, errors, result.cause(), route.path());
          }
        });
  }

  private Future<@Nullable Principal> admit(Need need, Dialect dialect, HttpServerRequest request) {
    if (need.open()) {
      return Future.succeededFuture(null);
    }
    Future<Principal> authenticated = authenticate(request);
    if (authenticated.succeeded()) {
      try {
        return Future.succeededFuture(allowed(need, dialect, request, authenticated.result()));
      } catch (CurfewException refusal) {
        return Future.failedFuture(refusal);
      }
    }
    return authenticated.map(principal -> allowed(need, dialect, request, principal));
  }

  private Principal allowed(
      Need need, Dialect dialect, HttpServerRequest request, Principal principal) {
    dialect.met(principal, request.response());
    if (!rateLimit.admits(principal)) {
      throw CurfewException.of(ErrorCode.RATE_LIMITED, "Too many requests; try again shortly");
    }
    need.require(principal);
    return principal;
  }

  /** Who presents the credential of this request. */
  @Override
  public Future<Principal> authenticate(HttpServerRequest request) {
    String credential = CredentialHeaders.credential(request::getHeader);
    if (credential == null) {
      return Future.failedFuture(
          CurfewException.of(
              ErrorCode.UNAUTHENTICATED,
              "A credential is required: Authorization: Bearer, or X-API-Key"));
    }
    Future<Principal> remembered = authenticator.remembered(credential);
    return remembered != null
        ? remembered
        : strangers.ask(address(request), () -> authenticator.of(credential));
  }

  @Override
  public Future<Principal> authenticate(String credential, String address) {
    Future<Principal> remembered = authenticator.remembered(credential);
    return remembered != null
        ? remembered
        : strangers.ask(address, () -> authenticator.of(credential));
  }

  @Override
  public String address(HttpServerRequest request) {
    return ClientAddress.of(request, trustedProxies).text();
  }

  private void serve(
      ApiRoute route, ErrorShape errors, RoutingContext context, @Nullable Principal principal) {
    HttpServerRequest request = context.request();
    switch (route.body().form()) {
      case NONE, STREAM -> run(route, errors, context, principal, new JsonObject());
      case JSON_OBJECT, FORM ->
          BodyReader.read(request, route.body().limit())
              .onComplete(
                  read -> {
                    if (read.failed()) {
                      respond(
                          context,
                          errors.of(asCurfew(read.cause(), context, route.path()), request));
                      return;
                    }
                    try {
                      run(route, errors, context, principal, body(route, read.result()));
                    } catch (RuntimeException failure) {
                      // Whatever it is, the caller is answered.
                      respond(
                          context, errors.of(asCurfew(failure, context, route.path()), request));
                    }
                  });
    }
  }

  private static JsonObject body(ApiRoute route, Buffer body) {
    return route.body().form() == BodyRule.Form.FORM
        ? FormText.object(body)
        : JsonText.object(body);
  }

  private void run(
      ApiRoute route,
      ErrorShape errors,
      RoutingContext context,
      @Nullable Principal principal,
      JsonObject body) {
    Exchange exchange = new Exchange(context, principal, body, trustedProxies, authentication);
    Future<Answer> answer =
        route.need().kind() == Need.Kind.OWN
            ? strangers.ask(
                address(context.request()),
                () -> run(route, exchange),
                given -> given.status() == UNAUTHORIZED)
            : run(route, exchange);
    answer.onComplete(
        done -> {
          if (done.succeeded()) {
            respond(context, done.result());
          } else {
            refuse(context, errors, done.cause(), route.path());
          }
        });
  }

  private static Future<Answer> run(ApiRoute route, Exchange exchange) {
    try {
      return route.operation().run(exchange);
    } catch (RuntimeException failure) {
      return Future.failedFuture(failure);
    }
  }

  /** Answers with a failure of something that is no route. */
  void refuse(RoutingContext context, ErrorShape errors, Throwable failure) {
    refuse(context, errors, failure, "(no route)");
  }

  /** Answers with a failure, taking what is left of the body off the connection first. */
  private void refuse(RoutingContext context, ErrorShape errors, Throwable failure, String where) {
    HttpServerRequest request = context.request();
    CurfewException known = asCurfew(failure, context, where);
    Answer answer = errors.of(known, request);
    if (known.retryAfterSeconds() > 0) {
      answer = answer.with("Retry-After", Long.toString(known.retryAfterSeconds()));
    }
    Answer refusal = answer;
    if (request.isEnded()) {
      respond(context, refusal);
      return;
    }
    BodyReader.read(request, 0).onComplete(drained -> respond(context, refusal));
  }

  /**
   * @param where the route, and not the path that was asked for, which may carry a secret
   */
  private static CurfewException asCurfew(Throwable failure, RoutingContext context, String where) {
    if (failure instanceof CurfewException known) {
      if (known.code() == ErrorCode.INTERNAL) {
        LOG.error("{} {}", context.request().method(), where, known);
      }
      return known;
    }
    LOG.error("{} {}", context.request().method(), where, failure);
    return CurfewException.of(ErrorCode.INTERNAL, "Internal error");
  }

  private static void respond(RoutingContext context, Answer answer) {
    HttpServerResponse response = context.response();
    if (answer == Answer.WRITTEN || response.ended() || response.closed()) {
      return;
    }
    if (response.headWritten()) {
      response.reset();
      return;
    }
    if (answer.status() != OK) {
      response.setStatusCode(answer.status());
    }
    if (answer.status() >= 400) {
      // They were those of the content that could not be sent.
      CONTENT_HEADERS.forEach(response.headers()::remove);
    }
    String type = answer.contentType();
    if (type != null) {
      response.putHeader(HttpHeaders.CONTENT_TYPE, type.equals(Answer.JSON) ? JSON : type);
      response.putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
    }
    if (answer.status() == UNAUTHORIZED) {
      response.putHeader("WWW-Authenticate", "Bearer");
    }
    if (answer.status() == 503 || answer.status() == 429) {
      response.putHeader(HttpHeaders.RETRY_AFTER, "1");
    }
    answer.headers().forEach(response::putHeader);
    Buffer body = answer.body();
    if (body == null) {
      response.end();
    } else {
      response.end(body);
    }
  }
}
