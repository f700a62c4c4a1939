package dev.curfew.directory;

import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.EndNotification;
import dev.curfew.realm.TokenView;
import io.vertx.core.Future;
import java.util.List;

/** Who wants to be told when a token session ends, and who still has to be. */
public final class SessionListeners {
  SessionListeners() {}

  /**
   * Has a URL told when the session ends, for whatever reason. Registering it again changes
   * nothing.
   *
   * @param token the session's own, which is what the listener knows it by; kept encrypted
   * @param url absolute, http or https
   * @return fails with INVALID_FIELD, NOT_FOUND when the session is over
   */
  public Future<Void> registerListener(TokenView session, Secret token, String url) {
    return unfinished();
  }

  /**
   * Notifications that are due, oldest first. They are whoever asks for them's for half a minute,
   * and then due again unless {@link #notified} or {@link #failed} was called.
   */
  public Future<List<EndNotification>> pendingNotifications(int limit) {
    return unfinished();
  }

  /** Delivered, or given up. */
  public Future<Void> notified(long id) {
    return unfinished();
  }

  /**
   * @param retryAt when it is due again, in epoch milliseconds
   */
  public Future<Void> failed(long id, long retryAt) {
    return unfinished();
  }

  private static <T> Future<T> unfinished() {
    return Future.failedFuture(CurfewException.of(ErrorCode.UNAVAILABLE, "not built yet"));
  }
}
