package dev.curfew.alert;

import dev.curfew.auth.Principal;
import dev.curfew.auth.RateLimiter;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetSocket;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The event-bus bridge: events for clients of Vert.x's own bridges, by SockJS and by TCP. It speaks
 * their frames and touches no event bus: what is registered is a {@link Subscription} of the log,
 * local to the connection's event loop, and there are no addresses but those of {@link
 * BridgeAddress}.
 */
public final class EventBridge {
  /** Registrations of one connection. */
  static final int MOST_REGISTRATIONS = 100;

  /** Longest frame, in bytes. */
  static final int LONGEST_FRAME = ClientFrames.LONGEST;

  private static final int REFUSALS = 100;
  private static final Duration REFUSALS_IN = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final AlertHub hub;
  private final EventFeed feed;
  private final BridgeAddresses addresses;
  private final CallerAuthentication callers;
  private final RateLimiter refusals = new RateLimiter(REFUSALS, REFUSALS_IN);
  private final Set<BridgeConnection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger registrations = new AtomicInteger();

  public EventBridge(
      Vertx vertx,
      AlertHub hub,
      EventFeed feed,
      BridgeAddresses addresses,
      CallerAuthentication callers) {
    this.vertx = vertx;
    this.hub = hub;
    this.feed = feed;
    this.addresses = addresses;
    this.callers = callers;
  }

  /** Serves SockJS at {@code /eventbus} on an event loop's router. */
  public void mount(Router router) {
    SockJsTransport.mount(vertx, router, this::accept);
  }

  private void accept(SockJSSocket socket) {
    HttpServerRequest request = socket.routingContext().request();
    SockJsTransport.open(
        socket,
        transport ->
            new BridgeConnection(
                this,
                vertx,
                transport,
                credential ->
                    credential == null
                        ? callers.authenticate(request)
                        : callers.authenticate(credential, callers.address(request))));
  }

  /** Serves a connection of the TCP listener; on the socket's event loop. */
  public void accept(NetSocket socket) {
    String address = socket.remoteAddress().hostAddress();
    TcpTransport.open(
        socket,
        transport ->
            new BridgeConnection(
                this,
                vertx,
                transport,
                credential -> authenticate(credential, address == null ? "" : address)));
  }

  private Future<Principal> authenticate(@Nullable String credential, String address) {
    return credential == null
        ? Future.failedFuture(
            CurfewException.of(
                ErrorCode.UNAUTHENTICATED,
                "A credential is required in headers: Authorization with Bearer, or X-API-Key"))
        : callers.authenticate(credential, address);
  }

  AlertHub hub() {
    return hub;
  }

  EventFeed feed() {
    return feed;
  }

  BridgeAddresses addresses() {
    return addresses;
  }

  /** Whether a connection whose frame was refused may send others. */
  boolean toleratesAnotherRefusal(BridgeConnection connection) {
    return refusals.take(connection) >= 0;
  }

  void opened(BridgeConnection connection) {
    connections.add(connection);
  }

  void closed(BridgeConnection connection) {
    connections.remove(connection);
  }

  /**
   * Closes all connections with the reason that the node stops, those too that have registered
   * nothing. To be done after the hub's farewell, which lets no other begin.
   */
  public void farewell() {
    connections.forEach(BridgeConnection::goAway);
  }

  void registrationBegan() {
    registrations.incrementAndGet();
  }

  void registrationEnded() {
    registrations.decrementAndGet();
  }

  /** How many clients are connected. */
  public int connections() {
    return connections.size();
  }

  /** How many addresses they have registered. */
  public int registrations() {
    return registrations.get();
  }
}
