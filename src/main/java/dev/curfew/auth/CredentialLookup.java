package dev.curfew.auth;

import io.vertx.core.Future;
import java.util.Optional;

/** Where credentials are on record, or how else they are recognised. */
@FunctionalInterface
public interface CredentialLookup {
  /**
   * Who holds a credential, unless it is unknown, expired or revoked, or its user is gone.
   *
   * @param hash of the credential
   * @return fails with {@link dev.curfew.fault.CurfewException} UNAVAILABLE when the record cannot
   *     be read now
   */
  Future<Optional<Principal>> find(String credential, TokenHash hash);
}
