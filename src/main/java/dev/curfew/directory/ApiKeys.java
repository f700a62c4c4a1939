package dev.curfew.directory;

import dev.curfew.auth.ApiKeyFormat;
import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.TokenHash;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.ApiKey;
import dev.curfew.realm.Page;
import dev.curfew.realm.User;
import dev.curfew.store.ApiKeyStore;
import io.vertx.core.Future;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Credentials for programs. */
public final class ApiKeys {
  private final ApiKeyStore store;
  private final Users users;
  private final SortableIds ids;
  private final LongSupplier clock;
  private final Notices notices;

  ApiKeys(ApiKeyStore store, Users users, SortableIds ids, LongSupplier clock, Notices notices) {
    this.store = store;
    this.users = users;
    this.ids = ids;
    this.clock = clock;
    this.notices = notices;
  }

  /**
   * For administrators of the realm. Nobody grants a scope that they lack, or makes a key for a
   * user who may do more than they.
   */
  public Future<IssuedApiKey> create(Principal by, NewApiKey wanted) {
    Authorisation.requireAdministrator(by, by.realmId(), "Realm");
    String name = FieldRules.name("name", wanted.name(), FieldRules.LONGEST_NAME);
    String description =
        FieldRules.optionalText("description", wanted.description(), FieldRules.LONGEST_REMARK);
    if (wanted.scopes().isEmpty()) {
      throw CurfewException.invalid("scopes", "must name at least one scope");
    }
    Authorisation.requireMayGrant(by, wanted.scopes());
    long expiresAt = FieldRules.future("expiresAt", wanted.expiresAt(), clock.getAsLong());
    Secret key = ApiKeyFormat.generate();
    String userId = wanted.userId();
    return users
        .resolve(by, userId == null ? by.userUuid().toString() : userId)
        .compose(
            user -> {
              requireMayActFor(by, user);
              return store.insert(
                  new ApiKeyStore.NewRow(
                      ids.next(),
                      user.realmId(),
                      user.numericId(),
                      name,
                      description,
                      ApiKeyFormat.prefix(key),
                      TokenHash.of(key.reveal()),
                      wanted.scopes(),
                      expiresAt),
                  by.administrator());
            })
        .map(made -> new IssuedApiKey(made, key))
        .onSuccess(made -> notices.events());
  }

  private static void requireMayActFor(Principal by, User user) {
    Authorisation.requireAdministrator(by, user.realmId(), "User " + user.username());
    Users.requireNoHigher(by, user);
  }

  /** Keys of the realm that have not been revoked, newest first. For administrators. */
  public Future<Page<ApiKey>> list(Principal by, PageRequest page) {
    Authorisation.requireAdministrator(by, by.realmId(), "Realm");
    @Nullable UUID after = page.key(UUID::fromString).orElse(null);
    return store.list(by.realmId(), after, page.rows()).map(rows -> page.page(rows, ApiKey::id));
  }

  /** From then on the key opens nothing. Revoking it again is NOT_FOUND. */
  public Future<Void> revoke(Principal by, UUID id) {
    String what = "API key " + id;
    return store
        .find(id)
        .compose(
            found -> {
              ApiKey key = found.orElseThrow(() -> CurfewException.notFound(what));
              Authorisation.requireAdministrator(by, key.realmId(), what);
              return store.revoke(key, by.administrator());
            })
        .map(
            revoked -> {
              if (!revoked) {
                throw CurfewException.notFound(what);
              }
              return (Void) null;
            })
        .onSuccess(revoked -> notices.credentials());
  }
}
