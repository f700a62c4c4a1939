package dev.curfew.auth;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Turns a presented credential, of whatever kind, into who is asking. */
public interface Authenticator {
  /**
   * Who presents this.
   *
   * @return fails with {@link dev.curfew.fault.CurfewException} UNAUTHENTICATED for a credential
   *     that is unknown, expired or revoked, without telling which; with UNAVAILABLE when that
   *     cannot be known now
   */
  Future<Principal> of(String credential);

  /**
   * As {@link #of}, for credentials that were seen lately.
   *
   * @return null for a strange one, about which nobody has been asked
   */
  default @Nullable Future<Principal> remembered(String credential) {
    return null;
  }
}
