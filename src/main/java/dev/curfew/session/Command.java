package dev.curfew.session;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be asked of one session. Routed by id to its shard and decided there, in order. */
public sealed interface Command {
  UUID sessionId();

  /**
   * Whether asking twice is the same as asking once, so that a lost answer may be asked for again.
   */
  default boolean idempotent() {
    return true;
  }

  /**
   * Whether it need not wait behind commands that wait for the database: it decides nothing, and is
   * answered from memory.
   */
  default boolean overtakes() {
    return false;
  }

  /** Opens a session. Repeating it with the same id finds the session already open. */
  record Create(NewSession session, Initiator by) implements Command {
    @Override
    public UUID sessionId() {
      return session.id();
    }
  }

  /** APPROVED becomes ACTIVE. */
  record Activate(UUID sessionId, Initiator by) implements Command {}

  /**
   * The owner process is alive. Moves {@code lastReported} and nothing else; the first process to
   * report becomes the owner of a session without one.
   *
   * @param realmId the realm that the gateway may know of; a session of another one does not exist
   *     for it. 0 for any
   * @param process the reporting process; null where a call of the gateway implies life without
   *     naming it
   */
  record Heartbeat(UUID sessionId, int realmId, @Nullable String process) implements Command {
    /** Of a gateway that may know of every realm. */
    public Heartbeat(UUID sessionId, @Nullable String process) {
      this(sessionId, 0, process);
    }

    @Override
    public boolean overtakes() {
      return true;
    }
  }

  /** The user did something: idle time starts anew. */
  record Touch(UUID sessionId) implements Command {
    @Override
    public boolean overtakes() {
      return true;
    }
  }

  /**
   * Reads the session that a token opens, without touching it. For whoever has another token, there
   * is no such session.
   */
  record ReadToken(UUID sessionId, SecretDigest secret) implements Command {
    @Override
    public boolean overtakes() {
      return true;
    }
  }

  /** As {@link ReadToken}, and the user did something: idle time starts anew. */
  record TouchToken(UUID sessionId, SecretDigest secret) implements Command {
    @Override
    public boolean overtakes() {
      return true;
    }
  }

  /**
   * Moves the hard deadline, within the session's terms; refused over the maximum, never capped.
   */
  record Extend(UUID sessionId, long additional, Initiator by) implements Command {
    @Override
    public boolean idempotent() {
      return false;
    }
  }

  /** Takes the session away, whatever state it is in. */
  record Revoke(UUID sessionId, Initiator by, @Nullable String remark) implements Command {}

  /** Ends the session on the word of its user, gateway or checkout. */
  record Stop(UUID sessionId, Initiator by, EndReason reason) implements Command {}

  /** Notes durably that the session was alive now (PSM UpdateSession). */
  record NoteAlive(UUID sessionId) implements Command {}

  /** Everything outside has been undone: ENDING becomes ENDED. */
  record Finish(UUID sessionId) implements Command {}

  /** Reads the session without touching it. */
  record Observe(UUID sessionId) implements Command {}
}
