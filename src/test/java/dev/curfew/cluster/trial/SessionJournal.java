package dev.curfew.cluster.trial;

import dev.curfew.cluster.trial.SessionHistory.Change;
import dev.curfew.cluster.trial.SessionHistory.Event;
import dev.curfew.session.EndReason;
import dev.curfew.session.EventType;
import dev.curfew.session.SessionState;
import dev.curfew.store.DatabaseEndpoint;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What a database did to its sessions, noted by a trigger in the transactions that did it, and what
 * its event log tells of them. For one session the order of the notes is the order of the changes,
 * since its row is locked.
 */
final class SessionJournal {
  private static final String INSTALL =
      """
      CREATE SEQUENCE session_journal_sequence;
      CREATE TABLE session_journal (
        sequence bigint, session_id uuid, at bigint, wish text, old_state int, state int,
        reason int, expires_at bigint, generation int);

      CREATE FUNCTION session_journal() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO session_journal VALUES (
          nextval('session_journal_sequence'), NEW.id,
          (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
          COALESCE(NEW.attributes->>'deviceName', ''),
          CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END, NEW.state, NEW.reason,
          ms(NEW.expires_at), NEW.generation);
        RETURN NULL;
      END $$;
      CREATE TRIGGER session_journal_new AFTER INSERT ON session FOR EACH ROW
        EXECUTE FUNCTION session_journal();
      CREATE TRIGGER session_journal_change AFTER UPDATE ON session FOR EACH ROW
        WHEN (OLD.state <> NEW.state OR OLD.reason IS DISTINCT FROM NEW.reason
          OR OLD.expires_at <> NEW.expires_at OR OLD.generation <> NEW.generation)
        EXECUTE FUNCTION session_journal();
      """;

  private static final String CHANGES = "SELECT * FROM session_journal ORDER BY sequence";

  private static final String EVENTS =
      """
      SELECT session_id, type, ms(at) * 1000 AS at, ms((data->>'expiresAt')::timestamptz) AS expires,
        (data->>'generation')::int AS generation,
        COALESCE((data->>'thresholdSeconds')::bigint, 0) AS threshold, data->>'reason' AS reason
      FROM event
      WHERE type LIKE 'dev.curfew.session.%' AND data->>'generation' IS NOT NULL
      ORDER BY xid, id
      """;

  private final DatabaseEndpoint endpoint;

  private SessionJournal(DatabaseEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  static SessionJournal install(DatabaseEndpoint endpoint) throws SQLException {
    try (Connection connection = endpoint.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(INSTALL);
    }
    return new SessionJournal(endpoint);
  }

  List<Change> changes() throws SQLException {
    List<Change> changes = new ArrayList<>();
    try (Connection connection = endpoint.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(CHANGES)) {
      while (row.next()) {
        int from = row.getInt("old_state");
        int reason = row.getInt("reason");
        changes.add(
            new Change(
                row.getLong("sequence"),
                UUID.fromString(row.getString("session_id")),
                row.getLong("at"),
                row.getString("wish"),
                from == 0 ? null : SessionState.ofCode(from),
                SessionState.ofCode(row.getInt("state")),
                reason == 0 ? null : EndReason.ofCode(reason),
                row.getLong("expires_at"),
                row.getInt("generation")));
      }
    }
    return changes;
  }

  List<Event> events() throws SQLException {
    List<Event> events = new ArrayList<>();
    try (Connection connection = endpoint.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(EVENTS)) {
      while (row.next()) {
        events.add(
            new Event(
                UUID.fromString(row.getString("session_id")),
                EventType.ofWireName(row.getString("type")).orElseThrow(),
                row.getLong("at"),
                row.getLong("expires"),
                row.getInt("generation"),
                row.getLong("threshold"),
                row.getString("reason")));
      }
    }
    return events;
  }
}
