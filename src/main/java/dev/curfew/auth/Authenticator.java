package dev.curfew.auth;

import io.vertx.core.Future;

/** Turns a presented credential into who is asking. */
public interface Authenticator {
  /**
   * Of an API key.
   *
   * @return fails with {@link dev.curfew.fault.CurfewException} UNAUTHENTICATED for a key that is
   *     unknown, expired or revoked, without telling which
   */
  Future<Principal> ofApiKey(String key);
}
