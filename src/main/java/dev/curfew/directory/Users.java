package dev.curfew.directory;

import dev.curfew.auth.Principal;
import dev.curfew.realm.Page;
import dev.curfew.realm.User;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Who has sessions. Users are named by UUID, numeric id or user name, tried in this order. */
public final class Users {
  /** For administrators of the realm; only an administrator of all makes another one. */
  public Future<User> create(Principal by, NewUser user) {
    return NotYet.here();
  }

  /** For administrators and auditors of the user's realm, and the user. */
  public Future<User> get(Principal by, String anyForm) {
    return NotYet.here();
  }

  /**
   * For administrators and auditors: those of the realm, or all. In the order of their numeric ids.
   *
   * @param q part of user name, display name or e-mail, without regard to case; null for all
   */
  public Future<Page<User>> list(Principal by, @Nullable String q, PageRequest page) {
    return NotYet.here();
  }

  /** For administrators of the realm. */
  public Future<User> change(Principal by, String anyForm, UserChange change) {
    return NotYet.here();
  }

  /** Removes a user: their keys are revoked and their sessions ended. */
  public Future<Void> delete(Principal by, String anyForm) {
    return NotYet.here();
  }

  /**
   * Whom the caller means, within the realms that the caller may know of. Permission to do anything
   * with that user is a question of its own.
   *
   * @return fails with NOT_FOUND
   */
  public Future<User> resolve(Principal by, String anyForm) {
    return NotYet.here();
  }

  /**
   * The user of this numeric id, within the realms that the caller may know of.
   *
   * @return fails with NOT_FOUND
   */
  public Future<User> ofNumericId(Principal by, long numericId) {
    return NotYet.here();
  }
}
