package dev.curfew.alert;

import dev.curfew.auth.Principal;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Supplier;

/** The credential that opened a connection, and who that was. On the connection's event loop. */
final class Admission {
  private final Supplier<Future<Principal>> credential;
  private Principal principal;

  /**
   * @param principal who opened the connection
   * @param credential asks anew who presents the same credential
   */
  Admission(Principal principal, Supplier<Future<Principal>> credential) {
    this.principal = principal;
    this.credential = credential;
  }

  Principal principal() {
    return principal;
  }

  /** When the credential expires as far as is known, in epoch milliseconds; 0 for never. */
  long expiresAt() {
    return principal.expiresAt();
  }

  /**
   * Asks whether the credential still is good for what it was good for.
   *
   * @return why the connection must be closed; empty when it may stay, or when that cannot be known
   *     now
   */
  Future<Optional<String>> objection() {
    return credential.get().map(this::objectionTo).recover(Admission::objectionTo);
  }

  private Optional<String> objectionTo(Principal now) {
    if (!sameRights(now)) {
      return Optional.of("the credential's rights changed; connect again");
    }
    principal = now;
    return Optional.empty();
  }

  private static Future<Optional<String>> objectionTo(Throwable failure) {
    boolean refused =
        failure instanceof CurfewException refusal && refusal.code() == ErrorCode.UNAUTHENTICATED;
    return Future.succeededFuture(
        refused ? Optional.of("the credential is no longer valid") : Optional.empty());
  }

  private boolean sameRights(Principal now) {
    return now.userId() == principal.userId()
        && now.realmId() == principal.realmId()
        && now.roles().equals(principal.roles())
        && now.scopes().equals(principal.scopes());
  }
}
