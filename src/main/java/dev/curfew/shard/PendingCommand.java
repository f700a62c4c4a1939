package dev.curfew.shard;

import dev.curfew.session.Command;
import dev.curfew.session.Outcome;
import io.vertx.core.Promise;

/** A command and whoever waits for its outcome. Lives on the shard's event loop. */
final class PendingCommand {
  private static final long NO_TIMER = -1;

  final Command command;
  private final Promise<Outcome> promise;
  private long timer = NO_TIMER;
  private boolean answered;

  PendingCommand(Command command, Promise<Outcome> promise) {
    this.command = command;
    this.promise = promise;
  }

  boolean answered() {
    return answered;
  }

  boolean hasTimer() {
    return timer != NO_TIMER;
  }

  long timer() {
    return timer;
  }

  void timer(long id) {
    timer = id;
  }

  void answer(Outcome outcome) {
    answered = true;
    promise.tryComplete(outcome);
  }

  void fail(Throwable why) {
    answered = true;
    promise.tryFail(why);
  }
}
