package dev.curfew.directory;

import dev.curfew.auth.Principal;
import dev.curfew.realm.JumpItem;
import io.vertx.core.Future;

/** Endpoints of the PRA dialect and the policies of their sessions. */
public final class JumpItems {
  /**
   * Binds an item of the caller's realm to a policy of that realm, replacing what was bound before.
   * For administrators.
   */
  public Future<JumpItem> bind(Principal by, String type, long id, String name, int policyId) {
    return NotYet.here();
  }
}
