package dev.curfew.directory;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.ExpectedRevision;
import dev.curfew.realm.QuotaAction;
import dev.curfew.realm.SessionPropertyWhitelist;
import dev.curfew.realm.SessionServiceSettings;
import dev.curfew.realm.Stored;
import dev.curfew.session.Initiator;
import dev.curfew.session.Terms;
import dev.curfew.session.Tier;
import dev.curfew.store.RealmServiceStore;
import dev.curfew.store.RealmServiceStore.ServiceRow;
import dev.curfew.store.RealmStore;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What realms have configured for their session tokens. Whoever calls has checked that the caller
 * administers the realm.
 *
 * <p>Failures name the attribute as the AM dialect does: {@code maxSessionTime}, {@code
 * maxIdleTime}, {@code quotaLimit}, {@code maxCachingTime}, {@code sessionPropertyWhitelist}.
 */
public final class SessionService {
  /** The ids under which the services are stored: those of the AM dialect. */
  private static final String SESSION = "session";

  private static final String WHITELIST = "amSessionPropertyWhitelist";

  private static final String MAX_SESSION = "maxSessionTime";
  private static final String MAX_IDLE = "maxIdleTime";
  private static final String QUOTA = "quotaLimit";
  private static final String MAX_CACHING = "maxCachingTime";
  private static final String QUOTA_ACTION = "quotaAction";
  private static final String NAMES = "sessionPropertyWhitelist";

  private static final int LARGEST_QUOTA = 1_000_000;
  private static final int MOST_NAMES = 200;

  private final RealmServiceStore store;
  private final RealmStore realms;
  private final Notices notices;

  SessionService(RealmServiceStore store, RealmStore realms, Notices notices) {
    this.store = store;
    this.realms = realms;
    this.notices = notices;
  }

  // Settings

  /** Empty when the service has not been added to the realm. */
  public Future<Optional<SessionServiceSettings>> find(int realmId) {
    return store.find(realmId, SESSION).map(found -> found.map(SessionService::settings));
  }

  /** What holds in the realm, whether or not the service has been added. */
  Future<SessionServiceSettings> effective(int realmId) {
    return find(realmId).map(found -> found.orElse(SessionServiceSettings.DEFAULTS));
  }

  /**
   * Adds the service; the revision of what is wanted does not matter.
   *
   * @return fails with ALREADY_EXISTS, INVALID_FIELD, NOT_FOUND for an unknown realm
   */
  public Future<SessionServiceSettings> create(
      int realmId, SessionServiceSettings wanted, Initiator by) {
    return put(realmId, wanted, ExpectedRevision.ABSENT, by)
        .recover(SessionService::existsAlready)
        .map(Stored::value);
  }

  /**
   * Adds the service or replaces its settings. Times are positive and no longer than the realm's
   * tier allows a session to last; a quota of 0 is none.
   *
   * @return fails with REVISION_MISMATCH, INVALID_FIELD, NOT_FOUND for an unknown realm
   */
  public Future<Stored<SessionServiceSettings>> put(
      int realmId, SessionServiceSettings wanted, ExpectedRevision expected, Initiator by) {
    return realms
        .get(realmId)
        .compose(
            realm -> store.put(realmId, SESSION, json(checked(wanted, realm.tier())), expected, by))
        .onSuccess(stored -> notices.events())
        .map(stored -> new Stored<>(settings(stored.value()), stored.created()));
  }

  /**
   * Takes the service away.
   *
   * @return what it was; empty when it was not there; fails with REVISION_MISMATCH
   */
  public Future<Optional<SessionServiceSettings>> delete(
      int realmId, ExpectedRevision expected, Initiator by) {
    return store
        .delete(realmId, SESSION, expected, by)
        .onSuccess(deleted -> notices.events())
        .map(deleted -> deleted.map(SessionService::settings));
  }

  private static SessionServiceSettings checked(SessionServiceSettings wanted, Tier tier) {
    long longest = tier.maxDuration().toMinutes();
    within(MAX_SESSION, wanted.maxSessionMinutes(), 1, longest);
    within(MAX_IDLE, wanted.maxIdleMinutes(), 1, longest);
    within(QUOTA, wanted.quotaLimit(), 0, LARGEST_QUOTA);
    within(
        MAX_CACHING, wanted.maxCachingMinutes(), 1, Duration.ofMillis(Terms.LONGEST).toMinutes());
    return wanted;
  }

  private static void within(String field, int value, long least, long most) {
    if (value < least || value > most) {
      throw CurfewException.invalid(field, "must be from " + least + " to " + most);
    }
  }

  private static JsonObject json(SessionServiceSettings settings) {
    return new JsonObject()
        .put(MAX_SESSION, settings.maxSessionMinutes())
        .put(MAX_IDLE, settings.maxIdleMinutes())
        .put(QUOTA, settings.quotaLimit())
        .put(MAX_CACHING, settings.maxCachingMinutes())
        .put(QUOTA_ACTION, settings.quotaAction().name());
  }

  private static SessionServiceSettings settings(ServiceRow row) {
    JsonObject json = row.settings();
    return new SessionServiceSettings(
        json.getInteger(MAX_SESSION),
        json.getInteger(MAX_IDLE),
        json.getInteger(QUOTA),
        json.getInteger(MAX_CACHING),
        QuotaAction.valueOf(json.getString(QUOTA_ACTION)),
        row.revision());
  }

  // Whitelist

  /** Empty when the whitelist service has not been added to the realm. */
  public Future<Optional<SessionPropertyWhitelist>> findWhitelist(int realmId) {
    return store.find(realmId, WHITELIST).map(found -> found.map(SessionService::whitelist));
  }

  /** As {@link #create}. */
  public Future<SessionPropertyWhitelist> createWhitelist(
      int realmId, SessionPropertyWhitelist wanted, Initiator by) {
    return putWhitelist(realmId, wanted, ExpectedRevision.ABSENT, by)
        .recover(SessionService::existsAlready)
        .map(Stored::value);
  }

  /** As {@link #put}. */
  public Future<Stored<SessionPropertyWhitelist>> putWhitelist(
      int realmId, SessionPropertyWhitelist wanted, ExpectedRevision expected, Initiator by) {
    JsonObject json = new JsonObject().put(NAMES, new JsonArray(checked(wanted.names())));
    return store
        .put(realmId, WHITELIST, json, expected, by)
        .onSuccess(stored -> notices.events())
        .map(stored -> new Stored<>(whitelist(stored.value()), stored.created()));
  }

  /** As {@link #delete}. */
  public Future<Optional<SessionPropertyWhitelist>> deleteWhitelist(
      int realmId, ExpectedRevision expected, Initiator by) {
    return store
        .delete(realmId, WHITELIST, expected, by)
        .onSuccess(deleted -> notices.events())
        .map(deleted -> deleted.map(SessionService::whitelist));
  }

  private static List<String> checked(List<String> names) {
    if (names.size() > MOST_NAMES) {
      throw CurfewException.invalid(NAMES, "must have at most " + MOST_NAMES + " entries");
    }
    return names.stream()
        .map(name -> FieldRules.name(NAMES, name, FieldRules.LONGEST_NAME))
        .distinct()
        .toList();
  }

  private static SessionPropertyWhitelist whitelist(ServiceRow row) {
    return new SessionPropertyWhitelist(
        row.settings().getJsonArray(NAMES).stream().map(String.class::cast).toList(),
        row.revision());
  }

  private static <T> Future<T> existsAlready(Throwable failure) {
    boolean exists =
        failure instanceof CurfewException known && known.code() == ErrorCode.REVISION_MISMATCH;
    return Future.failedFuture(
        exists
            ? CurfewException.of(
                ErrorCode.ALREADY_EXISTS, "The service has been added to the realm already")
            : failure);
  }
}
