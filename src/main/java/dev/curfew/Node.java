package dev.curfew;

import dev.curfew.alert.AlertHub;
import dev.curfew.alert.BridgeAddresses;
import dev.curfew.alert.EventBridge;
import dev.curfew.alert.EventFeed;
import dev.curfew.alert.EventStreams;
import dev.curfew.api.ApiRoute;
import dev.curfew.api.Departure;
import dev.curfew.api.Frontend;
import dev.curfew.api.Gateway;
import dev.curfew.api.NodePages;
import dev.curfew.audit.Audit;
import dev.curfew.audit.Retention;
import dev.curfew.audit.Sealer;
import dev.curfew.audit.Sealing;
import dev.curfew.auth.RateLimiter;
import dev.curfew.auth.SealKey;
import dev.curfew.auth.SecretBox;
import dev.curfew.auth.Strangers;
import dev.curfew.bus.Bus;
import dev.curfew.cluster.ClusterClock;
import dev.curfew.cluster.ClusterMembership;
import dev.curfew.cluster.ClusterStatus;
import dev.curfew.cluster.Contacts;
import dev.curfew.cluster.Membership;
import dev.curfew.cluster.SoleMember;
import dev.curfew.config.CurfewConfig;
import dev.curfew.config.NodeRole;
import dev.curfew.config.Secret;
import dev.curfew.directory.Bootstrap;
import dev.curfew.directory.Directory;
import dev.curfew.directory.PolicyDefaults;
import dev.curfew.directory.SessionEndings;
import dev.curfew.grant.Grants;
import dev.curfew.outbound.OutboundClient;
import dev.curfew.outbound.TargetGuard;
import dev.curfew.shard.ShardHost;
import dev.curfew.signals.Signals;
import dev.curfew.store.Database;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.store.EventStore;
import dev.curfew.store.Member;
import dev.curfew.store.MemberStore;
import dev.curfew.store.RealmStore;
import dev.curfew.store.SessionQueries;
import dev.curfew.store.ShardStore;
import dev.curfew.watchdog.Watchdog;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * One node: everything wired together, started in the order of dependence and stopped in the
 * reverse. The database and its directory belong to whoever starts the node.
 */
final class Node {
  /** How often the stores of recordings are tried. */
  private static final Duration STORAGE_INTERVAL = Duration.ofMinutes(1);

  /** How long others may take to serve all that this node hands over. */
  private static final Duration HAND_OVER = Duration.ofSeconds(15);

  private final CurfewConfig config;
  private final NodeNetwork network;
  private final Vertx vertx;
  private final NodeMetrics metrics = new NodeMetrics();
  private final Deque<Supplier<Future<?>>> running = new ArrayDeque<>();
  private Optional<Secret> generatedKey = Optional.empty();
  private final Departure departure = new Departure();
  private final NodeListeners listeners;
  private volatile boolean installed;

  private Node(CurfewConfig config, NodeNetwork network) {
    this.config = config;
    this.network = network;
    this.vertx = network.vertx();
    this.listeners = new NodeListeners(vertx, config, NodeNetwork.EVENT_LOOPS, departure);
  }

  /**
   * Starts a node.
   *
   * @return the node once it serves; whatever was started is stopped again when that fails
   */
  static Future<Node> start(CurfewConfig config, DatabaseEndpoint endpoint) {
    return NodeNetwork.open(config.cluster())
        .compose(
            network -> {
              Node node = new Node(config, network);
              Promise<Node> started = Promise.promise();
              node.open(endpoint)
                  .onSuccess(opened -> started.complete(node))
                  .onFailure(failure -> node.close().onComplete(closed -> started.fail(failure)));
              return started.future();
            });
  }

  private Future<Void> open(DatabaseEndpoint endpoint) {
    return Database.open(vertx, endpoint, config.database().poolSize(), network.self())
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
    Bootstrap bootstrap =
        new Bootstrap(vertx, database, secrets, PolicyDefaults.of(config), clock::now);
    // Before others give it shards: what it would write could not be read by any of them.
    return bootstrap
        .requireSameKey()
        .compose(ours -> join(database, bus))
        .compose(
            membership -> {
              running.push(membership::leave);
              return open(database, clock, bus, secrets, membership)
                  .onSuccess(serving -> membership.answersAt(listeners.url()));
            })
        // Last, since a key that is made is shown once: by then nothing can fail any more.
        .compose(serving -> bootstrap.run(config.bootstrap()))
        .map(
            first -> {
              generatedKey = first.generatedKey();
              installed = true;
              return null;
            });
  }

  private Future<? extends Membership> join(Database database, Bus bus) {
    Member self =
        Member.starting(
            network.self(),
            config.node().name(),
            config.node().roles().stream().map(NodeRole::toString).collect(Collectors.toSet()));
    Contacts contacts = network.contacts();
    return contacts == null
        ? SoleMember.join(self, new ShardStore(database))
        : ClusterMembership.join(vertx, new MemberStore(database), contacts, bus, self);
  }

  private Future<Void> open(
      Database database, ClusterClock clock, Bus bus, SecretBox secrets, Membership membership) {
    PolicyDefaults defaults = PolicyDefaults.of(config);
    TargetGuard targets = TargetGuard.create(vertx, config.webhooks().allowPrivateTargets());
    NodeBasis basis =
        new NodeBasis(vertx, config, database, clock, membership, bus, secrets, targets);
    OutboundClient outbound = OutboundClient.open(vertx, targets);
    running.push(outbound::close);
    Grants grants = new Grants(vertx, database, bus, outbound, secrets, clock::now);
    metrics.grants(grants);
    SessionEndings endings = new SessionEndings(database, secrets, bus, grants);
    return ShardHost.create(
            vertx,
            database,
            membership,
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
              return openStores()
                  .compose(stores -> serve(basis, stores, endings, shards, directory));
            });
  }

  private Future<RecordingStores> openStores() {
    return vertx
        .executeBlocking(() -> RecordingStores.open(config.recording()))
        .onSuccess(
            stores ->
                running.push(
                    () ->
                        vertx.executeBlocking(
                            () -> {
                              stores.close();
                              return true;
                            })));
  }

  private Future<Void> serve(
      NodeBasis basis,
      RecordingStores stores,
      SessionEndings endings,
      ShardHost shards,
      Directory directory) {
    Set<NodeRole> roles = config.node().roles();
    Database database = basis.database();
    ClusterClock clock = basis.clock();
    Bus bus = basis.bus();
    SealKey sealKey = SealKey.of(basis.secrets());
    EventStore log = new EventStore(database);
    EventFeed feed = new EventFeed(log, new RealmStore(database));
    AlertHub hub = new AlertHub(log, bus, clock::now, AlertHub.Options.DEFAULT);
    hub.watch(directory::logged);
    ClaimParts claims = ClaimParts.of(basis);
    RecordingParts recordings = RecordingParts.open(vertx, config, stores, database, bus);
    Signals signals =
        Signals.of(
            vertx,
            database,
            bus,
            directory.signingKeys(),
            basis.secrets(),
            basis.targets(),
            clock::now,
            config);
    NodeRepairs repairs =
        new NodeRepairs(
            shards, endings, directory, recordings.recordings(), new Retention(database, sealKey));
    Gateway gateway =
        new Gateway(
            shards.sessions(),
            directory,
            recordings.recordings(),
            claims.claims(),
            feed,
            new EventStreams(feed, hub),
            signals,
            new Audit(database, sealKey),
            stores::states,
            new ClusterStatus(basis.membership(), clock, database),
            departure,
            clock::now,
            config);
    return shards
        .serve()
        .compose(served -> basis.membership().look())
        // On every node: the directory hears by it what happened on others.
        .compose(served -> deploy(() -> hub))
        .compose(served -> deployAll(claims.verticles()))
        .compose(served -> deploy(() -> new StorageWatch(stores, clock::now, STORAGE_INTERVAL)))
        .compose(served -> recordings.startWorkers(claims.claims(), this::deploy))
        .compose(served -> startWatchdog(database, clock, bus, repairs))
        .compose(
            served ->
                deploy(
                    () ->
                        new Sealer(
                            database,
                            new Sealing(database, sealKey),
                            config.events().sealInterval())))
        .compose(served -> startDelivery(basis, directory, signals))
        .compose(served -> deployIf(roles.contains(NodeRole.API), signals::waitingRoom))
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
              EventBridge bridge =
                  new EventBridge(
                      vertx,
                      hub,
                      feed,
                      new BridgeAddresses(
                          log, new SessionQueries(database), new RealmStore(database)),
                      frontend);
              metrics.clock(clock);
              metrics.shards(shards);
              metrics.storage(stores);
              metrics.alerts(hub, bridge);
              metrics.recordings(recordings.figures());
              metrics.cluster(basis.membership(), shards);
              // Stopped first: there is nobody to answer to without the rest. But while others take
              // over what is served here, all is answered still.
              running.push(listeners::drain);
              running.push(() -> shards.handAllOver(HAND_OVER));
              running.push(this::announceLeaving);
              return listeners.open(
                  gateway,
                  frontend,
                  feed,
                  hub,
                  bridge,
                  new NodePages(
                      NodeReadiness.checks(basis, shards, departure, () -> installed),
                      Map.of("recording-store", recordings::storeDetail),
                      metrics::scrape));
            });
  }

  private Future<Void> announceLeaving() {
    listeners.leaving();
    return Future.succeededFuture();
  }

  private Future<Void> startWatchdog(
      Database database, ClusterClock clock, Bus bus, NodeRepairs repairs) {
    if (!config.node().roles().contains(NodeRole.WATCHDOG)) {
      return Future.succeededFuture();
    }
    Watchdog watchdog = new Watchdog(database, clock, bus, repairs, NodeRepairs.options(config));
    metrics.watchdog(watchdog.figures());
    return deploy(() -> watchdog);
  }

  private Future<Void> startDelivery(NodeBasis basis, Directory directory, Signals signals) {
    if (!config.node().roles().contains(NodeRole.DELIVERY)) {
      return Future.succeededFuture();
    }
    DeliveryParts parts = DeliveryParts.open(basis, directory, signals);
    running.push(parts.outbound()::close);
    metrics.deliveries(parts.engine().figures());
    return deploy(parts::engine);
  }

  private Future<Void> deployIf(boolean wanted, Supplier<Deployable> verticle) {
    return wanted ? deploy(verticle) : Future.succeededFuture();
  }

  private Future<Void> deployAll(List<Supplier<Deployable>> verticles) {
    Future<Void> deployed = Future.succeededFuture();
    for (Supplier<Deployable> verticle : verticles) {
      deployed = deployed.compose(before -> deploy(verticle));
    }
    return deployed;
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

  /** Where the node listens. */
  String url() {
    return listeners.url();
  }

  /** The port of the TCP event-bus bridge; 0 when this node has none. */
  int bridgePort() {
    return listeners.bridgePort();
  }

  /** What everything of this node runs on. */
  Vertx vertx() {
    return vertx;
  }

  /** Every route of every dialect that this node speaks, and what it needs. */
  List<ApiRoute> routes() {
    return listeners.routes();
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
