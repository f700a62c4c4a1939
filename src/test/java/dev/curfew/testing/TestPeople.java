package dev.curfew.testing;

import java.sql.SQLException;
import java.util.UUID;

/** Puts realms and users into the database under ids of the test's choice. */
public final class TestPeople {
  private final DirectSql sql;

  public TestPeople(DirectSql sql) {
    this.sql = sql;
  }

  public TestPeople realm(int id, String name) throws SQLException {
    sql.run(
        "INSERT INTO realm (id, name, tier) OVERRIDING SYSTEM VALUE VALUES (?, ?, 'enterprise')",
        id,
        name);
    return this;
  }

  /** The new user's public id. */
  public UUID user(int numericId, int realmId, String name) throws SQLException {
    UUID id = UUID.randomUUID();
    sql.run(
        "INSERT INTO users (id, numeric_id, realm_id, username, roles)"
            + " OVERRIDING SYSTEM VALUE VALUES (?, ?, ?, ?, '{USER}')",
        id,
        numericId,
        realmId,
        name);
    return id;
  }
}
