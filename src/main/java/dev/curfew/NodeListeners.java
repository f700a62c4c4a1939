package dev.curfew;

import dev.curfew.alert.AlertHub;
import dev.curfew.alert.AlertRoutes;
import dev.curfew.alert.EventBridge;
import dev.curfew.alert.EventFeed;
import dev.curfew.api.ApiRoute;
import dev.curfew.api.BridgeVerticle;
import dev.curfew.api.Departure;
import dev.curfew.api.Dialect;
import dev.curfew.api.DocsPages;
import dev.curfew.api.Frontend;
import dev.curfew.api.Gateway;
import dev.curfew.api.HttpVerticle;
import dev.curfew.api.NodePages;
import dev.curfew.api.access.AccessDialect;
import dev.curfew.api.admin.AdminDialect;
import dev.curfew.api.am.AmDialect;
import dev.curfew.api.console.ConsoleDialect;
import dev.curfew.api.events.EventsDialect;
import dev.curfew.api.pra.PraDialect;
import dev.curfew.api.pra.TokenDialect;
import dev.curfew.api.psm.PsmDialect;
import dev.curfew.api.ssf.SsfDialect;
import dev.curfew.config.CurfewConfig;
import dev.curfew.config.NodeRole;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node listens with, by its roles, and how it stops to without cutting anybody off: {@link
 * #leaving} as soon as it is known, then whatever needs the listeners still, then {@link #drain}.
 *
 * <p>Every node answers for its health. With role {@code api} it speaks all dialects and tells
 * events by WebSocket and as a stream; with role {@code alerts} there is the event-bus bridge.
 */
final class NodeListeners {
  private static final Logger LOG = LoggerFactory.getLogger(NodeListeners.class);

  /**
   * How long clients have to see that they are asked to let go of their connections. A request that
   * is on its way when its connection is closed is lost, so nobody may be about to use it.
   */
  private static final Duration QUIET = Duration.ofMillis(500);

  private final Vertx vertx;
  private final CurfewConfig config;
  private final int eventLoops;
  private final Departure departure;
  private final Deque<String> deployments = new ArrayDeque<>();
  private List<ApiRoute> routes = List.of();
  private Farewell farewell = Future::succeededFuture;
  private long announcedAt;
  private int httpPort;
  private int bridgePort;

  /** Ends what is told to others as long as they listen. */
  private interface Farewell {
    Future<?> say();
  }

  /**
   * @param eventLoops how many of them answer
   */
  NodeListeners(Vertx vertx, CurfewConfig config, int eventLoops, Departure departure) {
    this.vertx = vertx;
    this.config = config;
    this.eventLoops = eventLoops;
    this.departure = departure;
  }

  /** Listens with all that the node's roles ask for. */
  Future<Void> open(
      Gateway gateway,
      Frontend frontend,
      EventFeed feed,
      AlertHub hub,
      EventBridge bridge,
      NodePages pages) {
    Set<NodeRole> roles = config.node().roles();
    farewell = () -> hub.farewell().onComplete(told -> bridge.farewell());
    return listenHttp(gateway, frontend, feed, hub, bridge, pages)
        .compose(
            listening ->
                roles.contains(NodeRole.ALERTS) ? listenBridge(bridge) : Future.succeededFuture());
  }

  private Future<Void> listenHttp(
      Gateway gateway,
      Frontend frontend,
      EventFeed feed,
      AlertHub hub,
      EventBridge bridge,
      NodePages pages) {
    boolean answers = config.node().roles().contains(NodeRole.API);
    List<Dialect> dialects = answers ? withDocuments(answering(gateway), pages) : List.of(pages);
    routes = dialects.stream().flatMap(dialect -> dialect.routes().stream()).toList();
    AtomicInteger port = new AtomicInteger();
    return vertx
        .deployVerticle(
            () ->
                new HttpVerticle(
                    config.http(),
                    config.tls(),
                    frontend,
                    dialects,
                    router -> {
                      if (answers) {
                        AlertRoutes.mount(router, frontend::authenticate, feed, hub);
                        if (config.node().roles().contains(NodeRole.ALERTS)) {
                          bridge.mount(router);
                        }
                      }
                    },
                    departure,
                    port::set),
            new DeploymentOptions().setInstances(eventLoops))
        .map(
            id -> {
              deployments.push(id);
              httpPort = port.get();
              LOG.info("Listening on {}{}", url(), answers ? "" : ", for health and metrics only");
              return null;
            });
  }

  /** The dialects whose calls never cease come first. */
  private static List<Dialect> answering(Gateway gateway) {
    return List.of(
        new PsmDialect(gateway),
        new AmDialect(gateway),
        new PraDialect(gateway),
        new TokenDialect(gateway),
        new ConsoleDialect(gateway),
        new EventsDialect(gateway),
        new AccessDialect(gateway),
        new AdminDialect(gateway),
        new SsfDialect(gateway));
  }

  private static List<Dialect> withDocuments(List<Dialect> answering, NodePages pages) {
    List<Dialect> dialects = new ArrayList<>(answering);
    dialects.add(pages);
    dialects.add(new DocsPages(answering.stream().map(Dialect::name).distinct().toList()));
    return dialects;
  }

  private Future<Void> listenBridge(EventBridge bridge) {
    AtomicInteger port = new AtomicInteger();
    return vertx
        .deployVerticle(
            () -> new BridgeVerticle(config, bridge, port::set),
            new DeploymentOptions().setInstances(eventLoops))
        .map(
            id -> {
              deployments.push(id);
              bridgePort = port.get();
              LOG.info("Event-bus bridge on {}:{}", config.http().host(), bridgePort);
              return null;
            });
  }

  /** Where the node listens. */
  String url() {
    return (config.tls().enabled() ? "https://" : "http://")
        + config.http().host()
        + ":"
        + httpPort;
  }

  /** The port of the TCP event-bus bridge; 0 when this node has none. */
  int bridgePort() {
    return bridgePort;
  }

  /** Every route of every dialect that is spoken here, and what it needs. */
  List<ApiRoute> routes() {
    return routes;
  }

  /** Asks clients to let go of their connections; all is still answered. */
  void leaving() {
    if (!departure.announced()) {
      announcedAt = System.nanoTime();
      departure.announce();
    }
  }

  /**
   * Goes on for {@code http.leave-delay} after {@link #leaving}, then ends what waits and what
   * streams, takes no new connections, answers what has been asked and closes. Never fails.
   */
  Future<Void> drain() {
    leaving();
    return untilAnnouncedFor(config.http().leaveDelay())
        .compose(
            delayed -> {
              departure.endWaits();
              return farewell.say();
            })
        .eventually(() -> Future.any(departure.deserted(), untilAnnouncedFor(QUIET)))
        .eventually(this::close)
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  private Future<Void> untilAnnouncedFor(Duration time) {
    long left = time.toMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - announcedAt);
    if (left <= 0 || deployments.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> over = Promise.promise();
    vertx.setTimer(left, timer -> over.complete());
    return over.future();
  }

  private Future<Void> close() {
    Future<Void> closed = Future.succeededFuture();
    while (!deployments.isEmpty()) {
      String id = deployments.pop();
      closed = closed.eventually(() -> vertx.undeploy(id));
    }
    return closed;
  }
}
