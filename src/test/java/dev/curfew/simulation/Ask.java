package dev.curfew.simulation;

import dev.curfew.session.Command;
import dev.curfew.session.Outcome;

/** One sending of a command to one shard, and what is known of it. */
final class Ask {
  /** Whoever asked. Told once at most, and not at all when the node dies. */
  interface Asker {
    void answered(Outcome outcome);

    /** No answer came in time, or the shard is moving: what became of the command is not known. */
    void unanswered();
  }

  final Command command;
  private final Asker asker;

  /** The kernel has taken it. */
  boolean decided;

  /** The kernel has answered it. */
  boolean replied;

  /** How many states of the session had been committed when the kernel took it. */
  int statesBefore;

  /** Whether whoever asked has been told. */
  private boolean told;

  Ask(Command command, Asker asker) {
    this.command = command;
    this.asker = asker;
  }

  boolean told() {
    return told;
  }

  void answer(Outcome outcome) {
    if (!told) {
      told = true;
      asker.answered(outcome);
    }
  }

  void fail() {
    if (!told) {
      told = true;
      asker.unanswered();
    }
  }

  @Override
  public String toString() {
    return command.toString();
  }
}
