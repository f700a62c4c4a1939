package dev.curfew.directory;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.ExpectedRevision;
import dev.curfew.realm.SessionPropertyWhitelist;
import dev.curfew.realm.SessionServiceSettings;
import dev.curfew.realm.Stored;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * What realms have configured for their session tokens. Whoever calls has checked that the caller
 * administers the realm.
 *
 * <p>Failures name the attribute as the AM dialect does: {@code maxSessionTime}, {@code
 * maxIdleTime}, {@code quotaLimit}, {@code maxCachingTime}, {@code sessionPropertyWhitelist}.
 */
public final class SessionService {
  SessionService() {}

  /** Empty when the service has not been added to the realm. */
  public Future<Optional<SessionServiceSettings>> find(int realmId) {
    return unfinished();
  }

  /**
   * Adds the service; the revision of what is wanted does not matter.
   *
   * @return fails with ALREADY_EXISTS, INVALID_FIELD
   */
  public Future<SessionServiceSettings> create(
      int realmId, SessionServiceSettings wanted, Initiator by) {
    return unfinished();
  }

  /**
   * Adds the service or replaces its settings.
   *
   * @return fails with REVISION_MISMATCH, INVALID_FIELD
   */
  public Future<Stored<SessionServiceSettings>> put(
      int realmId, SessionServiceSettings wanted, ExpectedRevision expected, Initiator by) {
    return unfinished();
  }

  /**
   * Takes the service away.
   *
   * @return what it was; empty when it was not there; fails with REVISION_MISMATCH
   */
  public Future<Optional<SessionServiceSettings>> delete(
      int realmId, ExpectedRevision expected, Initiator by) {
    return unfinished();
  }

  /** Empty when the whitelist service has not been added to the realm. */
  public Future<Optional<SessionPropertyWhitelist>> findWhitelist(int realmId) {
    return unfinished();
  }

  /** As {@link #create}. */
  public Future<SessionPropertyWhitelist> createWhitelist(
      int realmId, SessionPropertyWhitelist wanted, Initiator by) {
    return unfinished();
  }

  /** As {@link #put}. */
  public Future<Stored<SessionPropertyWhitelist>> putWhitelist(
      int realmId, SessionPropertyWhitelist wanted, ExpectedRevision expected, Initiator by) {
    return unfinished();
  }

  /** As {@link #delete}. */
  public Future<Optional<SessionPropertyWhitelist>> deleteWhitelist(
      int realmId, ExpectedRevision expected, Initiator by) {
    return unfinished();
  }

  private static <T> Future<T> unfinished() {
    return Future.failedFuture(CurfewException.of(ErrorCode.UNAVAILABLE, "not built yet"));
  }
}
