package dev.curfew.directory;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.AccessGrant;
import dev.curfew.realm.SessionAttributes;
import dev.curfew.realm.SessionDetail;
import dev.curfew.realm.Sudo;
import dev.curfew.realm.User;
import dev.curfew.session.SessionKind;
import dev.curfew.store.AccessGrantStore;
import dev.curfew.store.ResourceStore;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Access that administrators grant by hand: rights on a device, or a resource for a time. */
public final class AccessGrants {
  private final AccessGrantStore store;
  private final ResourceStore resources;
  private final Users users;
  private final SessionOpenings openings;
  private final SessionChanges changes;
  private final Notices notices;

  AccessGrants(
      AccessGrantStore store,
      ResourceStore resources,
      Users users,
      SessionOpenings openings,
      SessionChanges changes,
      Notices notices) {
    this.store = store;
    this.resources = resources;
    this.users = users;
    this.openings = openings;
    this.changes = changes;
    this.notices = notices;
  }

  /**
   * Grants access, which begins at once. For administrators of the user's realm.
   *
   * @return its session; fails as {@link SessionOpenings#open} does
   */
  public Future<SessionDetail> grant(Principal by, NewGrant wanted) {
    boolean device = wanted.kind() == SessionKind.DEVICE_ADMIN;
    String targetId =
        FieldRules.name(
            device ? "deviceId" : "resourceId", wanted.targetId(), FieldRules.LONGEST_NAME);
    String remarks =
        FieldRules.optionalText("remarks", wanted.remarks(), FieldRules.LONGEST_REMARK);
    Sudo sudo = wanted.sudo();
    return users
        .resolve(by, wanted.userId())
        .compose(
            user -> {
              Authorisation.requireAdministrator(by, user.realmId(), "User " + user.username());
              return target(wanted, user, targetId)
                  .compose(
                      target ->
                          open(
                              by,
                              wanted,
                              user,
                              target,
                              id ->
                                  store.insert(
                                      id,
                                      user.realmId(),
                                      wanted.kind(),
                                      remarks,
                                      sudo == null ? Sudo.NONE : sudo,
                                      by.userId())));
            });
  }

  private Future<SessionDetail> open(
      Principal by,
      NewGrant wanted,
      User user,
      SessionAttributes target,
      SessionOpenings.Preparation record) {
    SessionRequest request =
        SessionRequest.of(wanted.kind())
            .forUser(user.id().toString())
            .startingAt(wanted.startsAt())
            .lasting(wanted.duration())
            .underPolicy(wanted.policyId())
            .with(target);
    AtomicReference<@Nullable UUID> recorded = new AtomicReference<>();
    return openings
        .open(
            by,
            request,
            id -> {
              recorded.set(id);
              return record.before(id);
            })
        .recover(
            failure -> {
              UUID id = recorded.get();
              return (id == null ? Future.<Void>succeededFuture() : store.withdraw(id))
                  .compose(withdrawn -> Future.failedFuture(failure));
            });
  }

  /** A resource that is administered here is shown by its own id and name; any other as given. */
  private Future<SessionAttributes> target(NewGrant wanted, User user, String targetId) {
    if (wanted.kind() == SessionKind.DEVICE_ADMIN) {
      return Future.succeededFuture(wanted.attributes(targetId, wanted.targetName()));
    }
    return resources
        .find(user.realmId(), targetId)
        .map(
            found ->
                found
                    .map(resource -> wanted.attributes(resource.id().toString(), resource.name()))
                    .orElseGet(() -> wanted.attributes(targetId, wanted.targetName())));
  }

  /** For administrators and auditors. Fails with NOT_FOUND. */
  public Future<AccessGrant> get(Principal by, SessionKind kind, UUID id) {
    return find(kind, id)
        .map(
            grant -> {
              Authorisation.requireReader(by, grant.realmId(), what(id));
              return grant;
            });
  }

  /** For administrators and auditors: those of the realm, or all. Newest first. */
  public Future<List<AccessGrant>> list(Principal by, SessionKind kind, int limit, long skip) {
    Authorisation.requireReader(by, by.realmId(), "Realm");
    return store.list(kind, Realms.visibleTo(by), limit, skip);
  }

  /**
   * Prolongs a grant, or changes what is noted of it. For administrators.
   *
   * @return the grant as it is then; fails as {@link SessionChanges#extendTo} does, WRONG_STATE for
   *     a later end of one that is over
   */
  public Future<AccessGrant> change(Principal by, SessionKind kind, UUID id, GrantChange change) {
    String remarks =
        FieldRules.optionalText("remarks", change.remarks(), FieldRules.LONGEST_REMARK);
    Long expiresAt = change.expiresAt();
    return administered(by, kind, id)
        .compose(
            grant ->
                (expiresAt == null
                        ? Future.succeededFuture()
                        : changes.extendTo(by, id, "expiry", expiresAt))
                    .compose(
                        extended ->
                            store.change(
                                grant,
                                remarks != null,
                                remarks,
                                change.sudo(),
                                by.administrator())))
        .onSuccess(changed -> notices.events())
        .compose(changed -> find(kind, id));
  }

  /** Takes the access away; one that is over stays as it ended. For administrators. */
  public Future<AccessGrant> revoke(
      Principal by, SessionKind kind, UUID id, @Nullable String remark) {
    return administered(by, kind, id)
        .compose(
            grant ->
                grant.state().live()
                    ? changes
                        .revoke(by, id, remark)
                        .compose(
                            revoked -> store.change(grant, false, null, null, by.administrator()))
                    : Future.<Void>succeededFuture())
        .compose(revoked -> find(kind, id));
  }

  private Future<AccessGrant> administered(Principal by, SessionKind kind, UUID id) {
    return find(kind, id)
        .map(
            grant -> {
              Authorisation.requireAdministrator(by, grant.realmId(), what(id));
              return grant;
            });
  }

  private Future<AccessGrant> find(SessionKind kind, UUID id) {
    return store
        .find(id, kind)
        .map(found -> found.orElseThrow(() -> CurfewException.notFound(what(id))));
  }

  private static String what(UUID id) {
    return "Access " + id;
  }
}
