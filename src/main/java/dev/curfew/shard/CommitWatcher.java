package dev.curfew.shard;

import dev.curfew.session.SessionKind;

/**
 * Told of every session of which this node knows that it changed, or may have: once the database
 * has answered, or may have applied it without an answer; before anybody else learns what became of
 * it from this node. Called on any thread; must not block.
 */
@FunctionalInterface
public interface CommitWatcher {
  CommitWatcher NOBODY = (kind, userId) -> {};

  /** A session of this kind and user may be another than before. */
  void mayHaveChanged(SessionKind kind, long userId);
}
