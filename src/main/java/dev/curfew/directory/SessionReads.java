package dev.curfew.directory;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.Page;
import dev.curfew.realm.SessionDetail;
import dev.curfew.realm.Transition;
import dev.curfew.session.SessionKind;
import dev.curfew.store.SessionQueries;
import dev.curfew.store.SessionQuery;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Sessions as they are shown. Reading never counts as activity. */
public final class SessionReads {
  /** More live sessions of one user than this are not shown at once. */
  private static final int MOST_LIVE = 1_000;

  private final SessionQueries queries;
  private final Realms realms;
  private final Users users;

  SessionReads(SessionQueries queries, Realms realms, Users users) {
    this.queries = queries;
    this.realms = realms;
    this.users = users;
  }

  /**
   * For the session's user, administrators and (to read) auditors.
   *
   * @return fails with NOT_FOUND, or FORBIDDEN for another user's
   */
  public Future<SessionDetail> get(Principal by, UUID id, Authorisation.Intent intent) {
    return find(id)
        .map(
            session -> {
              Authorisation.requireOwner(
                  by, session.realmId(), session.user().numericId(), intent, what(id));
              return session;
            });
  }

  /**
   * For gateways: any session of the caller's realm. The route has checked the gateway's scope.
   *
   * @return fails with NOT_FOUND
   */
  public Future<SessionDetail> getForGateway(Principal by, UUID id) {
    return find(id)
        .map(
            session -> {
              Authorisation.requireRealm(by, session.realmId(), what(id));
              return session;
            });
  }

  /**
   * For the session's user, administrators, and gateways of the realm.
   *
   * @return fails with NOT_FOUND, or FORBIDDEN for another user's
   */
  public Future<SessionDetail> getForOwnerOrGateway(Principal by, UUID id) {
    return find(id)
        .map(
            session -> {
              Authorisation.requireOwnerOrGateway(
                  by,
                  session.realmId(),
                  session.user().numericId(),
                  Authorisation.Intent.CHANGE,
                  what(id));
              return session;
            });
  }

  private Future<SessionDetail> find(UUID id) {
    return queries
        .find(id)
        .map(found -> found.orElseThrow(() -> CurfewException.notFound(what(id))));
  }

  private static String what(UUID id) {
    return "Session " + id;
  }

  /** Which of these sessions are of a realm that the caller may know of; others are left out. */
  public Future<Set<UUID>> visible(Principal by, Collection<UUID> ids) {
    return by.is(Role.ADMIN)
        ? Future.succeededFuture(Set.copyOf(ids))
        : queries.inRealm(ids, by.realmId());
  }

  /** How a session came where it is, oldest first. The caller has been shown the session. */
  public Future<List<Transition>> history(UUID id) {
    return queries.history(id);
  }

  /** Newest first. For administrators and auditors: those of the realm, or all. */
  public Future<Page<SessionDetail>> list(Principal by, SessionFilter filter, PageRequest page) {
    return query(by, filter).compose(query -> page(query, page));
  }

  /** How many {@link #list} would show. */
  public Future<Long> count(Principal by, SessionFilter filter) {
    return query(by, filter).compose(queries::count);
  }

  /** The caller's own, newest first; the filter's user and realm do not matter. */
  public Future<Page<SessionDetail>> own(Principal by, SessionFilter filter, PageRequest page) {
    return page(query(filter, by.realmId(), (long) by.userId()), page);
  }

  private Future<Page<SessionDetail>> page(SessionQuery query, PageRequest page) {
    @Nullable UUID after = page.key(UUID::fromString).orElse(null);
    return queries.list(query, after, page.rows()).map(rows -> page.page(rows, SessionDetail::id));
  }

  private Future<SessionQuery> query(Principal by, SessionFilter filter) {
    Authorisation.requireReader(by, by.realmId(), "Realm");
    String user = filter.user();
    Future<@Nullable Long> userId =
        user == null
            ? Future.succeededFuture(null)
            : users.resolve(by, user).map(found -> (long) found.numericId());
    return realmOf(by, filter.realm())
        .compose(realmId -> userId.map(id -> query(filter, realmId, id)));
  }

  private Future<@Nullable Integer> realmOf(Principal by, @Nullable String realm) {
    if (realm != null) {
      return realms.resolve(by, realm).map(found -> found.id());
    }
    return Future.succeededFuture(by.is(Role.ADMIN) ? null : by.realmId());
  }

  private static SessionQuery query(
      SessionFilter filter, @Nullable Integer realmId, @Nullable Long userId) {
    return new SessionQuery(
        realmId,
        userId,
        filter.kinds(),
        filter.states(),
        filter.reasons(),
        FieldRules.optionalText("q", filter.q(), FieldRules.LONGEST_PERSONAL_NAME),
        filter.accessStatus());
  }

  /**
   * A user's live sessions of these kinds, oldest first. The caller has resolved the user.
   *
   * @param kinds empty for all
   */
  public Future<List<SessionDetail>> liveOf(int userNumericId, Set<SessionKind> kinds) {
    return queries.liveOf(userNumericId, kinds, MOST_LIVE);
  }
}
