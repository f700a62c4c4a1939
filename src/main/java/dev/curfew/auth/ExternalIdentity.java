package dev.curfew.auth;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whom a token of another issuer names.
 *
 * @param realm name of the realm where the user is looked for
 * @param name user name or e-mail address
 * @param byEmail whether it is an address
 * @param roles what the issuer grants; null where it has no say, and the user's own roles count
 * @param credentialId the same for all tokens of this user by this issuer
 * @param expiresAt epoch milliseconds
 */
public record ExternalIdentity(
    String realm,
    String name,
    boolean byEmail,
    @Nullable Set<Role> roles,
    UUID credentialId,
    long expiresAt) {
  public ExternalIdentity {
    roles = roles == null ? null : Set.copyOf(roles);
  }
}
