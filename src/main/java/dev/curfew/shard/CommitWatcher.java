package dev.curfew.shard;

import dev.curfew.session.Batch;

/**
 * Told of every batch of this node once the database has answered, or may have applied it without
 * an answer; before anybody else learns what became of it. Called on any thread; must not block.
 */
@FunctionalInterface
public interface CommitWatcher {
  /** The batch may be in the database now. */
  void mayBeCommitted(Batch batch);
}
