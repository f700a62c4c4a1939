package dev.curfew.directory;

import dev.curfew.auth.Principal;
import dev.curfew.realm.Page;
import dev.curfew.realm.Resource;
import dev.curfew.realm.ResourceRule;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What access sessions open the way to, and the rules that say so. */
public final class Resources {
  /** For administrators of the realm. */
  public Future<Resource> create(Principal by, NewResource wanted) {
    return NotYet.here();
  }

  /** For administrators and auditors. In the order of their ids, newest first. */
  public Future<Page<Resource>> list(Principal by, PageRequest page) {
    return NotYet.here();
  }

  /**
   * The rules of sessions that the caller has been shown, by session; sessions without rules are
   * left out.
   */
  public Future<Map<UUID, List<ResourceRule>>> rulesOf(Collection<UUID> sessionIds) {
    return NotYet.here();
  }
}
