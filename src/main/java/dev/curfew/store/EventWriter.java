package dev.curfew.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;

/**
 * Writes single events to the log, each in the transaction of what it tells. Whoever commits
 * publishes {@link dev.curfew.bus.Routes#EVENTS_COMMITTED} afterwards.
 */
public final class EventWriter {
  private static final String INSERT =
      """
      INSERT INTO event (type, realm_id, session_id, user_id, at, data)
      VALUES ($1, $2, $3, $4, clock_timestamp(), $5::text::jsonb)
      """;

  private EventWriter() {}

  /**
   * @param on the connection whose transaction the event belongs to
   */
  static Future<Void> write(SqlClient on, LogEntry entry) {
    return Database.query(
            on,
            INSERT,
            Tuple.of(
                entry.type().wireName(),
                entry.realmId(),
                entry.sessionId(),
                entry.userId(),
                entry.data().encode()))
        .mapEmpty();
  }
}
