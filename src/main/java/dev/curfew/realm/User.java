package dev.curfew.realm;

import dev.curfew.auth.Role;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody, or some program, that has sessions.
 *
 * @param numericId for dialects that need an integer; what sessions refer to
 */
public record User(
    UUID id,
    int numericId,
    int realmId,
    String realm,
    String username,
    @Nullable String email,
    @Nullable String displayName,
    Set<Role> roles,
    long createdAt) {

  public User {
    roles = Set.copyOf(roles);
  }

  public boolean is(Role role) {
    return roles.contains(role);
  }
}
