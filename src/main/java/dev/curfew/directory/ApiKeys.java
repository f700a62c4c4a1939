package dev.curfew.directory;

import dev.curfew.auth.Principal;
import dev.curfew.realm.ApiKey;
import dev.curfew.realm.Page;
import io.vertx.core.Future;
import java.util.UUID;

/** Credentials for programs. */
public final class ApiKeys {
  /**
   * For administrators of the realm. Nobody grants a scope that they lack, or makes a key for a
   * user who may do more than they.
   */
  public Future<IssuedApiKey> create(Principal by, NewApiKey wanted) {
    return NotYet.here();
  }

  /** Keys of the realm that have not been revoked, newest first. For administrators. */
  public Future<Page<ApiKey>> list(Principal by, PageRequest page) {
    return NotYet.here();
  }

  /** From then on the key opens nothing. Revoking it again is NOT_FOUND. */
  public Future<Void> revoke(Principal by, UUID id) {
    return NotYet.here();
  }
}
