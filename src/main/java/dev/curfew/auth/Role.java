package dev.curfew.auth;

import java.util.Optional;

/** What a user is in the organisation. */
public enum Role {
  /** Acts on their own sessions. */
  USER,
  /** Reads everything of the realm, changes nothing. */
  AUDITOR,
  /** Administers their own realm. */
  ORG_ADMIN,
  /** Administers every realm. */
  ADMIN;

  public static Optional<Role> ofName(String name) {
    for (Role role : values()) {
      if (role.name().equals(name)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }
}
