package dev.curfew.realm;

import dev.curfew.auth.Scope;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A credential of a program, without the key itself.
 *
 * @param user whose key it is
 * @param prefix the first characters of the key, to recognise it by
 * @param expiresAt 0 when it does not expire
 */
public record ApiKey(
    UUID id,
    int realmId,
    UserReference user,
    String name,
    @Nullable String description,
    String prefix,
    Set<Scope> scopes,
    long createdAt,
    long expiresAt) {

  public ApiKey {
    scopes = Set.copyOf(scopes);
  }
}
