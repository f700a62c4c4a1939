package dev.curfew.bus;

import dev.curfew.session.Command;
import dev.curfew.session.Outcome;
import io.vertx.core.Future;

/** The way to a session: whoever owns its shard, wherever that is. */
public interface Sessions {

  /**
   * Asks a session's shard. The answer comes once it is committed.
   *
   * @return fails with {@link dev.curfew.fault.CurfewException} UNAVAILABLE when the shard does not
   *     answer within its bound; whether the command was carried out is then not known
   */
  Future<Outcome> ask(Command command);
}
