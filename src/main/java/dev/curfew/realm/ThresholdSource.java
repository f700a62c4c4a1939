package dev.curfew.realm;

import java.util.Locale;

/** Who says at which thresholds the sessions of a policy are warned; the first that does. */
public enum ThresholdSource {
  POLICY,
  REALM,
  CONFIGURATION;

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
