package dev.curfew.shard;

import dev.curfew.bus.Bus;
import dev.curfew.bus.Sessions;
import dev.curfew.cluster.ClusterClock;
import dev.curfew.store.SessionStore;
import dev.curfew.store.ThresholdStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The shards that this node serves, and the way to all of them. */
public final class ShardHost implements ClusterClock.DatabaseWatcher {
  private static final Logger LOG = LoggerFactory.getLogger(ShardHost.class);

  /** What a host needs. Durations are those of the configuration's {@code sessions} section. */
  public record Options(String node, Duration requestTimeout, Duration pulseInterval) {}

  private final Vertx vertx;
  private final ShardRouter router;
  private final PulseWriter pulses;
  private final Committer committer;
  private final ThresholdWatch thresholds;
  private final int shardCount;
  private final List<String> deployments = new ArrayList<>();
  private final ShardVerticle.Surroundings around;

  private ShardHost(
      Vertx vertx,
      SessionStore store,
      ThresholdStore thresholds,
      ClusterClock clock,
      Bus bus,
      Effects effects,
      Options options,
      int shardCount) {
    this.vertx = vertx;
    this.shardCount = shardCount;
    this.router = new ShardRouter(vertx, shardCount, options.requestTimeout());
    this.pulses = PulseWriter.start(vertx, store, options.pulseInterval());
    this.committer = new Committer(store);
    this.thresholds =
        new ThresholdWatch(vertx, thresholds, bus, () -> forEach(ShardVerticle::thresholdsChanged));
    this.around =
        new ShardVerticle.Surroundings(
            options.node(),
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

  /** Prepares the host; commands wait until {@link #serveAll} has brought their shard up. */
  public static Future<ShardHost> create(
      Vertx vertx,
      SessionStore store,
      ThresholdStore thresholds,
      ClusterClock clock,
      Bus bus,
      Effects effects,
      Options options) {
    return store
        .shardCount()
        .map(count -> new ShardHost(vertx, store, thresholds, clock, bus, effects, options, count));
  }

  /** Has somebody told of every batch that this node commits. */
  public void watch(CommitWatcher watcher) {
    committer.watch(watcher);
  }

  public Sessions sessions() {
    return router;
  }

  /** Takes every shard and serves it. Completes when all do. */
  public Future<Void> serveAll() {
    return thresholds.start().compose(known -> deployAll());
  }

  private Future<Void> deployAll() {
    List<Future<?>> started = new ArrayList<>(shardCount);
    for (int shard = 0; shard < shardCount; shard++) {
      started.add(
          vertx
              .deployVerticle(new ShardVerticle(shard, around))
              .onSuccess(
                  id -> {
                    synchronized (deployments) {
                      deployments.add(id);
                    }
                  }));
    }
    return Future.all(started).onSuccess(all -> LOG.info("{} shards serve", shardCount)).mapEmpty();
  }

  /** Takes up a session that the database holds and its shard may have missed. */
  public void lookAgain(UUID sessionId) {
    ShardVerticle verticle = router.shard(router.shardOf(sessionId));
    if (verticle != null) {
      verticle.lookAgain(sessionId);
    }
  }

  /** How many sessions are held here; read from another thread, so it may be a moment old. */
  public long sessionsHeld() {
    long held = 0;
    for (int shard = 0; shard < shardCount; shard++) {
      ShardVerticle verticle = router.shard(shard);
      held += verticle == null ? 0 : verticle.size();
    }
    return held;
  }

  /** How many shards are being served. */
  public int shardsServed() {
    int served = 0;
    for (int shard = 0; shard < shardCount; shard++) {
      served += router.shard(shard) == null ? 0 : 1;
    }
    return served;
  }

  public int shardCount() {
    return shardCount;
  }

  /** Commits what is decided, writes the last heartbeats and stops serving. */
  public Future<Void> close() {
    thresholds.close();
    List<Future<?>> stopped = new ArrayList<>();
    synchronized (deployments) {
      for (String id : deployments) {
        stopped.add(vertx.undeploy(id));
      }
      deployments.clear();
    }
    return Future.join(stopped).eventually(pulses::flush).mapEmpty();
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
    for (int shard = 0; shard < shardCount; shard++) {
      ShardVerticle verticle = router.shard(shard);
      if (verticle != null) {
        action.accept(verticle);
      }
    }
  }
}
