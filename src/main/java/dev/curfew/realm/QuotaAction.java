package dev.curfew.realm;

import java.util.Optional;

/** What happens when a user opens one session more than their realm's session service allows. */
public enum QuotaAction {
  /** The session that would expire first makes room. */
  DESTROY_NEXT_EXPIRING,
  /** The session that began first makes room. */
  DESTROY_OLDEST,
  /** All of the user's other sessions end. */
  DESTROY_ALL,
  /** The new one is refused. */
  DENY_ACCESS;

  public static Optional<QuotaAction> ofName(String name) {
    for (QuotaAction action : values()) {
      if (action.name().equals(name)) {
        return Optional.of(action);
      }
    }
    return Optional.empty();
  }
}
