package dev.curfew.directory;

import dev.curfew.auth.Scope;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An API key to be made.
 *
 * @param expiresAt epoch milliseconds; 0 for never
 * @param userId whose it shall be, in any form; null for the caller's own
 */
public record NewApiKey(
    String name,
    @Nullable String description,
    Set<Scope> scopes,
    long expiresAt,
    @Nullable String userId) {
  public NewApiKey {
    scopes = Set.copyOf(scopes);
  }
}
