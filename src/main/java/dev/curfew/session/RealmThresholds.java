package dev.curfew.session;

import java.util.Map;

/**
 * What subscriptions add to the thresholds of all sessions of their realms, beside the sessions'
 * own terms. Immutable, and compared by value.
 *
 * @param ofRealms by the realm's id; realms without any may be left out
 */
public record RealmThresholds(Map<Integer, Thresholds> ofRealms) {
  public static final RealmThresholds NONE = new RealmThresholds(Map.of());

  public RealmThresholds {
    ofRealms = Map.copyOf(ofRealms);
  }

  public Thresholds of(int realmId) {
    return ofRealms.getOrDefault(realmId, Thresholds.NONE);
  }
}
