package dev.curfew.auth;

import io.vertx.core.Future;
import java.util.Optional;

/** Where API keys are on record. */
@FunctionalInterface
public interface KeyLookup {
  /**
   * Who holds a key.
   *
   * @param expiresAt epoch milliseconds; 0 when the key does not expire
   */
  record Holder(Principal principal, long expiresAt) {}

  /**
   * The holder of the key with this hash, unless it is expired or revoked or its user is gone.
   *
   * @return fails with {@link dev.curfew.fault.CurfewException} UNAVAILABLE when the record cannot
   *     be read now
   */
  Future<Optional<Holder>> find(TokenHash hash);
}
