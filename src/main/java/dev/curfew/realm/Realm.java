package dev.curfew.realm;

import dev.curfew.session.Tier;

/** An organisation: everything else belongs to one, and realms do not learn of each other. */
public record Realm(int id, String name, Tier tier, long createdAt) {
  /** The realm of the first administrator; exists from the first start. */
  public static final String ROOT = "root";
}
