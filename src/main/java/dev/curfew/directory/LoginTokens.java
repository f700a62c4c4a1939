package dev.curfew.directory;

import dev.curfew.auth.AccessTokens;
import dev.curfew.auth.KeyRing;
import dev.curfew.auth.OpaqueToken;
import dev.curfew.auth.Principal;
import dev.curfew.auth.TokenHash;
import dev.curfew.config.CurfewConfig;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.User;
import dev.curfew.store.LoginStore;
import dev.curfew.store.LoginStore.LoginRow;
import dev.curfew.store.LoginStore.Refreshed;
import io.vertx.core.Future;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * Logins: from a password that was found right, over any number of refreshes, to logging out.
 *
 * <p>Each refresh token is good once. One that comes a second time means that two have it, and it
 * cannot be told who the thief is: the login is over for both, its newest access token included.
 * There is no time of grace, so a client must not send the same refresh twice at once; one whose
 * answer was lost logs in again.
 */
public final class LoginTokens {
  private final LoginStore store;
  private final SigningKeys keys;
  private final AccessTokens tokens;
  private final CurfewConfig.Auth settings;
  private final SortableIds ids;
  private final LongSupplier clock;
  private final Notices notices;

  LoginTokens(
      LoginStore store,
      SigningKeys keys,
      CurfewConfig.Auth settings,
      SortableIds ids,
      LongSupplier clock,
      Notices notices) {
    this.store = store;
    this.keys = keys;
    this.tokens = new AccessTokens(settings.issuer());
    this.settings = settings;
    this.ids = ids;
    this.clock = clock;
    this.notices = notices;
  }

  /** Logs a user in, whose password was found right. */
  public Future<IssuedTokens> open(User user) {
    Secret refresh = OpaqueToken.REFRESH.generate();
    LoginRow login =
        new LoginRow(ids.next(), user.id(), clock.getAsLong() + settings.loginTtl().toMillis());
    return keys.ring()
        .compose(
            ring ->
                store
                    .open(login, TokenHash.of(refresh.reveal()), settings.refreshTokenTtl())
                    .map(
                        opened -> {
                          if (!opened) {
                            throw refused();
                          }
                          return issued(ring, login, refresh);
                        }));
  }

  /**
   * Exchanges a refresh token.
   *
   * @return fails with UNAUTHENTICATED when the token is unknown, expired or used, or its login is
   *     over, without telling which
   */
  public Future<IssuedTokens> refresh(Secret token) {
    if (!OpaqueToken.REFRESH.is(token.reveal())) {
      return Future.failedFuture(refused());
    }
    Secret next = OpaqueToken.REFRESH.generate();
    return keys.ring()
        .compose(
            ring ->
                store
                    .refresh(
                        TokenHash.of(token.reveal()),
                        TokenHash.of(next.reveal()),
                        settings.refreshTokenTtl())
                    .map(
                        refreshed -> {
                          if (refreshed instanceof Refreshed.Renewed renewed) {
                            return issued(ring, renewed.login(), next);
                          }
                          if (refreshed instanceof Refreshed.Reused) {
                            notices.credentials();
                          }
                          throw refused();
                        }));
  }

  private IssuedTokens issued(KeyRing ring, LoginRow login, Secret refresh) {
    long now = clock.getAsLong();
    long expiresAt = Math.min(now + settings.accessTokenTtl().toMillis(), login.expiresAt());
    // Tokens tell whole seconds.
    expiresAt -= expiresAt % 1_000;
    String access =
        tokens.mint(ring, new AccessTokens.Claims(login.userId(), login.id(), expiresAt), now);
    return new IssuedTokens(
        Secret.of(access), refresh, Math.max(0, Math.round((expiresAt - now) / 1_000.0)));
  }

  /**
   * Ends the login by which the caller is logged in.
   *
   * @return fails with INVALID_FIELD when the caller has not logged in but shown another credential
   */
  public Future<Void> end(Principal by) {
    UUID login = by.credentialId();
    return store
        .end(login, by.userUuid())
        .map(
            ended -> {
              if (!ended) {
                throw CurfewException.invalid(
                    "refreshToken", "is required, since the credential is not a login's");
              }
              notices.credentials();
              return null;
            });
  }

  /**
   * Ends the login that a refresh token belongs to, used or not; again, if need be.
   *
   * @return fails with UNAUTHENTICATED when there is no such token
   */
  public Future<Void> end(Secret refreshToken) {
    if (!OpaqueToken.REFRESH.is(refreshToken.reveal())) {
      return Future.failedFuture(refused());
    }
    return store
        .end(TokenHash.of(refreshToken.reveal()))
        .map(
            known -> {
              if (!known) {
                throw refused();
              }
              notices.credentials();
              return null;
            });
  }

  private static CurfewException refused() {
    return CurfewException.of(
        ErrorCode.UNAUTHENTICATED, "The refresh token is unknown, expired or used");
  }
}
