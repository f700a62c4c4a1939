package dev.curfew.directory;

import dev.curfew.auth.Role;
import dev.curfew.realm.TokenView;
import dev.curfew.realm.User;
import dev.curfew.session.SessionView;
import dev.curfew.store.TokenStore;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Token sessions as they are shown, and the handles that name them. */
final class TokenViews {
  private static final String HANDLE = "shandle:";
  private static final int HANDLE_LENGTH = HANDLE.length() + 36;

  private TokenViews() {}

  /** A session as its shard has it. */
  static TokenView of(SessionView session, User user) {
    return new TokenView(
        session.id(),
        HANDLE + session.id(),
        user.numericId(),
        user.id(),
        user.username(),
        user.realmId(),
        user.realm(),
        administers(user.roles()),
        session.startedAt(),
        session.expiresAt(),
        session.terms().maxDuration(),
        session.terms().maxIdle(),
        session.lastAccess(),
        session.now());
  }

  /** A session as it is stored. */
  static TokenView of(TokenStore.TokenRow row, long now) {
    return new TokenView(
        row.id(),
        HANDLE + row.id(),
        row.userId(),
        row.userUuid(),
        row.username(),
        row.realmId(),
        row.realm(),
        administers(row.roles()),
        row.startedAt(),
        row.expiresAt(),
        row.maxDuration(),
        row.maxIdle(),
        row.lastAccess(),
        now);
  }

  private static boolean administers(Set<Role> roles) {
    return roles.contains(Role.ADMIN) || roles.contains(Role.ORG_ADMIN);
  }

  /** The session that a handle names; empty for what is no handle. */
  static Optional<UUID> sessionOf(String handle) {
    if (!handle.startsWith(HANDLE) || handle.length() != HANDLE_LENGTH) {
      return Optional.empty();
    }
    try {
      return Optional.of(UUID.fromString(handle.substring(HANDLE.length())));
    } catch (IllegalArgumentException noHandle) {
      return Optional.empty();
    }
  }
}
