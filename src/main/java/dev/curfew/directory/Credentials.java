package dev.curfew.directory;

import dev.curfew.auth.Principal;
import dev.curfew.realm.Credential;
import dev.curfew.realm.Page;
import io.vertx.core.Future;
import java.util.UUID;

/** Secrets that are checked out. Stored encrypted, given out only to a live session. */
public final class Credentials {
  /** For administrators of the realm. */
  public Future<Credential> create(Principal by, NewCredential wanted) {
    return NotYet.here();
  }

  /** Never with the secret. For administrators and auditors. */
  public Future<Page<Credential>> list(Principal by, PageRequest page) {
    return NotYet.here();
  }

  /** Refused with WRONG_STATE while it is checked out. For administrators. */
  public Future<Void> delete(Principal by, int id) {
    return NotYet.here();
  }

  /**
   * The credential of a session's checkout, for the session's user, an administrator, or a gateway
   * of the realm. Every reading is in the log before the answer is given.
   *
   * @return fails with FORBIDDEN unless the session is live and its checkout open
   */
  public Future<CredentialSecret> readFor(Principal by, UUID sessionId) {
    return NotYet.here();
  }
}
