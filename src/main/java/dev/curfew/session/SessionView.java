package dev.curfew.session;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A session as its shard sees it at {@code now}: committed state, with heartbeats that may not have
 * reached the database yet.
 */
public record SessionView(
    UUID id,
    long numericId,
    SessionKind kind,
    SessionState state,
    @Nullable EndReason reason,
    long userId,
    Terms terms,
    long startedAt,
    long expiresAt,
    int generation,
    @Nullable String owner,
    long lastAccess,
    long lastReported,
    long now) {

  /** Milliseconds until the hard deadline, never negative; 0 once the session is over. */
  public long remaining() {
    return state.live() ? Math.max(0, expiresAt - now) : 0;
  }
}
