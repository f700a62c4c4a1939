package dev.curfew.simulation;

import dev.curfew.kernel.IdHash;
import java.util.UUID;

/** One run. */
final class World {
  /** How long clients go on and things go wrong. */
  private static final long BUSY = 100_000;

  /**
   * How long after the weather has cleared up the last nodes are back and messages have arrived.
   */
  private static final long CLEARING = 60_000;

  /** Ends are waited for so long; what would live longer is revoked. */
  static final long LONGEST_WAIT = 200_000;

  final Chance chance;
  final Timeline timeline;
  final Trace trace;
  final Rules rules;
  final ModelStore store;
  final Cluster cluster;
  final Traffic traffic;
  final Subscribers subscribers;
  private final Weather weather;
  private final int shards;

  DatabaseLink.Quality quality = DatabaseLink.Quality.PERFECT;

  /** How many messages between clients and nodes get lost, in percent. */
  double messageLoss;

  /** How many attempts to undo a session's effects come to nothing, in percent. */
  double undoFailures;

  World(long seed, boolean printed) {
    chance = new Chance(seed);
    timeline = new Timeline(1_790_000_000_000L + chance.between(0, 100_000_000));
    trace = new Trace(timeline, printed);
    shards = chance.oneIn(2) ? 1 : (int) chance.between(2, 3);
    rules = new Rules(this);
    store = new ModelStore(timeline, shards, rules);
    subscribers = new Subscribers(this);
    cluster = new Cluster(this, (int) chance.between(1, 4), shards);
    traffic = new Traffic(this);
    weather = new Weather(this);
  }

  int shardOf(UUID id) {
    return IdHash.shard(id, shards);
  }

  /** Runs to the end, or to the first broken rule. */
  void run() {
    long start = timeline.now();
    boolean watched = chance.oneIn(2);
    if (watched) {
      timeline.after(1_000, this::sweep);
    }
    runUntil(start + BUSY);
    traffic.stop();
    subscribers.stop();
    weather.clearUp();
    runUntil(timeline.now() + CLEARING);
    traffic.revokeWhatLivesLonger(LONGEST_WAIT);
    runUntil(timeline.now() + LONGEST_WAIT + CLEARING);
    rules.atTheEnd();
  }

  private void sweep() {
    cluster.sweep(chance.oneIn(2) ? 0 : 2_000);
    timeline.after(chance.between(300, 5_000), this::sweep);
  }

  private void runUntil(long end) {
    while (timeline.step(end)) {
      rules.afterEveryEvent();
    }
  }
}
