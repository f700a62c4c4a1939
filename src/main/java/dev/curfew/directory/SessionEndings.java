package dev.curfew.directory;

import io.vertx.core.Future;
import java.util.UUID;

/** What ending a session must undo outside of it. */
public final class SessionEndings {
  /**
   * Closes the session's checkout, giving the credential a new secret where that is asked for, and
   * takes its resource rules away. Doing it again is harmless.
   */
  public Future<Void> undo(UUID sessionId) {
    return NotYet.here();
  }
}
