package dev.curfew.directory;

import dev.curfew.auth.Principal;
import dev.curfew.realm.Page;
import dev.curfew.realm.Policy;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** What sessions are granted under. A change holds for sessions created from then on. */
public final class Policies {
  /**
   * For administrators of the realm.
   *
   * @param realm null for the caller's own
   */
  public Future<Policy> create(Principal by, @Nullable String realm, PolicyTerms terms) {
    return NotYet.here();
  }

  /** For whoever belongs to the realm. */
  public Future<Policy> get(Principal by, int id) {
    return NotYet.here();
  }

  /** For administrators and auditors: those of the realm, or all. In the order of their ids. */
  public Future<Page<Policy>> list(Principal by, PageRequest page) {
    return NotYet.here();
  }

  /** What the terms do not say returns to its default. For administrators of the realm. */
  public Future<Policy> replace(Principal by, int id, PolicyTerms terms) {
    return NotYet.here();
  }
}
