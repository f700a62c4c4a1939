package dev.curfew.realm;

import dev.curfew.auth.Scope;
import java.util.Set;
import java.util.UUID;

/**
 * The account of a program, which gets its tokens by a secret. Without the secret itself.
 *
 * @param user who made it, and for whom it acts
 */
public record OauthClient(
    UUID id, int realmId, UserReference user, String name, Set<Scope> scopes, long createdAt) {
  public OauthClient {
    scopes = Set.copyOf(scopes);
  }
}
