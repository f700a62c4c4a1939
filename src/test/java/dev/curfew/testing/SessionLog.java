package dev.curfew.testing;

import dev.curfew.session.SessionState;
import io.vertx.core.json.JsonObject;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** What the database says became of sessions. */
public final class SessionLog {
  private final DirectSql sql;

  public SessionLog(DirectSql sql) {
    this.sql = sql;
  }

  public SessionState state(UUID session) throws SQLException {
    return SessionState.ofCode((int) sql.number("SELECT state FROM session WHERE id = ?", session));
  }

  /** The last parts of its events' types, in order. */
  public List<String> types(UUID session) throws SQLException {
    return sql.column(
        "SELECT substring(type FROM '[a-z]+$') FROM event WHERE session_id = ? ORDER BY xid, id",
        session);
  }

  /** When its only event of a type was decided, in epoch milliseconds. */
  public long at(UUID session, String type) throws SQLException {
    return sql.number(
        "SELECT ms(at) FROM event WHERE session_id = ? AND type LIKE '%.' || ?", session, type);
  }

  /** The data of its only event of a type. */
  public JsonObject data(UUID session, String type) throws SQLException {
    return new JsonObject(
        sql.value(
            "SELECT data::text FROM event WHERE session_id = ? AND type LIKE '%.' || ?",
            session, type));
  }

  public void awaitEnd(UUID session) {
    Await.until("session " + session + " has ended", () -> types(session).contains("ended"));
  }
}
