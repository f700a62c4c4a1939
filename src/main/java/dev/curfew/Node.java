package dev.curfew;

import dev.curfew.alert.AlertHub;
import dev.curfew.alert.AlertRoutes;
import dev.curfew.alert.EventFeed;
import dev.curfew.api.ApiRoute;
import dev.curfew.api.Dialect;
import dev.curfew.api.DocsPages;
import dev.curfew.api.Frontend;
import dev.curfew.api.Gateway;
import dev.curfew.api.HttpVerticle;
import dev.curfew.api.NodePages;
import dev.curfew.api.access.AccessDialect;
import dev.curfew.api.admin.AdminDialect;
import dev.curfew.api.am.AgentChannel;
import dev.curfew.api.am.AmDialect;
import dev.curfew.api.console.ConsoleDialect;
import dev.curfew.api.events.EventsDialect;
import dev.curfew.api.pra.PraDialect;
import dev.curfew.api.pra.TokenDialect;
import dev.curfew.api.psm.PsmDialect;
import dev.curfew.auth.RateLimiter;
import dev.curfew.auth.SecretBox;
import dev.curfew.auth.Strangers;
import dev.curfew.bus.Bus;
import dev.curfew.claim.ClaimCoordinator;
import dev.curfew.cluster.ClusterClock;
import dev.curfew.config.CurfewConfig;
import dev.curfew.config.NodeRole;
import dev.curfew.config.Secret;
import dev.curfew.delivery.DeliveryEngine;
import dev.curfew.delivery.DeliveryFigures;
import dev.curfew.delivery.WebhookChannel;
import dev.curfew.directory.Bootstrap;
import dev.curfew.directory.Directory;
import dev.curfew.directory.PolicyDefaults;
import dev.curfew.directory.SessionEndings;
import dev.curfew.grant.Grants;
import dev.curfew.outbound.OutboundClient;
import dev.curfew.outbound.TargetGuard;
import dev.curfew.shard.ShardHost;
import dev.curfew.store.ClaimStore;
import dev.curfew.store.Database;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.store.DeliverySweep;
import dev.curfew.store.EventStore;
import dev.curfew.store.LaneLeases;
import dev.curfew.store.LaneQueue;
import dev.curfew.store.SessionStore;
import dev.curfew.store.ThresholdStore;
import dev.curfew.store.WebhookStore;
import dev.curfew.watchdog.Watchdog;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: everything wired together, started in the order of dependence and stopped in the
 * reverse. The database and its directory belong to whoever starts the node.
 */
final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  /** A clock that may be further off than this must not decide when sessions end. */
  private static final long WIDEST_CLOCK_ERROR_MILLIS = 1_000;

  /**
   * One for each processor, half of Vert.x's own number: nothing blocks them, and a call finds its
   * session's shard on its own loop the more often the fewer there are.
   */
  private static final int EVENT_LOOPS = Math.max(2, Runtime.getRuntime().availableProcessors());

  private final CurfewConfig config;
  private final Vertx vertx;
  private final PrometheusMeterRegistry metrics;
  private final Deque<Supplier<Future<?>>> running = new ArrayDeque<>();
  private Optional<Secret> generatedKey = Optional.empty();
  private List<ApiRoute> routes = List.of();
  private volatile boolean installed;
  private int httpPort;

  private Node(CurfewConfig config) {
    this.config = config;
    this.metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    this.vertx =
        Vertx.builder()
            .with(
                new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(EVENT_LOOPS))
            .build();
  }

  /**
   * Starts a node.
   *
   * @return the node once it serves; whatever was started is stopped again when that fails
   */
  static Future<Node> start(CurfewConfig config, DatabaseEndpoint endpoint) {
    Node node = new Node(config);
    Promise<Node> started = Promise.promise();
    node.open(endpoint)
        .onSuccess(opened -> started.complete(node))
        .onFailure(failure -> node.close().onComplete(closed -> started.fail(failure)));
    return started.future();
  }

  private Future<Void> open(DatabaseEndpoint endpoint) {
    return Database.open(vertx, endpoint, config.database().poolSize())
        .compose(
            database -> {
              running.push(database::close);
              return ClusterClock.start(vertx, database).compose(clock -> open(database, clock));
            });
  }

  private Future<Void> open(Database database, ClusterClock clock) {
    running.push(
        () -> {
          clock.close();
          return Future.succeededFuture();
        });
    Bus bus = new Bus(vertx);
    SecretBox secrets = SecretBox.open(config.secrets().key(), config.data().dir());
    PolicyDefaults defaults = PolicyDefaults.of(config.policy().defaults());
    OutboundClient outbound =
        OutboundClient.open(
            vertx, TargetGuard.create(vertx, config.webhooks().allowPrivateTargets()));
    running.push(outbound::close);
    Grants grants = new Grants(vertx, database, bus, outbound, secrets, clock::now);
    Gauge.builder("curfew_grant_removals_stuck", grants, Grants::stuckRemovals)
        .description("Resource rules that could not be removed when this node last tried")
        .register(metrics);
    SessionEndings endings = new SessionEndings(database, secrets, bus, grants);
    return ShardHost.create(
            vertx,
            new SessionStore(database),
            new ThresholdStore(database),
            clock,
            bus,
            endings::undo,
            new ShardHost.Options(
                config.node().name(),
                config.sessions().requestTimeout(),
                config.sessions().pulseInterval()))
        .compose(
            shards -> {
              running.push(shards::close);
              Directory directory =
                  Directory.of(
                      vertx,
                      database,
                      bus,
                      shards.sessions(),
                      clock::now,
                      secrets,
                      endings,
                      defaults,
                      config.auth());
              shards.watch(directory::mayHaveChanged);
              return serve(
                  database, clock, bus, endings, shards, directory, secrets, outbound.guard());
            })
        // Last, since a key that is made is shown once: by then nothing can fail any more.
        .compose(
            serving ->
                new Bootstrap(vertx, database, secrets, defaults, clock::now)
                    .run(config.bootstrap()))
        .map(
            first -> {
              generatedKey = first.generatedKey();
              installed = true;
              return null;
            });
  }

  private Future<Void> serve(
      Database database,
      ClusterClock clock,
      Bus bus,
      SessionEndings endings,
      ShardHost shards,
      Directory directory,
      SecretBox secrets,
      TargetGuard targets) {
    EventStore log = new EventStore(database);
    EventFeed feed = new EventFeed(log);
    AlertHub hub = new AlertHub(log, bus, AlertHub.Options.DEFAULT);
    ClaimCoordinator claims =
        new ClaimCoordinator(
            new ClaimStore(database),
            bus,
            ClaimCoordinator.Options.withLease(config.recording().lease()));
    RecordingParts recordings = RecordingParts.open(vertx, config, database, bus);
    Gateway gateway =
        new Gateway(
            shards.sessions(),
            directory,
            recordings.recordings(),
            claims,
            feed,
            clock::now,
            config);
    return shards
        .serveAll()
        .compose(served -> deploy(() -> hub))
        .compose(served -> deploy(() -> claims))
        .compose(served -> recordings.startWorkers(claims, this::deploy))
        .compose(served -> deploy(() -> watchdog(database, clock, bus, endings, shards, directory)))
        .compose(served -> startDelivery(database, bus, directory, clock, secrets, targets))
        .compose(served -> directory.follow(bus))
        .compose(
            following -> {
              RateLimiter limiter = RateLimiter.perSecond(config.rateLimit().perSecond());
              Frontend frontend =
                  new Frontend(
                      directory.authenticator(),
                      limiter::admits,
                      Strangers.perSecond(config.rateLimit().failuresPerSecond()),
                      config.http().trustedProxies());
              measure(clock, shards, hub);
              return listen(gateway, frontend, feed, hub, checks(clock, shards));
            });
  }

  private Future<Void> startDelivery(
      Database database,
      Bus bus,
      Directory directory,
      ClusterClock clock,
      SecretBox secrets,
      TargetGuard targets) {
    if (!config.node().roles().contains(NodeRole.DELIVERY)) {
      return Future.succeededFuture();
    }
    DeliveryEngine.Options options =
        DeliveryEngine.Options.keeping(config.webhooks().keepDeliveries());
    OutboundClient outbound =
        OutboundClient.open(vertx, targets, OutboundClient.TIMEOUT, options.concurrency());
    running.push(outbound::close);
    // Another life of this node is another holder: what the one before left is taken over.
    String holder = config.node().name() + "/" + UUID.randomUUID();
    DeliveryEngine engine =
        new DeliveryEngine(
            new LaneLeases(database, holder),
            new LaneQueue(database, holder),
            new DeliverySweep(database),
            bus,
            List.of(
                new WebhookChannel(new WebhookStore(database), secrets, outbound, clock::now),
                new AgentChannel(directory.sessionListeners(), outbound, clock::now)),
            options);
    measure(engine.figures());
    return deploy(() -> engine);
  }

  private Watchdog watchdog(
      Database database,
      ClusterClock clock,
      Bus bus,
      SessionEndings endings,
      ShardHost shards,
      Directory directory) {
    CurfewConfig.Watchdog settings = config.watchdog();
    return new Watchdog(
        database,
        clock,
        bus,
        new Watchdog.Repairs() {
          @Override
          public void lookAgain(UUID sessionId) {
            shards.lookAgain(sessionId);
          }

          @Override
          public Future<Void> undo(UUID sessionId) {
            return endings.undo(sessionId);
          }

          @Override
          public Future<Void> settleRules() {
            return directory.sessionRules().settle();
          }

          @Override
          public Future<Void> settleRequests() {
            return directory.approvedOpenings().sweep();
          }
        },
        new Watchdog.Options(
            settings.interval(),
            settings.limits().encoding(),
            settings.limits().uploading(),
            settings.limits().ending(),
            settings.limits().overdue(),
            config.recording().maxAttempts(),
            config.events().retention()));
  }

  private Future<Void> listen(
      Gateway gateway,
      Frontend frontend,
      EventFeed feed,
      AlertHub hub,
      Map<String, BooleanSupplier> checks) {
    // The dialects whose calls never cease come first.
    List<Dialect> answering =
        List.of(
            new PsmDialect(gateway),
            new AmDialect(gateway),
            new PraDialect(gateway),
            new TokenDialect(gateway),
            new ConsoleDialect(gateway),
            new EventsDialect(gateway),
            new AccessDialect(gateway),
            new AdminDialect(gateway));
    List<Dialect> dialects = new ArrayList<>(answering);
    dialects.add(new NodePages(checks, metrics::scrape));
    dialects.add(new DocsPages(answering.stream().map(Dialect::name).distinct().toList()));
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
                    router -> AlertRoutes.mount(router, frontend::authenticate, feed, hub),
                    port::set),
            new DeploymentOptions().setInstances(EVENT_LOOPS))
        .map(
            id -> {
              running.push(() -> vertx.undeploy(id));
              httpPort = port.get();
              LOG.info("Listening on {}", url());
              return null;
            });
  }

  private Future<Void> deploy(Supplier<Deployable> verticle) {
    return vertx
        .deployVerticle(verticle.get())
        .map(
            id -> {
              running.push(() -> vertx.undeploy(id));
              return null;
            });
  }

  private Map<String, BooleanSupplier> checks(ClusterClock clock, ShardHost shards) {
    Map<String, BooleanSupplier> checks = new LinkedHashMap<>();
    checks.put("installation", () -> installed);
    checks.put("database", clock::databaseAnswers);
    checks.put("shards", () -> shards.shardsServed() == shards.shardCount());
    checks.put("clock", () -> clock.errorMillis() <= WIDEST_CLOCK_ERROR_MILLIS);
    return checks;
  }

  private void measure(ClusterClock clock, ShardHost shards, AlertHub hub) {
    Gauge.builder("curfew_sessions_live", shards, ShardHost::sessionsHeld)
        .description("Sessions held by the shards of this node")
        .register(metrics);
    Gauge.builder("curfew_shards_served", shards, ShardHost::shardsServed)
        .description("Shards that this node serves")
        .register(metrics);
    Gauge.builder("curfew_clock_error_seconds", clock, known -> known.errorMillis() / 1000.0)
        .description("How far the cluster clock may be off on this node")
        .register(metrics);
    Gauge.builder("curfew_database_answers", clock, known -> known.databaseAnswers() ? 1 : 0)
        .description("Whether the database answered last")
        .register(metrics);
    Gauge.builder("curfew_alert_connections", hub, AlertHub::connections)
        .description("WebSockets that follow the event log")
        .register(metrics);
  }

  private void measure(DeliveryFigures deliveries) {
    for (LaneQueue.Outcome outcome : LaneQueue.Outcome.values()) {
      FunctionCounter.builder("curfew_deliveries", deliveries, all -> all.attempts(outcome))
          .description("Attempts of this node to deliver a message, by what came of them")
          .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
          .register(metrics);
    }
    Gauge.builder("curfew_deliveries_pending", deliveries, DeliveryFigures::pending)
        .description("Messages of the installation that are laid out and not delivered yet")
        .register(metrics);
    Gauge.builder("curfew_deliveries_dead", deliveries, DeliveryFigures::dead)
        .description("Messages of the installation that were given up")
        .register(metrics);
    Gauge.builder("curfew_deliveries_lag_seconds", deliveries, DeliveryFigures::lagSeconds)
        .description("How long the oldest message has waited")
        .register(metrics);
  }

  /** Where the node listens. */
  String url() {
    return (config.tls().enabled() ? "https://" : "http://")
        + config.http().host()
        + ":"
        + httpPort;
  }

  /** Every route of every dialect, and what it needs. */
  List<ApiRoute> routes() {
    return routes;
  }

  /** The administrator's key, when this start has made one: shown once. */
  Optional<Secret> generatedKey() {
    return generatedKey;
  }

  /** Stops what runs, the last started first. */
  Future<Void> close() {
    Future<Void> closed = Future.succeededFuture();
    while (!running.isEmpty()) {
      Supplier<Future<?>> next = running.pop();
      closed = closed.eventually(next::get);
    }
    // Whoever waits is told outside of the event loops, which are gone by then.
    Promise<Void> all = Promise.promise();
    closed.onComplete(stopped -> vertx.close().onComplete(all));
    return all.future();
  }
}
