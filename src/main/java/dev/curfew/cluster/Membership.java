package dev.curfew.cluster;

import io.vertx.core.Future;
import java.util.UUID;
import java.util.function.Consumer;

/** This member's place among the others. */
public interface Membership {
  /** This life of this node. */
  UUID self();

  /** Whether there are no others, by configuration: whoever takes a shard then is a mistake. */
  default boolean isSole() {
    return false;
  }

  /** The cluster as last known. */
  Roster roster();

  /**
   * Has somebody told of every roster that differs from the one before, on any thread, in order.
   *
   * @param changed must not block
   */
  void watch(Consumer<Roster> changed);

  /**
   * Looks anew, now: something has moved. Requests that arrive while a look is under way share the
   * next one. Completes when the roster is one that was read after the request; fails when the
   * database does not answer.
   */
  Future<Void> look();

  /**
   * Whether what this member has in memory may be believed without asking the database: heartbeats
   * acknowledged, sessions shown. It may as long as nobody can have taken its shards without its
   * knowing: its row was confirmed a moment ago; or the database is away, and then nobody can take
   * anything, and all its fellows are in touch, so that it is away for them too. After a pause of
   * the whole process it may not until it has been confirmed. Cheap: asked for every heartbeat.
   */
  boolean knowsItsShards();

  /** Others are to read where this member answers HTTP. */
  default void answersAt(String url) {}

  /** From now on shards are placed on others. Completes when that is written. */
  Future<Void> withdraw();

  /** Leaves for good; others need not wait for it. Never fails. */
  Future<Void> leave();
}
