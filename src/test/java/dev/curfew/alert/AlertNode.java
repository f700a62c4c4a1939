package dev.curfew.alert;

import dev.curfew.api.Answer;
import dev.curfew.api.ApiRoute;
import dev.curfew.api.BridgeVerticle;
import dev.curfew.api.Departure;
import dev.curfew.api.Dialect;
import dev.curfew.api.ErrorShape;
import dev.curfew.api.Frontend;
import dev.curfew.api.HttpVerticle;
import dev.curfew.api.Need;
import dev.curfew.api.PlainErrors;
import dev.curfew.auth.Authenticator;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.auth.Strangers;
import dev.curfew.bus.Bus;
import dev.curfew.bus.CredentialsChanged;
import dev.curfew.bus.EventsCommitted;
import dev.curfew.bus.Routes;
import dev.curfew.config.CurfewConfig;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.session.Tier;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.store.EventStore;
import dev.curfew.store.RealmStore;
import dev.curfew.store.SessionQueries;
import dev.curfew.testing.Await;
import dev.curfew.testing.BridgeClient;
import dev.curfew.testing.TestCertificate;
import dev.curfew.testing.TestStore;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A node that tells events: its hub, and the HTTP listener in front of it on two event loops. */
public final class AlertNode implements AutoCloseable {
  /** Credentials by key, as long as they are good. */
  public static final class Keys implements Authenticator {
    private final Map<String, Principal> principals = new ConcurrentHashMap<>();

    public String add(Principal principal) {
      String key = "key-" + UUID.randomUUID();
      principals.put(key, principal);
      return key;
    }

    void change(String key, Principal principal) {
      principals.put(key, principal);
    }

    void revoke(String key) {
      principals.remove(key);
    }

    @Override
    public Future<Principal> of(String key) {
      Principal principal = principals.get(key);
      return principal == null
          ? Future.failedFuture(CurfewException.of(ErrorCode.UNAUTHENTICATED, "Unknown key"))
          : Future.succeededFuture(principal);
    }
  }

  /** The stream, as the administration's dialect has it. */
  private record Streams(EventStreams streams) implements Dialect {
    @Override
    public String name() {
      return "streams";
    }

    @Override
    public List<String> basePaths() {
      return List.of("/api/v1");
    }

    @Override
    public ErrorShape errors() {
      return PlainErrors.SHAPE;
    }

    @Override
    public List<ApiRoute> routes() {
      return List.of(
          ApiRoute.get(
              "/api/v1/events/stream",
              Need.scope(Scope.SESSIONS_READ, Scope.AUDIT_READ, Scope.ADMIN),
              exchange ->
                  streams
                      .open(
                          exchange.context(),
                          EventQuery.live(exchange::query),
                          exchange.principal(),
                          exchange::authenticate)
                      .map(begun -> Answer.WRITTEN)));
    }
  }

  private final TestStore store;
  private final Bus bus;
  private final EventFeed feed;
  private final AlertHub hub;
  private final String hubId;
  private final EventBridge bridge;
  private final Frontend frontend;
  private final int port;
  private final int bridgePort;

  public AlertNode(TestStore store, Keys keys, AlertHub.Options options) {
    this.store = store;
    this.bus = new Bus(store.vertx());
    EventStore events = new EventStore(store.database());
    this.feed = new EventFeed(events, new RealmStore(store.database()));
    this.hub = new AlertHub(events, bus, System::currentTimeMillis, options);
    this.hubId = Await.result(store.vertx().deployVerticle(hub));
    Frontend frontend = new Frontend(keys, principal -> true, Strangers.perSecond(0), List.of());
    this.bridge =
        new EventBridge(
            store.vertx(),
            hub,
            feed,
            new BridgeAddresses(
                events, new SessionQueries(store.database()), new RealmStore(store.database())),
            frontend);
    this.port = freePort();
    this.frontend = frontend;
    listen(
        new CurfewConfig.Http("127.0.0.1", port, List.of(), Duration.ZERO),
        CurfewConfig.defaults().tls());
    AtomicInteger bound = new AtomicInteger();
    Await.result(
        store
            .vertx()
            .deployVerticle(
                () ->
                    new BridgeVerticle(
                        CurfewConfig.of(Map.of("bridge.port", "0")), bridge, bound::set),
                new DeploymentOptions().setInstances(2)));
    this.bridgePort = bound.get();
  }

  private int listen(CurfewConfig.Http settings, CurfewConfig.Tls tls) {
    AtomicInteger bound = new AtomicInteger();
    Await.result(
        store
            .vertx()
            .deployVerticle(
                () ->
                    new HttpVerticle(
                        settings,
                        tls,
                        frontend,
                        List.of(new Streams(new EventStreams(feed, hub))),
                        router -> {
                          AlertRoutes.mount(router, frontend::authenticate, feed, hub);
                          bridge.mount(router);
                        },
                        new Departure(),
                        bound::set),
                new DeploymentOptions().setInstances(2)));
    return bound.get();
  }

  /** Listens with TLS, too; where. */
  int listenSecurely(Path directory) throws Exception {
    Path certificate = directory.resolve("tls.crt");
    Path key = directory.resolve("tls.key");
    TestCertificate.make("EC", 256, certificate, key);
    return listen(
        new CurfewConfig.Http("127.0.0.1", 0, List.of(), Duration.ZERO),
        new CurfewConfig.Tls(Optional.of(certificate), Optional.of(key), Duration.ofMinutes(1)));
  }

  private static int freePort() {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Principal principal(int userId, int realmId, Role role, Scope... scopes) {
    return new Principal(
        userId,
        new UUID(7, userId),
        "user" + userId,
        realmId,
        "realm" + realmId,
        Tier.ENTERPRISE,
        Set.of(role),
        Set.of(scopes),
        UUID.randomUUID());
  }

  public int port() {
    return port;
  }

  EventBridge bridge() {
    return bridge;
  }

  BridgeClient.Ports ports() {
    return new BridgeClient.Ports(port, bridgePort);
  }

  EventFeed feed() {
    return feed;
  }

  public AlertHub hub() {
    return hub;
  }

  public DatabaseEndpoint endpoint() {
    return store.endpoint();
  }

  public void nudge() {
    bus.publish(Routes.EVENTS_COMMITTED, EventsCommitted.INSTANCE);
  }

  void credentialsChanged() {
    bus.publish(Routes.CREDENTIALS_CHANGED, CredentialsChanged.INSTANCE);
  }

  /** Says goodbye to the connections, as a node does first when it stops. */
  void stopHub() {
    Await.result(store.vertx().undeploy(hubId));
  }

  @Override
  public void close() {
    if (store.vertx().deploymentIDs().contains(hubId)) {
      stopHub();
    }
    store.close();
  }
}
