package dev.curfew.directory;

import dev.curfew.auth.Role;
import dev.curfew.config.Secret;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A user to be created.
 *
 * @param password null for an account that cannot log in by password
 * @param roles empty for {@link Role#USER} alone
 * @param realm null for the caller's own
 */
public record NewUser(
    String username,
    @Nullable String email,
    @Nullable String displayName,
    @Nullable Secret password,
    Set<Role> roles,
    @Nullable String realm) {
  public NewUser {
    roles = Set.copyOf(roles);
  }
}
