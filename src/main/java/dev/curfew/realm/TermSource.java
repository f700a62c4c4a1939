package dev.curfew.realm;

import java.util.Locale;

/** Who says what holds under a policy; the first that does. */
public enum TermSource {
  POLICY,
  REALM,
  CONFIGURATION;

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
