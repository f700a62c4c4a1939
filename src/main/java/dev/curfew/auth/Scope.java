package dev.curfew.auth;

import java.util.Locale;
import java.util.Optional;

/** What a credential was issued for. No scope includes another. */
public enum Scope {
  SESSIONS_READ(true),
  SESSIONS_WRITE(false),
  SESSION_JOIN(false),
  PSM_READ(true),
  PSM_WRITE(false),
  RECORDING_ENCODE(false),
  RECORDING_UPLOAD(false),
  RECORDING_READ(true),
  RECORDING_ENCRYPT(false),
  CREDENTIAL_READ(false),
  CREDENTIAL_WRITE(false),
  RESOURCES_READ(true),
  AUDIT_READ(true),
  PRA_READ(true),
  PRA_WRITE(false),
  SSF_READ(true),
  SSF_MANAGE(false),
  ADMIN(false);

  private final boolean onlyReads;

  Scope(boolean onlyReads) {
    this.onlyReads = onlyReads;
  }

  /** Whether nothing can be changed and no secret be read with it. */
  public boolean onlyReads() {
    return onlyReads;
  }

  /** As keys and documents spell it: {@code sessions:read}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', ':');
  }

  public static Optional<Scope> ofWireName(String name) {
    for (Scope scope : values()) {
      if (scope.wireName().equals(name)) {
        return Optional.of(scope);
      }
    }
    return Optional.empty();
  }
}
