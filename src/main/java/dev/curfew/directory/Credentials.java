package dev.curfew.directory;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.SecretBox;
import dev.curfew.bus.Sessions;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.Credential;
import dev.curfew.realm.Page;
import dev.curfew.realm.SessionDetail;
import dev.curfew.session.Command;
import dev.curfew.session.Outcome;
import dev.curfew.session.SessionState;
import dev.curfew.store.CredentialStore;
import dev.curfew.store.SessionQueries;
import io.vertx.core.Future;
import java.util.UUID;

/** Secrets that are checked out. Stored encrypted, given out only to a live session. */
public final class Credentials {
  private final CredentialStore store;
  private final SessionQueries queries;
  private final Sessions sessions;
  private final SecretBox secrets;
  private final Notices notices;

  Credentials(
      CredentialStore store,
      SessionQueries queries,
      Sessions sessions,
      SecretBox secrets,
      Notices notices) {
    this.store = store;
    this.queries = queries;
    this.sessions = sessions;
    this.secrets = secrets;
    this.notices = notices;
  }

  /** In the caller's realm, for its administrators. */
  public Future<Credential> create(Principal by, NewCredential wanted) {
    Authorisation.requireAdministrator(by, by.realmId(), "Realm");
    String name = FieldRules.name("name", wanted.name(), FieldRules.LONGEST_NAME);
    String username =
        FieldRules.name("username", wanted.username(), FieldRules.LONGEST_PERSONAL_NAME);
    Secret password = wanted.password();
    if (FieldRules.text("password", password.reveal(), FieldRules.LONGEST_SECRET).isEmpty()) {
      throw CurfewException.invalid("password", "must not be empty");
    }
    return store
        .nextId()
        .compose(
            id ->
                store.insert(
                    new CredentialStore.NewRow(
                        id,
                        by.realmId(),
                        name,
                        username,
                        secrets.seal(password, SecretPlaces.credential(id)),
                        wanted.rotateOnCheckin()),
                    by.administrator()))
        .onSuccess(made -> notices.events());
  }

  /** Never with the secret. For administrators and auditors: those of the realm, or all. */
  public Future<Page<Credential>> list(Principal by, PageRequest page) {
    Authorisation.requireReader(by, by.realmId(), "Realm");
    int after = page.key(Integer::valueOf).orElse(0);
    return store
        .list(Realms.visibleTo(by), after, page.rows())
        .map(rows -> page.page(rows, Credential::id));
  }

  /** Refused with WRONG_STATE while it is checked out. For administrators. */
  public Future<Void> delete(Principal by, int id) {
    return find(id)
        .compose(
            credential -> {
              Authorisation.requireAdministrator(by, credential.realmId(), what(id));
              return store.delete(credential, by.administrator());
            })
        .compose(deleted -> deleted ? Future.succeededFuture() : notDeleted(id))
        .onSuccess(deleted -> notices.events());
  }

  /** It was checked out, or somebody else deleted it in between. */
  private Future<Void> notDeleted(int id) {
    return find(id)
        .map(
            stillThere -> {
              throw CurfewException.of(ErrorCode.WRONG_STATE, what(id) + " is checked out");
            });
  }

  /** The credential, whatever its realm; fails with NOT_FOUND. */
  Future<Credential> find(int id) {
    return store.find(id).map(found -> found.orElseThrow(() -> CurfewException.notFound(what(id))));
  }

  private static String what(int id) {
    return "Credential " + id;
  }

  /**
   * The credential of a session's checkout, for the session's user, an administrator, or a gateway
   * of the realm. Every reading is in the log before the answer is given.
   *
   * @return fails with FORBIDDEN unless the session is live and its checkout open
   */
  public Future<CredentialSecret> readFor(Principal by, UUID sessionId) {
    String what = "Session " + sessionId;
    return queries
        .find(sessionId)
        .compose(
            found -> {
              SessionDetail session = found.orElseThrow(() -> CurfewException.notFound(what));
              int owner = session.user().numericId();
              Authorisation.requireOwnerOrGateway(
                  by, session.realmId(), owner, Authorisation.Intent.CHANGE, what);
              // The shard knows of ends that the row does not show yet.
              return sessions
                  .ask(new Command.Observe(sessionId))
                  .compose(
                      outcome ->
                          isActive(outcome)
                              ? store.readLent(sessionId, by.initiator(owner))
                              : Future.failedFuture(notLent()));
            })
        .map(lent -> lent.orElseThrow(Credentials::notLent))
        .onSuccess(lent -> notices.events())
        .map(
            lent ->
                new CredentialSecret(
                    lent.username(),
                    secrets.unseal(lent.sealed(), SecretPlaces.credential(lent.credentialId()))));
  }

  private static boolean isActive(Outcome outcome) {
    return outcome instanceof Outcome.Done done && done.session().state() == SessionState.ACTIVE;
  }

  private static CurfewException notLent() {
    return CurfewException.of(
        ErrorCode.FORBIDDEN, "The session is not live, or its checkout is not open");
  }
}
