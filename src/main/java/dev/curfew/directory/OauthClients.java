package dev.curfew.directory;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.OpaqueToken;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Scope;
import dev.curfew.auth.TokenHash;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.OauthClient;
import dev.curfew.realm.Page;
import dev.curfew.store.OauthStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Accounts of programs that exchange a secret for tokens which expire. */
public final class OauthClients {
  /** The life of a token. */
  public static final Duration TOKEN_LIFE = Duration.ofHours(1);

  private final OauthStore store;
  private final SortableIds ids;
  private final Notices notices;

  OauthClients(OauthStore store, SortableIds ids, Notices notices) {
    this.store = store;
    this.ids = ids;
    this.notices = notices;
  }

  /**
   * An account that was just made.
   *
   * @param secret stored nowhere, and not to be had again
   */
  public record Made(OauthClient client, Secret secret) {}

  /**
   * Makes an account that acts for the caller. For administrators of the realm; nobody grants a
   * scope that they lack.
   */
  public Future<Made> create(Principal by, String name, Set<Scope> scopes) {
    Authorisation.requireAdministrator(by, by.realmId(), "Realm");
    String checked = FieldRules.name("name", name, FieldRules.LONGEST_NAME);
    if (scopes.isEmpty()) {
      throw CurfewException.invalid("scopes", "must name at least one scope");
    }
    Authorisation.requireMayGrant(by, scopes);
    Secret secret = OpaqueToken.CLIENT_SECRET.generate();
    return store
        .insert(
            new OauthStore.NewRow(
                ids.next(),
                by.realmId(),
                by.userId(),
                checked,
                TokenHash.of(secret.reveal()),
                scopes),
            by.administrator())
        .map(client -> new Made(client, secret))
        .onSuccess(made -> notices.events());
  }

  /** Accounts of the realm, newest first. For administrators. */
  public Future<Page<OauthClient>> list(Principal by, PageRequest page) {
    Authorisation.requireAdministrator(by, by.realmId(), "Realm");
    @Nullable UUID after = page.key(UUID::fromString).orElse(null);
    return store
        .list(by.realmId(), after, page.rows())
        .map(rows -> page.page(rows, OauthClient::id));
  }

  /** Ends an account; its tokens open nothing from then on. Ending it again is NOT_FOUND. */
  public Future<Void> revoke(Principal by, UUID id) {
    String what = "OAuth client " + id;
    return store
        .find(id)
        .compose(
            found -> {
              OauthClient client = found.orElseThrow(() -> CurfewException.notFound(what));
              Authorisation.requireAdministrator(by, client.realmId(), what);
              return store.revoke(client, by.administrator());
            })
        .map(
            revoked -> {
              if (!revoked) {
                throw CurfewException.notFound(what);
              }
              notices.credentials();
              return null;
            });
  }

  /**
   * A token for an account. At most thirty are good at once: one more, and the oldest is not.
   *
   * @param clientId as it was presented
   * @return fails with UNAUTHENTICATED when there is no such account, or this is not its secret
   */
  public Future<Secret> issue(String clientId, Secret secret) {
    UUID id = id(clientId);
    if (id == null) {
      return Future.failedFuture(refused());
    }
    Secret token = OpaqueToken.ACCESS.generate();
    return store
        .issue(id, TokenHash.of(secret.reveal()), TokenHash.of(token.reveal()), TOKEN_LIFE)
        .map(
            issued -> {
              switch (issued) {
                case REFUSED -> {
                  notices.events();
                  throw refused();
                }
                case EVICTED -> notices.credentials();
                case ISSUED -> {}
              }
              return token;
            });
  }

  private static @Nullable UUID id(String text) {
    try {
      return text.length() == 36 ? UUID.fromString(text) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static CurfewException refused() {
    return CurfewException.of(
        ErrorCode.UNAUTHENTICATED, "There is no such account, or this is not its secret");
  }
}
