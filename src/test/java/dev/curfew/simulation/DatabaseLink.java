package dev.curfew.simulation;

import java.util.function.Consumer;

/**
 * A node's connections to the database. Each call ends in exactly one of an answer and a failure,
 * while the node lives; a failure says nothing of whether the statement was carried out.
 */
final class DatabaseLink {
  /** A statement, which gives its answer when it is carried out. */
  @FunctionalInterface
  interface Statement<T> {
    void carryOut(Consumer<T> answer);
  }

  /** How often calls go wrong, each in percent. */
  record Quality(double lostRequest, double lostReply, double late) {
    static final Quality PERFECT = new Quality(0, 0, 0);
  }

  private static final long QUICK_FAILURE = 60;
  private static final long SLOW_FAILURE = 12_000;
  private static final long LATEST = 20_000;
  private static final long GIVEN_UP = 30_000;

  private final Node node;
  private final World world;
  private long cutUntil;

  DatabaseLink(Node node, World world) {
    this.node = node;
    this.world = world;
  }

  /** Nothing gets through for a while. */
  void cut(long duration) {
    cutUntil = Math.max(cutUntil, world.timeline.now() + duration);
  }

  void heal() {
    cutUntil = 0;
  }

  private boolean reachable() {
    return world.store.up() && world.timeline.now() >= cutUntil;
  }

  <T> void call(Statement<T> statement, Consumer<T> answered, Runnable failed) {
    Call<T> call = new Call<>(answered, failed);
    Chance chance = world.chance;
    if (!reachable()) {
      call.failAfter(chance.between(1, chance.oneIn(3) ? 3_000 : QUICK_FAILURE));
      return;
    }
    Quality quality = world.quality;
    if (chance.percent(quality.lostRequest())) {
      call.failAfter(failureDelay());
    } else if (chance.percent(quality.lostReply())) {
      world.timeline.after(chance.between(0, 3), () -> carryOut(statement, call, false));
      call.failAfter(failureDelay());
    } else if (chance.percent(quality.late())) {
      world.timeline.after(
          chance.between(QUICK_FAILURE, chance.oneIn(2) ? LATEST : 1_000),
          () -> carryOut(statement, call, true));
      call.failAfter(failureDelay());
    } else {
      world.timeline.after(chance.between(0, 3), () -> carryOut(statement, call, true));
      call.failAfter(GIVEN_UP);
    }
  }

  private long failureDelay() {
    return world.chance.oneIn(3)
        ? world.chance.between(5_000, SLOW_FAILURE)
        : world.chance.between(1, QUICK_FAILURE);
  }

  private <T> void carryOut(Statement<T> statement, Call<T> call, boolean answers) {
    if (!world.store.up()) {
      call.failAfter(0);
      return;
    }
    statement.carryOut(
        answer -> {
          if (answers && world.timeline.now() >= cutUntil) {
            call.answerAfter(world.chance.between(0, 3), answer);
          }
        });
  }

  private final class Call<T> {
    private final Consumer<T> answered;
    private final Runnable failed;
    private final long life = node.life();
    private boolean over;

    Call(Consumer<T> answered, Runnable failed) {
      this.answered = answered;
      this.failed = failed;
    }

    void answerAfter(long delay, T answer) {
      node.after(life, delay, () -> end(() -> answered.accept(answer)));
    }

    void failAfter(long delay) {
      node.after(life, delay, () -> end(failed));
    }

    private void end(Runnable ending) {
      if (!over) {
        over = true;
        ending.run();
      }
    }
  }
}
