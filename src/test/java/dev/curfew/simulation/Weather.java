package dev.curfew.simulation;

import java.util.ArrayList;
import java.util.List;

/** What goes wrong in a run. Each seed has its own mix, some have none of it. */
final class Weather {
  private final World world;
  private final List<Runnable> incidents = new ArrayList<>();
  private final long calmest;
  private boolean over;

  Weather(World world) {
    this.world = world;
    Chance chance = world.chance;
    calmest = chance.between(2_000, 20_000);
    if (chance.oneIn(2)) {
      incidents.add(this::crash);
    }
    if (chance.oneIn(2)) {
      incidents.add(this::freeze);
    }
    if (chance.oneIn(2)) {
      incidents.add(this::databaseOutage);
    }
    if (chance.oneIn(2)) {
      incidents.add(this::cutOff);
    }
    if (chance.oneIn(2)) {
      incidents.add(this::usurp);
    }
    if (chance.oneIn(2)) {
      incidents.add(this::handOver);
    }
    if (chance.oneIn(3)) {
      incidents.add(this::poison);
    }
    if (chance.oneIn(2)) {
      world.quality = someQuality(chance);
    }
    world.messageLoss = chance.oneIn(2) ? chance.between(0, 10) : 0;
    world.undoFailures = chance.oneIn(2) ? chance.between(0, 50) : 0;
    world.timeline.after(chance.between(0, calmest), this::next);
  }

  private static DatabaseLink.Quality someQuality(Chance chance) {
    return new DatabaseLink.Quality(
        chance.oneIn(2) ? chance.between(0, 6) : 0,
        chance.oneIn(2) ? chance.between(0, 6) : 0,
        chance.oneIn(2) ? chance.between(0, 6) : 0);
  }

  private void next() {
    if (over || incidents.isEmpty()) {
      return;
    }
    world.chance.of(incidents).run();
    world.timeline.after(world.chance.between(100, calmest), this::next);
  }

  /** Nothing goes wrong from now on. */
  void clearUp() {
    over = true;
    world.trace.note("the weather clears up");
    world.quality = DatabaseLink.Quality.PERFECT;
    world.messageLoss = 0;
    world.undoFailures = 0;
    world.store.comeUp();
    world.store.healRows();
    world.cluster.nodes.forEach(node -> node.link.heal());
  }

  private Node someNode() {
    return world.chance.of(world.cluster.nodes);
  }

  private int someShard() {
    return world.chance.below(world.cluster.shards());
  }

  private void crash() {
    someNode().crash(world.chance.between(500, 15_000));
  }

  private void freeze() {
    someNode().freeze(world.chance.between(100, world.chance.oneIn(2) ? 30_000 : 4_000));
  }

  private void databaseOutage() {
    if (world.store.up()) {
      world.trace.note("the database goes down");
      world.store.goDown();
      world.timeline.after(
          world.chance.between(200, world.chance.oneIn(3) ? 25_000 : 4_000),
          () -> {
            world.trace.note("the database comes up");
            world.store.comeUp();
          });
    }
  }

  private void cutOff() {
    Node node = someNode();
    long duration = world.chance.between(200, world.chance.oneIn(3) ? 25_000 : 4_000);
    world.trace.note("%s is cut off from the database for %d ms", node, duration);
    node.link.cut(duration);
  }

  /** Two nodes believe that they own the shard. */
  private void usurp() {
    world.cluster.move(someShard(), someNode());
  }

  private void handOver() {
    world.cluster.handOver(someShard(), someNode());
  }

  private void poison() {
    world
        .traffic
        .someSession()
        .ifPresent(
            id -> {
              world.trace.note("%s is poisoned", id);
              world.store.poison(id);
            });
  }
}
