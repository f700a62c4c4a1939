package dev.curfew.simulation;

import dev.curfew.session.RealmThresholds;
import dev.curfew.session.Thresholds;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Who wants to be told of sessions that are about to end: what they ask for changes while sessions
 * live. Every node is sent a notice of each change, which may get lost.
 */
final class Subscribers {
  private static final List<Long> WANTED =
      List.of(1L, 1_000L, 5_000L, 7_500L, 10_000L, 25_000L, 30_000L, 45_000L, 60_000L, 86_400_000L);
  private static final int REALMS = 2;

  private final World world;
  private final Chance chance;
  private final long pace;
  private RealmThresholds wanted = RealmThresholds.NONE;
  private boolean stopped;

  Subscribers(World world) {
    this.world = world;
    this.chance = world.chance;
    this.pace = chance.between(300, 15_000);
    if (!chance.oneIn(4)) {
      world.timeline.after(chance.between(0, pace), this::change);
    }
  }

  /** What the database answers. */
  RealmThresholds wanted() {
    return wanted;
  }

  void stop() {
    stopped = true;
  }

  private void change() {
    if (stopped) {
      return;
    }
    Map<Integer, Thresholds> ofRealms = new HashMap<>(wanted.ofRealms());
    ofRealms.put((int) chance.between(1, REALMS), someThresholds());
    wanted = new RealmThresholds(ofRealms);
    world.trace.note("subscribers want %s", wanted);
    for (Node node : world.cluster.nodes) {
      if (!chance.percent(world.messageLoss)) {
        node.after(chance.between(0, 20), node::lookAtThresholds);
      }
    }
    world.timeline.after(chance.between(1, 2 * pace), this::change);
  }

  private Thresholds someThresholds() {
    return Thresholds.of(
        LongStream.range(0, chance.below(5)).map(each -> chance.of(WANTED)).toArray());
  }
}
