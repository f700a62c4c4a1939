package dev.curfew.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which node serves which shard: what placement and the watchdog do, and how they go wrong. */
final class Cluster {
  private static final long SUPERVISION = 500;

  final List<Node> nodes = new ArrayList<>();
  private final World world;
  private final int[] assigned;
  private final long[] missedSince;
  private final long detection;

  Cluster(World world, int nodeCount, int shards) {
    this.world = world;
    this.assigned = new int[shards];
    this.missedSince = new long[shards];
    this.detection = world.chance.between(500, 5_000);
    for (int i = 0; i < nodeCount; i++) {
      nodes.add(new Node("n" + i, world));
    }
    for (int shard = 0; shard < shards; shard++) {
      assigned[shard] = world.chance.below(nodeCount);
      move(shard, nodes.get(assigned[shard]));
    }
    world.timeline.after(SUPERVISION, this::supervise);
  }

  int shards() {
    return assigned.length;
  }

  Node assigned(int shard) {
    return nodes.get(assigned[shard]);
  }

  /** Moves what is not served, and has not been for a while, to a node that is there. */
  private void supervise() {
    long now = world.timeline.now();
    for (int shard = 0; shard < assigned.length; shard++) {
      Node node = assigned(shard);
      ShardDriver driver = node.driver(shard);
      if (node.responsive() && driver != null && !driver.stopped()) {
        missedSince[shard] = 0;
      } else if (missedSince[shard] == 0) {
        missedSince[shard] = now;
      } else if (now - missedSince[shard] >= detection) {
        missedSince[shard] = 0;
        move(shard, anyResponsive());
      }
    }
    world.timeline.after(SUPERVISION, this::supervise);
  }

  private @Nullable Node anyResponsive() {
    List<Node> choices = nodes.stream().filter(Node::responsive).toList();
    return choices.isEmpty() ? null : world.chance.of(choices);
  }

  /** Another node takes the shard; the one before is not told. */
  void move(int shard, @Nullable Node to) {
    if (to != null) {
      world.trace.note("shard %d goes from %s to %s", shard, assigned(shard), to);
      assigned[shard] = nodes.indexOf(to);
      to.after(0, () -> to.host(shard));
    }
  }

  /** The owner commits what it has and lets go before another node takes the shard. */
  void handOver(int shard, Node to) {
    Node from = assigned(shard);
    ShardDriver driver = from.driver(shard);
    if (from == to || driver == null || !driver.serves() || !to.responsive()) {
      return;
    }
    world.trace.note("%s hands over to %s", driver, to);
    from.after(0, () -> driver.stop(() -> move(shard, to)));
  }

  /** The watchdog: whatever the database holds overdue, the shard's owner looks at again. */
  void sweep(long lateness) {
    for (UUID id : world.store.overdue(lateness)) {
      int shard = world.shardOf(id);
      Node node = assigned(shard);
      node.after(
          world.chance.between(0, 5),
          () -> {
            ShardDriver driver = node.driver(shard);
            if (driver != null && driver.serves()) {
              driver.lookAgain(id);
            }
          });
    }
  }
}
