package dev.curfew.bus;

import dev.curfew.fault.ErrorCode;
import dev.curfew.session.Outcome;

/** What a member says to a command that was sent to it. */
public sealed interface CommandAnswer {

  /** The shard's own answer. */
  record Settled(Outcome outcome) implements CommandAnswer {}

  /** The shard is not served there; nothing was done. */
  record Elsewhere() implements CommandAnswer {
    public static final Elsewhere INSTANCE = new Elsewhere();
  }

  /** The shard did not answer; whether the command was carried out depends on the code. */
  record Failed(ErrorCode code, String message) implements CommandAnswer {}
}
