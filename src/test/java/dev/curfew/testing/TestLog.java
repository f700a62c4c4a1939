package dev.curfew.testing;

import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes events into the log through a test's own database session, and its transaction. */
public final class TestLog {
  private final DirectSql sql;

  public TestLog(DirectSql sql) {
    this.sql = sql;
  }

  /** Events of nobody in particular, told apart by {@code data.name}. */
  public void write(String... names) throws SQLException {
    for (String name : names) {
      write("dev.curfew.session.started", 1, UUID.randomUUID(), 1L, name);
    }
  }

  public void write(
      String type, int realmId, @Nullable UUID sessionId, @Nullable Long userId, String name)
      throws SQLException {
    sql.run(
        "INSERT INTO event (type, realm_id, session_id, user_id, at, data)"
            + " VALUES (?, ?, ?, ?, clock_timestamp(), jsonb_build_object('name', ?::text))",
        type,
        realmId,
        sessionId,
        userId,
        name);
  }

  /**
   * An event of nobody in particular that happened then and is written now.
   *
   * @param at in epoch milliseconds
   */
  public void writeAt(long at, String name) throws SQLException {
    sql.run(
        "INSERT INTO event (type, realm_id, session_id, user_id, at, data)"
            + " VALUES ('dev.curfew.session.started', 1, gen_random_uuid(), 1, at_ms(?),"
            + " jsonb_build_object('name', ?::text))",
        at,
        name);
  }
}
