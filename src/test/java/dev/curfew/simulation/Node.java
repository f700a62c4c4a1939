package dev.curfew.simulation;

import dev.curfew.session.Command;
import dev.curfew.session.Outcome;
import dev.curfew.session.RealmThresholds;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One process: its clock, its shards, its way to the database; it can die and it can freeze. */
final class Node {
  private static final long PULSE_INTERVAL = 1_000;
  private static final long CLOCK_INTERVAL = 1_000;
  private static final long CLOCK_PATIENCE = 2_000;
  private static final long THRESHOLDS_INTERVAL = 5_000;

  final NodeClock clock;
  final DatabaseLink link;
  PulseBuffer pulses;
  private final String name;
  private final World world;
  private TreeMap<Integer, ShardDriver> drivers = new TreeMap<>();

  /**
   * Those that another driver of this node is to follow, once they have committed what they have.
   */
  private List<ShardDriver> leaving = new ArrayList<>();

  /** Grows with each start, so that nothing of an earlier life happens in a later one. */
  private long life;

  private boolean up;
  private long frozenUntil;
  private boolean databaseAnswers = true;
  private @Nullable RealmThresholds thresholds;
  private boolean readsThresholds;
  private boolean thresholdsChanged;

  Node(String name, World world) {
    this.name = name;
    this.world = world;
    this.clock = new NodeClock(world.timeline, someError());
    this.link = new DatabaseLink(this, world);
    this.pulses = new PulseBuffer(this, world);
    start();
  }

  @Override
  public String toString() {
    return name;
  }

  private long someError() {
    return world.chance.between(-NodeClock.BOUND, NodeClock.BOUND);
  }

  // Life

  private void start() {
    up = true;
    life++;
    frozenUntil = 0;
    databaseAnswers = true;
    drivers = new TreeMap<>();
    leaving = new ArrayList<>();
    pulses = new PulseBuffer(this, world);
    thresholds = null;
    readsThresholds = false;
    repeatLookAtThresholds();
    after(PULSE_INTERVAL, this::flushPulses);
    after(CLOCK_INTERVAL, this::measureClock);
  }

  /** Memory is gone and nothing is flushed. */
  void crash(long backAfter) {
    if (!up) {
      return;
    }
    world.trace.note("%s crashes", this);
    up = false;
    life++;
    world.timeline.after(
        backAfter,
        () -> {
          world.trace.note("%s starts", this);
          start();
        });
  }

  /** Stands still for a while, then goes on as if nothing had been. */
  void freeze(long duration) {
    if (!up) {
      return;
    }
    long now = world.timeline.now();
    long until = Math.max(frozenUntil, now + duration);
    frozenUntil = until;
    world.trace.note("%s freezes for %d ms", this, until - now);
    long thisLife = life;
    world.timeline.at(
        until,
        () -> {
          if (life == thisLife && frozenUntil == until) {
            drivers.values().forEach(driver -> world.rules.thawed(driver, until - now));
            leaving.forEach(driver -> world.rules.thawed(driver, until - now));
          }
        });
  }

  /** Whether it would be found alive and well by the others. */
  boolean responsive() {
    return up && world.timeline.now() >= frozenUntil;
  }

  /** Runs on this node, if it lives so long, and not while it is frozen. */
  void after(long delay, Runnable action) {
    after(life, delay, action);
  }

  /** The same, for what was begun in the life of that number. */
  void after(long inLife, long delay, Runnable action) {
    world.timeline.after(delay, () -> run(inLife, action));
  }

  long life() {
    return life;
  }

  private void run(long inLife, Runnable action) {
    if (inLife != life || !up) {
      return;
    }
    if (world.timeline.now() < frozenUntil) {
      world.timeline.at(frozenUntil + world.chance.between(0, 2), () -> run(inLife, action));
      return;
    }
    action.run();
  }

  // Shards

  @Nullable ShardDriver driver(int shard) {
    return drivers.get(shard);
  }

  /** Takes a shard and serves it. */
  void host(int shard) {
    ShardDriver before = drivers.get(shard);
    ShardDriver driver = new ShardDriver(shard, this, world);
    drivers.put(shard, driver);
    if (before == null || before.stopped()) {
      driver.start();
    } else {
      leaving.add(before);
      before.stop(
          () -> {
            leaving.remove(before);
            driver.start();
          });
    }
  }

  // Heartbeats and the clock

  private void flushPulses() {
    drivers.values().forEach(ShardDriver::drainPulses);
    pulses.writeIfIdle();
    after(PULSE_INTERVAL, this::flushPulses);
  }

  private void measureClock() {
    boolean[] over = {false};
    Runnable silence =
        () -> {
          if (!over[0]) {
            over[0] = true;
            measured(false);
          }
        };
    link.<Long>call(
        answer -> answer.accept(world.timeline.now()),
        time -> {
          if (!over[0]) {
            over[0] = true;
            clock.correct(someError());
            measured(true);
          }
        },
        silence);
    after(CLOCK_PATIENCE, silence);
  }

  private void measured(boolean answered) {
    if (answered != databaseAnswers) {
      databaseAnswers = answered;
      world.trace.note("%s finds the database %s", this, answered ? "back" : "lost");
      for (ShardDriver driver : drivers.values()) {
        if (answered) {
          driver.databaseBack();
        } else {
          driver.databaseLost();
        }
      }
    }
    after(CLOCK_INTERVAL, this::measureClock);
  }

  // Thresholds

  /** What subscribers want as far as this node knows; null before the first answer. */
  @Nullable RealmThresholds thresholds() {
    return thresholds;
  }

  private void repeatLookAtThresholds() {
    lookAtThresholds();
    after(THRESHOLDS_INTERVAL, this::repeatLookAtThresholds);
  }

  /** Reads them, or once more after the reading that is under way. */
  void lookAtThresholds() {
    if (readsThresholds) {
      thresholdsChanged = true;
      return;
    }
    readsThresholds = true;
    thresholdsChanged = false;
    link.<RealmThresholds>call(
        answer -> answer.accept(world.subscribers.wanted()),
        wanted -> {
          thresholds = wanted;
          world.trace.note("%s knows of %s", this, wanted);
          drivers.values().forEach(driver -> driver.thresholds(wanted));
          thresholdsAreRead();
        },
        this::thresholdsAreRead);
  }

  private void thresholdsAreRead() {
    readsThresholds = false;
    if (thresholdsChanged) {
      lookAtThresholds();
    }
  }

  // Outside effects

  /**
   * Undoes what a session did outside, which may take a while, fail, or never be heard of again.
   */
  void undo(ShardDriver driver, UUID sessionId) {
    if (world.chance.percent(world.undoFailures)) {
      return;
    }
    after(
        world.chance.between(0, 2_000),
        () ->
            driver.submit(
                new Ask(
                    new Command.Finish(sessionId),
                    new Ask.Asker() {
                      @Override
                      public void answered(Outcome outcome) {}

                      @Override
                      public void unanswered() {}
                    })));
  }
}
