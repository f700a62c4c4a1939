package dev.curfew.api;

import dev.curfew.config.CurfewConfig;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One event loop's share of the HTTP listener. Every instance listens on the same port. */
public final class HttpVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);
  private static final int IDLE_SECONDS = 120;

  /** How long a request may be under way after the listener has closed. */
  private static final int LONGEST_ANSWER_SECONDS = 10;

  /**
   * By which instances share a port that the system chooses; with 0 each would get its own. Every
   * negative number means another port.
   */
  private static final int ANY_PORT = -1;

  /** What is spoken with TLS, the best first. */
  private static final List<String> PROTOCOLS = List.of("h2", "http/1.1");

  private final CurfewConfig.Http settings;
  private final CurfewConfig.Tls tls;
  private final Frontend frontend;
  private final List<Dialect> dialects;
  private final Consumer<Router> extra;
  private final Departure departure;
  private final Consumer<Integer> listening;
  private Future<HttpServer> server = Future.failedFuture("not started");

  /**
   * @param dialects the first that claims a path answers for it
   * @param tls what the listener shows; plain text without
   * @param extra mounts what is not a plain exchange: WebSockets
   * @param departure the node's, announced before this is undeployed
   * @param listening told the port once it is bound
   */
  public HttpVerticle(
      CurfewConfig.Http settings,
      CurfewConfig.Tls tls,
      Frontend frontend,
      List<Dialect> dialects,
      Consumer<Router> extra,
      Departure departure,
      Consumer<Integer> listening) {
    this.settings = settings;
    this.tls = tls;
    this.frontend = frontend;
    this.dialects = List.copyOf(dialects);
    this.extra = extra;
    this.departure = departure;
    this.listening = listening;
  }

  @Override
  public Future<?> start() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(settings.host())
            .setPort(settings.port() == 0 ? ANY_PORT : settings.port())
            .setIdleTimeout(IDLE_SECONDS)
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setHandle100ContinueAutomatically(true)
            // HTTP/2 is for TLS: when Vert.x 5.0.10 is asked for it by an Upgrade of plain text,
            // answers over 64 KiB arrive damaged, and that cannot be switched off alone.
            .setHttp2ClearTextEnabled(false)
            .setMaxWebSocketFrameSize(64 * 1024)
            .setMaxWebSocketMessageSize(64 * 1024)
            // A frame may inflate to a thousand times its size, and each connection would keep
            // some 300 KB for it.
            .setPerMessageWebSocketCompressionSupported(false)
            .setPerFrameWebSocketCompressionSupported(false);
    server = tls.enabled() ? listenWithTls(options) : listen(options);
    return server;
  }

  /** Accepts nothing new, and closes each connection once what it asked for is answered. */
  @Override
  public Future<?> stop() {
    HttpServer listener = server.result();
    return listener == null
        ? Future.succeededFuture()
        : listener.shutdown(LONGEST_ANSWER_SECONDS, TimeUnit.SECONDS);
  }

  private Future<HttpServer> listenWithTls(HttpServerOptions options) {
    return new ListenerCertificate(vertx, tls)
        .serve(
            certificate ->
                listen(options.setSsl(true).setUseAlpn(true).setKeyCertOptions(certificate)),
            (server, next) ->
                server.updateSSLOptions(
                    next.setUseAlpn(true).setApplicationLayerProtocols(PROTOCOLS)));
  }

  private Future<HttpServer> listen(HttpServerOptions options) {
    Router router = router();
    return vertx
        .createHttpServer(options)
        .connectionHandler(departure::opened)
        .requestHandler(
            request -> {
              departure.asked(request);
              router.handle(request);
            })
        .exceptionHandler(failure -> LOG.debug("A connection failed", failure))
        .listen()
        .onSuccess(bound -> listening.accept(bound.actualPort()));
  }

  private Router router() {
    Router router = Router.router(vertx);
    for (Dialect dialect : dialects) {
      Dialect.RouteFinder finder = dialect.finder();
      if (finder != null) {
        router.route().handler(found(dialect, finder));
      } else if (dialect.caseInsensitive()) {
        mountByName(router, dialect);
      } else {
        mountByPath(router, dialect);
      }
    }
    extra.accept(router);
    router.errorHandler(400, context -> fail(context, ErrorCode.MALFORMED_BODY, "Bad request"));
    router.errorHandler(404, context -> fail(context, ErrorCode.NOT_FOUND, "No such path"));
    router.errorHandler(405, this::wrongMethod);
    router.errorHandler(500, context -> unexpected(context));
    return router;
  }

  private void mountByPath(Router router, Dialect dialect) {
    for (ApiRoute route : dialect.routes()) {
      router
          .route(route.method(), route.path())
          .handler(context -> frontend.handle(route, dialect, context));
    }
  }

  private Handler<RoutingContext> found(Dialect dialect, Dialect.RouteFinder finder) {
    return context -> {
      String path = context.request().path();
      Map<HttpMethod, ApiRoute> methods = path == null ? null : finder.at(path);
      if (methods == null) {
        context.next();
        return;
      }
      answer(dialect, methods, context, "The path");
    };
  }

  private void answer(
      Dialect dialect, Map<HttpMethod, ApiRoute> methods, RoutingContext context, String what) {
    ApiRoute route = methods.get(context.request().method());
    if (route != null) {
      frontend.handle(route, dialect, context);
    } else if (methods.isEmpty()) {
      frontend.refuse(context, dialect.errors(), CurfewException.notFound(what));
    } else {
      refuseMethod(context, dialect.errors(), names(methods.keySet()));
    }
  }

  /** Calls that are told apart by the last part of the path alone, whatever its case. */
  private void mountByName(Router router, Dialect dialect) {
    Map<String, Map<HttpMethod, ApiRoute>> byName = new HashMap<>();
    for (ApiRoute route : dialect.routes()) {
      String name = route.path().substring(route.path().lastIndexOf('/') + 1);
      byName
          .computeIfAbsent(name.toLowerCase(Locale.ROOT), none -> new HashMap<>())
          .put(route.method(), route);
    }
    for (String base : dialect.basePaths()) {
      router.route().handler(byName(dialect, byName, base + "/"));
    }
  }

  private Handler<RoutingContext> byName(
      Dialect dialect, Map<String, Map<HttpMethod, ApiRoute>> byName, String base) {
    return context -> {
      String path = context.request().path();
      if (path == null || !path.regionMatches(true, 0, base, 0, base.length())) {
        context.next();
        return;
      }
      String name = path.substring(base.length()).toLowerCase(Locale.ROOT);
      Map<HttpMethod, ApiRoute> methods = byName.getOrDefault(name, Map.of());
      answer(dialect, methods, context, "The call " + name);
    };
  }

  private void wrongMethod(RoutingContext context) {
    String path = context.request().path();
    TreeSet<String> allowed = new TreeSet<>();
    TreeSet<String> literally = new TreeSet<>();
    for (Dialect dialect : dialects) {
      for (ApiRoute route : dialect.routes()) {
        if (path != null && route.covers(path)) {
          allowed.add(route.method().name());
          if (route.path().equals(path)) {
            literally.add(route.method().name());
          }
        }
      }
    }
    if (!literally.isEmpty()) {
      // The path has a name of its own, which only looks like another route's parameter.
      allowed = literally;
    }
    // What is not in a dialect is a WebSocket, whose handshake is a GET.
    refuseMethod(
        context, shapeFor(context), allowed.isEmpty() ? "GET" : String.join(", ", allowed));
  }

  private static String names(Set<HttpMethod> methods) {
    return methods.stream().map(HttpMethod::name).sorted().collect(Collectors.joining(", "));
  }

  private void refuseMethod(RoutingContext context, ErrorShape errors, String allowed) {
    context.response().putHeader(HttpHeaders.ALLOW, allowed);
    frontend.refuse(
        context,
        errors,
        CurfewException.of(
            ErrorCode.METHOD_NOT_ALLOWED,
            context.request().method() + " is not allowed here, only " + allowed));
  }

  private void fail(RoutingContext context, ErrorCode code, String message) {
    frontend.refuse(context, shapeFor(context), CurfewException.of(code, message));
  }

  private void unexpected(RoutingContext context) {
    Throwable failure = context.failure();
    frontend.refuse(
        context,
        shapeFor(context),
        failure == null ? CurfewException.of(ErrorCode.INTERNAL, "Internal error") : failure);
  }

  private ErrorShape shapeFor(RoutingContext context) {
    String path = context.request().path();
    for (Dialect dialect : dialects) {
      for (String base : dialect.basePaths()) {
        if (path != null && path.regionMatches(true, 0, base, 0, base.length())) {
          return dialect.errors();
        }
      }
    }
    return PlainErrors.SHAPE;
  }
}
