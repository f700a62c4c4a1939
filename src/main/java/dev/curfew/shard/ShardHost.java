package dev.curfew.shard;

import dev.curfew.bus.Bus;
import dev.curfew.bus.Routes;
import dev.curfew.bus.SessionOverlooked;
import dev.curfew.bus.Sessions;
import dev.curfew.bus.ShardsMoved;
import dev.curfew.cluster.ClusterClock;
import dev.curfew.cluster.Membership;
import dev.curfew.cluster.Roster;
import dev.curfew.store.Database;
import dev.curfew.store.SessionStore;
import dev.curfew.store.ShardStore;
import dev.curfew.store.ThresholdStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards that this node serves, and the way to all of them. Compares again and again what it
 * serves with what the roster places on it: takes what it should have and nobody holds, hands over
 * what is another's to have. Lives on one event loop.
 */
public final class ShardHost implements ClusterClock.DatabaseWatcher {
  private static final Logger LOG = LoggerFactory.getLogger(ShardHost.class);

  /** How often it compares without being told of a change: milliseconds. */
  private static final long INTERVAL = 500;

  /** How long an owner that is alive may take to hand a shard over, before it is taken: nanos. */
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);

  /** Moves of several shards are told together: milliseconds. */
  private static final long GATHER = 5;

  private static final long GATHER_LOSSES = 100;

  private static final long LEAVING_INTERVAL = 20;

  /** What a host needs. Durations are those of the configuration's {@code sessions} section. */
  public record Options(String node, Duration requestTimeout, Duration pulseInterval) {}

  private enum Stand {
    ABSENT,
    TAKING,
    SERVING,
    LEAVING
  }

  /** How it stands with one shard here. */
  private static final class Place {
    Stand stand = Stand.ABSENT;
    @Nullable String deployment;
    long wantedSince;
  }

  private final Vertx vertx;
  private final Context home;
  private final Membership membership;
  private final ShardStore owners;
  private final Bus bus;
  private final ShardRouter router;
  private final PulseWriter pulses;
  private final Committer committer;
  private final ThresholdWatch thresholds;
  private final MoveFigures figures = new MoveFigures();
  private final List<Place> places = new ArrayList<>();
  private final ShardVerticle.Surroundings around;
  private boolean telling;
  private int justLost;
  private boolean closed;
  private long comparing;

  private ShardHost(
      Vertx vertx,
      Database database,
      Membership membership,
      ClusterClock clock,
      Bus bus,
      Effects effects,
      Options options) {
    this.vertx = vertx;
    this.home = vertx.getOrCreateContext();
    this.membership = membership;
    this.owners = new ShardStore(database);
    this.bus = bus;
    int shardCount = membership.roster().owners().size();
    for (int shard = 0; shard < shardCount; shard++) {
      places.add(new Place());
    }
    SessionStore store = new SessionStore(database);
    this.router = new ShardRouter(vertx, bus, membership, options.requestTimeout(), shardCount);
    this.pulses = PulseWriter.start(vertx, store, options.pulseInterval());
    this.committer = new Committer(store);
    this.thresholds =
        new ThresholdWatch(
            vertx,
            new ThresholdStore(database),
            bus,
            () -> forEach(ShardVerticle::thresholdsChanged));
    this.around =
        new ShardVerticle.Surroundings(
            options.node(),
            membership,
            owners,
            store,
            committer,
            clock,
            bus,
            pulses,
            effects,
            router,
            this.thresholds,
            options.requestTimeout(),
            options.pulseInterval());
    clock.watch(this);
  }

  /**
   * Prepares the host, and answers other members from now on; commands wait until {@link #serve}
   * has brought their shard up.
   */
  public static Future<ShardHost> create(
      Vertx vertx,
      Database database,
      Membership membership,
      ClusterClock clock,
      Bus bus,
      Effects effects,
      Options options) {
    ShardHost host = new ShardHost(vertx, database, membership, clock, bus, effects, options);
    return bus.serve(Routes.COMMANDS, membership.self(), host.router::answer)
        .compose(
            answering ->
                bus.subscribe(
                    Routes.SESSION_OVERLOOKED, overlooked -> host.look(overlooked.sessionId())))
        .map(host);
  }

  /** Has somebody told of every session that this node changes. */
  public void watch(CommitWatcher watcher) {
    committer.watch(watcher);
    router.watch(watcher);
  }

  public Sessions sessions() {
    return router;
  }

  /**
   * Takes the shards that are this node's to have and goes on doing so. Completes when it serves
   * all that nobody else holds; what another member hands over comes later. Fails when one cannot
   * be loaded.
   */
  public Future<Void> serve() {
    return thresholds
        .start()
        .compose(
            known -> {
              Promise<Void> promise = Promise.promise();
              home.runOnContext(none -> first().onComplete(promise));
              return promise.future();
            });
  }

  private Future<Void> first() {
    List<Future<Void>> taken = compare();
    // Of several members another may be quicker with some of them.
    return (membership.isSole() ? Future.all(taken) : Future.join(taken).otherwiseEmpty())
        .onSuccess(
            all -> {
              LOG.info("{} of {} shards serve here", shardsServed(), places.size());
              if (!membership.isSole()) {
                membership.watch(changed -> home.runOnContext(none -> compare()));
                comparing = vertx.setPeriodic(INTERVAL, timer -> compare());
              }
            })
        .mapEmpty();
  }

  // Placement

  /** Begins whatever moves what is served towards what should be. */
  private List<Future<Void>> compare() {
    List<Future<Void>> begun = new ArrayList<>();
    if (closed) {
      return begun;
    }
    Roster roster = membership.roster();
    List<Integer> others = new ArrayList<>();
    for (int shard = 0; shard < places.size(); shard++) {
      Place place = places.get(shard);
      UUID preferred = roster.preferred(shard);
      if (place.stand == Stand.SERVING) {
        if (isTaken(shard, roster)) {
          taken(shard);
        } else if (preferred != null && !preferred.equals(roster.self())) {
          others.add(shard);
        }
      } else if (place.stand == Stand.ABSENT && roster.self().equals(preferred)) {
        if (mayTake(shard, place, roster)) {
          begun.add(take(shard, place, roster));
        }
      } else {
        place.wantedSince = 0;
      }
    }
    if (!others.isEmpty()) {
      handOver(others);
    }
    return begun;
  }

  private boolean isTaken(int shard, Roster roster) {
    ShardVerticle verticle = router.shard(shard);
    return verticle != null && roster.owners().get(shard).epoch() > verticle.epoch();
  }

  private void taken(int shard) {
    ShardVerticle verticle = router.shard(shard);
    if (verticle != null) {
      verticle.taken();
    }
  }

  /** An owner that is alive is given time to hand over. */
  private static boolean mayTake(int shard, Place place, Roster roster) {
    UUID owner = roster.owner(shard);
    if (owner == null || owner.equals(roster.self()) || !roster.live().containsKey(owner)) {
      return true;
    }
    long now = System.nanoTime();
    if (place.wantedSince == 0) {
      place.wantedSince = now;
    }
    return now - place.wantedSince > PATIENCE;
  }

  private Future<Void> take(int shard, Place place, Roster roster) {
    place.stand = Stand.TAKING;
    place.wantedSince = 0;
    long began = System.nanoTime();
    long seen = roster.owners().get(shard).epoch();
    ShardVerticle verticle = new ShardVerticle(shard, seen, around, this::deposed);
    Promise<Void> done = Promise.promise();
    vertx
        .deployVerticle(verticle)
        .onComplete(
            deployed ->
                home.runOnContext(
                    none -> {
                      if (deployed.succeeded()) {
                        figures.taken(System.nanoTime() - began);
                        place.deployment = deployed.result();
                        place.stand = Stand.SERVING;
                        tellMoves();
                        done.complete();
                        if (router.shard(shard) != verticle) {
                          // Taken away before this was known here.
                          deposed(shard);
                        }
                      } else {
                        place.stand = Stand.ABSENT;
                        LOG.debug("Shard {} could not be taken", shard, deployed.cause());
                        membership.look();
                        done.fail(deployed.cause());
                      }
                    }));
    return done.future();
  }

  /** A shard has found that it was taken. */
  private void deposed(int shard) {
    home.runOnContext(
        none -> {
          Place place = places.get(shard);
          if (place.stand == Stand.SERVING) {
            figures.lost();
            tellLosses();
            leave(List.of(shard)).onComplete(left -> membership.look());
          }
        });
  }

  /** One line for the many shards that a node loses together. */
  private void tellLosses() {
    if (justLost++ == 0) {
      vertx.setTimer(
          GATHER_LOSSES,
          timer -> {
            LOG.warn("{} shards belong to other nodes now", justLost);
            justLost = 0;
          });
    }
  }

  private void handOver(List<Integer> shards) {
    LOG.info("{} shards are handed over", shards.size());
    leave(shards)
        .eventually(pulses::flush)
        .eventually(() -> owners.release(shards, membership.self()))
        .onFailure(failure -> LOG.warn("Shards could not be handed over: {}", failure.getMessage()))
        .onComplete(released -> home.runOnContext(none -> tellMoves()));
  }

  /** Commits what these shards have decided and serves them no more. */
  private Future<Void> leave(List<Integer> shards) {
    List<Future<Void>> left = new ArrayList<>();
    for (int shard : shards) {
      Place place = places.get(shard);
      String deployment = place.deployment;
      if (place.stand == Stand.SERVING && deployment != null) {
        place.stand = Stand.LEAVING;
        place.deployment = null;
        left.add(
            vertx
                .undeploy(deployment)
                .onComplete(undeployed -> home.runOnContext(none -> place.stand = Stand.ABSENT)));
      }
    }
    return Future.join(left).mapEmpty();
  }

  /** Everybody is to look where the shards are now, this member included. */
  private void tellMoves() {
    if (!telling && !membership.isSole()) {
      telling = true;
      vertx.setTimer(
          GATHER,
          timer -> {
            telling = false;
            bus.publish(Routes.SHARDS_MOVED, ShardsMoved.INSTANCE);
          });
    }
  }

  /**
   * Has others take all that is served here, while commands still are passed on to them. Completes
   * when they have, or there is nobody to do so, or the time is over.
   */
  public Future<Void> handAllOver(Duration atMost) {
    if (membership.isSole()) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    long giveUpAt = System.nanoTime() + atMost.toNanos();
    membership
        .withdraw()
        .onFailure(failure -> LOG.warn("Nobody can be told of leaving: {}", failure.getMessage()))
        .onComplete(
            withdrawn ->
                home.runOnContext(
                    none -> {
                      compare();
                      vertx.setPeriodic(
                          LEAVING_INTERVAL,
                          timer -> {
                            if (isHandedOver() || System.nanoTime() > giveUpAt) {
                              vertx.cancelTimer(timer);
                              promise.complete();
                            }
                          });
                    }));
    return promise.future();
  }

  private boolean isHandedOver() {
    Roster roster = membership.roster();
    if (roster.hosts().isEmpty() || roster.hostsHere()) {
      // Nobody else is there to take them.
      return true;
    }
    for (int shard = 0; shard < places.size(); shard++) {
      UUID owner = roster.owner(shard);
      if (places.get(shard).stand != Stand.ABSENT || owner == null || owner.equals(roster.self())) {
        return false;
      }
    }
    return true;
  }

  // What others ask

  /** Has a session taken up that the database holds and its shard may have missed, wherever. */
  public void lookAgain(UUID sessionId) {
    bus.publish(Routes.SESSION_OVERLOOKED, new SessionOverlooked(sessionId));
  }

  private void look(UUID sessionId) {
    ShardVerticle verticle = router.shard(router.shardOf(sessionId));
    if (verticle != null) {
      verticle.lookAgain(sessionId);
    }
  }

  /** How many sessions are held here; read from another thread, so it may be a moment old. */
  public long sessionsHeld() {
    long held = 0;
    for (int shard = 0; shard < places.size(); shard++) {
      ShardVerticle verticle = router.shard(shard);
      held += verticle == null ? 0 : verticle.size();
    }
    return held;
  }

  /** How many shards are being served here. */
  public int shardsServed() {
    int served = 0;
    for (int shard = 0; shard < places.size(); shard++) {
      served += router.shard(shard) == null ? 0 : 1;
    }
    return served;
  }

  /** How many shards are this node's to serve and are not served here yet. */
  public int shardsMissing() {
    Roster roster = membership.roster();
    int missing = 0;
    for (int shard = 0; shard < places.size(); shard++) {
      boolean wanted = roster.self().equals(roster.preferred(shard));
      missing += wanted && router.shard(shard) == null ? 1 : 0;
    }
    return missing;
  }

  public int shardCount() {
    return places.size();
  }

  public RouteFigures routes() {
    return router.figures();
  }

  public MoveFigures moves() {
    return figures;
  }

  /** Commits what is decided, writes the last heartbeats and stops serving. */
  public Future<Void> close() {
    thresholds.close();
    Promise<Void> promise = Promise.promise();
    home.runOnContext(
        none -> {
          closed = true;
          vertx.cancelTimer(comparing);
          List<Integer> all = new ArrayList<>();
          for (int shard = 0; shard < places.size(); shard++) {
            all.add(shard);
          }
          leave(all)
              .eventually(pulses::flush)
              .eventually(
                  () ->
                      membership.isSole()
                          ? Future.succeededFuture()
                          : owners.release(all, membership.self()))
              .otherwiseEmpty()
              .onComplete(promise);
        });
    return promise.future();
  }

  @Override
  public void databaseLost() {
    forEach(ShardVerticle::databaseLost);
  }

  @Override
  public void databaseBack() {
    forEach(ShardVerticle::databaseBack);
  }

  private void forEach(Consumer<ShardVerticle> action) {
    for (int shard = 0; shard < places.size(); shard++) {
      ShardVerticle verticle = router.shard(shard);
      if (verticle != null) {
        action.accept(verticle);
      }
    }
  }
}
