package dev.curfew.shard;

import io.vertx.core.Future;
import java.util.UUID;

/** What a session did outside Curfew and must be undone before it is ended. */
@FunctionalInterface
public interface Effects {
  /** Undoes everything of this session. Doing it again is harmless; a failure is tried again. */
  Future<Void> undo(UUID sessionId);
}
