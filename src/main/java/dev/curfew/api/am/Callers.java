package dev.curfew.api.am;

import dev.curfew.api.Gateway;
import dev.curfew.auth.RateLimiter;
import dev.curfew.directory.SessionTokens;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.TokenView;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who calls, by the session token they show, and what they may do. */
final class Callers {
  private final SessionTokens tokens;
  private final RateLimiter perSecond;
  private final String cookieName;

  Callers(Gateway gateway) {
    this.tokens = gateway.directory().sessionTokens();
    this.perSecond = RateLimiter.perSecond(gateway.config().rateLimit().perSecond());
    this.cookieName = gateway.config().am().cookieName();
  }

  String cookieName() {
    return cookieName;
  }

  /** Null when the call shows no token. */
  @Nullable String token(AmCall call) {
    return call.callerToken(cookieName);
  }

  /**
   * Whose token the call shows; that is no activity of theirs.
   *
   * @return fails with UNAUTHENTICATED when it shows none, or a dead one
   */
  Future<TokenView> caller(AmCall call) {
    String token = token(call);
    return token == null
        ? Future.failedFuture(CrestErrors.accessDenied())
        : tokens.read(token).map(this::live);
  }

  /** The session, counted against its user's rate; fails with UNAUTHENTICATED for none. */
  TokenView live(Optional<TokenView> found) {
    TokenView view = found.orElseThrow(CrestErrors::accessDenied);
    requireWithinRate(view);
    return view;
  }

  void requireWithinRate(TokenView view) {
    if (perSecond.take(view.userUuid()) < 0) {
      throw CurfewException.of(ErrorCode.RATE_LIMITED, "Too many requests; try again shortly");
    }
  }

  /** Fails with FORBIDDEN unless the caller administers the realm. */
  Future<Void> requireAdministrator(TokenView caller, int realmId) {
    if (!caller.administrator()) {
      return Future.failedFuture(CrestErrors.forbidden());
    }
    if (caller.realmId() == realmId) {
      return Future.succeededFuture();
    }
    return tokens
        .principal(caller)
        .map(
            principal -> {
              if (principal.isEmpty() || !principal.get().administers(realmId)) {
                throw CrestErrors.forbidden();
              }
              return null;
            });
  }

  static boolean sameUser(TokenView one, TokenView other) {
    return one.userId() == other.userId();
  }

  /** As the log names whoever ends a session of this user. */
  static Initiator initiator(TokenView caller, int ownerId) {
    return new Initiator(
        caller.userId() == ownerId ? Initiator.Kind.USER : Initiator.Kind.ADMIN,
        caller.userId(),
        caller.username());
  }
}
