package dev.curfew.auth;

import dev.curfew.session.Initiator;
import dev.curfew.session.Tier;
import java.util.Set;
import java.util.UUID;

/**
 * Who is asking: a user of a realm, with what their credential allows.
 *
 * @param userId the user's numeric id
 * @param userUuid the user's public id
 * @param credentialId which key, account or login was presented
 * @param expiresAt when the credential expires, in epoch milliseconds; 0 for never
 */
public record Principal(
    int userId,
    UUID userUuid,
    String username,
    int realmId,
    String realm,
    Tier tier,
    Set<Role> roles,
    Set<Scope> scopes,
    UUID credentialId,
    long expiresAt) {

  public Principal {
    roles = Set.copyOf(roles);
    scopes = Set.copyOf(scopes);
  }

  /** Of a credential that does not expire. */
  public Principal(
      int userId,
      UUID userUuid,
      String username,
      int realmId,
      String realm,
      Tier tier,
      Set<Role> roles,
      Set<Scope> scopes,
      UUID credentialId) {
    this(userId, userUuid, username, realmId, realm, tier, roles, scopes, credentialId, 0);
  }

  public boolean has(Scope scope) {
    return scopes.contains(scope);
  }

  public boolean is(Role role) {
    return roles.contains(role);
  }

  /** Administers the given realm. */
  public boolean administers(int otherRealmId) {
    return is(Role.ADMIN) || (is(Role.ORG_ADMIN) && realmId == otherRealmId);
  }

  /** As the audit log names whoever changes what is administered. */
  public Initiator administrator() {
    return new Initiator(Initiator.Kind.ADMIN, userId, username);
  }

  /** As the audit log names whoever changed a session of {@code ownerId}. */
  public Initiator initiator(long ownerId) {
    return new Initiator(
        ownerId == userId ? Initiator.Kind.USER : Initiator.Kind.ADMIN, userId, username);
  }
}
