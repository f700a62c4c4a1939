package dev.curfew.alert;

import dev.curfew.auth.Principal;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.store.EventFilter;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** The WebSocket of the event log: {@code GET /api/v1/alerts?after=&types=&session=&user=}. */
public final class AlertRoutes {
  private static final String PATH = "/api/v1/alerts";

  /** Says who presents the credential of a request, now or at any time later. */
  @FunctionalInterface
  public interface Authentication {
    Future<Principal> of(HttpServerRequest request);
  }

  private final Authentication authentication;
  private final EventFeed feed;
  private final AlertHub hub;

  private AlertRoutes(Authentication authentication, EventFeed feed, AlertHub hub) {
    this.authentication = authentication;
    this.feed = feed;
    this.hub = hub;
  }

  /**
   * Adds the route. What is refused is refused before the connection becomes a WebSocket, by {@link
   * RoutingContext#fail(Throwable)} with a {@link CurfewException}, for the router's own error
   * handler to answer.
   */
  public static void mount(
      Router router, Authentication authentication, EventFeed feed, AlertHub hub) {
    AlertRoutes routes = new AlertRoutes(authentication, feed, hub);
    router.get(PATH).handler(routes::open);
  }

  private record Admitted(
      Principal principal, EventQuery query, EventFilter filter, LocalConnections here) {}

  private void open(RoutingContext context) {
    HttpServerRequest request = context.request();
    request.pause();
    admit(request)
        .onSuccess(admitted -> upgrade(context, admitted))
        .onFailure(failure -> refuse(context, failure));
  }

  /** Fails the request once it has been read: the router's handlers answer only then. */
  private static void refuse(RoutingContext context, Throwable failure) {
    HttpServerRequest request = context.request();
    if (request.isEnded()) {
      context.fail(failure);
    } else {
      request.end().onComplete(read -> context.fail(failure));
      request.resume();
    }
  }

  private Future<Admitted> admit(HttpServerRequest request) {
    return authentication
        .of(request)
        .compose(
            principal -> {
              requireHandshake(request);
              EventQuery query = query(request);
              return feed.filter(principal, query)
                  .compose(
                      filter ->
                          feed.requireKnown("after", query.after())
                              .compose(known -> hub.here())
                              .map(here -> new Admitted(principal, query, filter, here)));
            });
  }

  private static EventQuery query(HttpServerRequest request) {
    try {
      return EventQuery.live(request::getParam);
    } catch (IllegalArgumentException malformed) {
      throw CurfewException.of(ErrorCode.MALFORMED_BODY, "The query is not well-formed");
    }
  }

  private static void requireHandshake(HttpServerRequest request) {
    String upgrade = request.getHeader(HttpHeaders.UPGRADE);
    if (upgrade == null || !upgrade.equalsIgnoreCase("websocket")) {
      throw CurfewException.of(
          ErrorCode.INVALID_FIELD, "Upgrade", "Upgrade must be websocket: this is a WebSocket");
    }
  }

  private void upgrade(RoutingContext context, Admitted admitted) {
    HttpServerRequest request = context.request();
    request
        .toWebSocket()
        .onSuccess(
            webSocket ->
                AlertSocket.open(
                    admitted.here(),
                    new AlertSocket.Peer(
                        webSocket,
                        () -> ClientConnection.cut(request),
                        new Admission(admitted.principal(), () -> authentication.of(request))),
                    admitted.filter(),
                    admitted.query().after()))
        .onFailure(
            failure -> {
              if (!context.response().ended()) {
                context.fail(
                    CurfewException.causedBy(
                        ErrorCode.MALFORMED_BODY, "Not a WebSocket handshake", failure));
              }
            });
  }
}
