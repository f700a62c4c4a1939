package dev.curfew.store;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.session.Tier;
import io.vertx.sqlclient.Row;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who holds a credential, as every kind of credential's row shows user {@code u} and realm {@code
 * r}.
 */
final class HolderRow {
  static final String COLUMNS =
      "  u.numeric_id, u.id, u.username, u.realm_id, r.name AS realm, r.tier, u.roles\n";

  private HolderRow() {}

  /** With the user's own roles. */
  static Principal principal(Row row, Set<Scope> scopes, UUID credentialId, long expiresAt) {
    return new Principal(
        row.getInteger("numeric_id"),
        row.getUUID("id"),
        row.getString("username"),
        row.getInteger("realm_id"),
        row.getString("realm"),
        Tier.ofWireName(row.getString("tier")).orElseThrow(),
        UserStore.roles(row),
        scopes,
        credentialId,
        expiresAt);
  }

  /**
   * Of somebody who has logged in, whose roles say what they may do.
   *
   * @param roles null for the user's own
   */
  static Principal loggedIn(Row row, @Nullable Set<Role> roles, UUID credentialId, long expiresAt) {
    Set<Role> held = roles == null ? UserStore.roles(row) : roles;
    return new Principal(
        row.getInteger("numeric_id"),
        row.getUUID("id"),
        row.getString("username"),
        row.getInteger("realm_id"),
        row.getString("realm"),
        Tier.ofWireName(row.getString("tier")).orElseThrow(),
        held,
        Authorisation.scopesOf(held),
        credentialId,
        expiresAt);
  }
}
