package dev.curfew.directory;

import dev.curfew.auth.Principal;
import dev.curfew.realm.Page;
import dev.curfew.realm.Realm;
import dev.curfew.session.Tier;
import io.vertx.core.Future;

/** Organisations and their tiers. */
public final class Realms {
  /** Makes a realm with its default policy. For administrators of all. */
  public Future<Realm> create(Principal by, String name, Tier tier) {
    return NotYet.here();
  }

  /** By name; an administrator or auditor of one realm sees that one. */
  public Future<Page<Realm>> list(Principal by, PageRequest page) {
    return NotYet.here();
  }

  /** Holds for sessions created from then on. For administrators of all. */
  public Future<Realm> changeTier(Principal by, String name, Tier tier) {
    return NotYet.here();
  }
}
