package dev.curfew.claim.history;

import dev.curfew.claim.history.History.Change;
import dev.curfew.claim.history.History.Told;
import dev.curfew.claim.history.History.Write;
import dev.curfew.lease.RecordingStage;
import dev.curfew.store.DatabaseEndpoint;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What a database did to its recordings, noted by triggers in the transactions that did it. The
 * row's lock is held while they run, so for one recording the order of the sequence is the order of
 * the changes.
 */
public final class Journal {
  private static final String INSTALL =
      """
      CREATE SEQUENCE journal_sequence;
      CREATE TABLE journal_change (
        sequence bigint, session_id uuid, at bigint, old_stage int, stage int, owner text,
        token bigint, attempt int);
      CREATE TABLE journal_write (sequence bigint, session_id uuid, stage int, token text);

      CREATE FUNCTION journal_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO journal_change VALUES (
          nextval('journal_sequence'), NEW.session_id,
          (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, OLD.stage, NEW.stage,
          COALESCE(NEW.owner, ''), NEW.token, NEW.attempt);
        RETURN NULL;
      END $$;
      CREATE TRIGGER journal_change AFTER UPDATE ON recording FOR EACH ROW
        WHEN (OLD.stage <> NEW.stage OR OLD.token <> NEW.token) EXECUTE FUNCTION journal_change();

      CREATE FUNCTION journal_write() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO journal_write VALUES (
          nextval('journal_sequence'), NEW.session_id,
          CASE WHEN NEW.destination IS NULL THEN 3 ELSE 5 END,
          COALESCE(NEW.destination, NEW.location));
        RETURN NULL;
      END $$;
      CREATE TRIGGER journal_write AFTER INSERT OR UPDATE ON artefact FOR EACH ROW
        EXECUTE FUNCTION journal_write();
      """;

  private final DatabaseEndpoint endpoint;

  private Journal(DatabaseEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  public static Journal install(DatabaseEndpoint endpoint) throws SQLException {
    Journal journal = new Journal(endpoint);
    try (Connection connection = endpoint.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(INSTALL);
    }
    return journal;
  }

  /** One row of an answer, read. */
  private interface Reading<T> {
    T of(ResultSet row) throws SQLException;
  }

  private <T> List<T> read(String sql, Reading<T> reading) throws SQLException {
    try (Connection connection = endpoint.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<T> all = new ArrayList<>();
      while (rows.next()) {
        all.add(reading.of(rows));
      }
      return all;
    }
  }

  private static UUID session(ResultSet row) throws SQLException {
    return UUID.fromString(row.getString("session_id"));
  }

  public List<Change> changes() throws SQLException {
    return read(
        "SELECT * FROM journal_change WHERE old_stage > 1 ORDER BY sequence",
        row ->
            new Change(
                row.getLong("sequence"),
                session(row),
                row.getLong("at"),
                RecordingStage.ofCode(row.getInt("old_stage")),
                RecordingStage.ofCode(row.getInt("stage")),
                row.getString("owner"),
                row.getLong("token"),
                row.getInt("attempt")));
  }

  public List<Write> writes() throws SQLException {
    return read(
        "SELECT * FROM journal_write ORDER BY sequence",
        row ->
            new Write(
                row.getLong("sequence"),
                session(row),
                RecordingStage.ofCode(row.getInt("stage")),
                Long.parseLong(row.getString("token"))));
  }

  public List<Told> told() throws SQLException {
    return read(
        """
        SELECT session_id, replace(type, 'dev.curfew.recording.', '') AS type,
          data->>'from' AS from_stage, data->>'stage' AS stage, data->>'owner' AS owner,
          data->'by'->>'name' AS by
        FROM event
        WHERE type LIKE 'dev.curfew.recording.%' AND type <> 'dev.curfew.recording.captured'
        ORDER BY xid, id
        """,
        row ->
            new Told(
                session(row),
                row.getString("type"),
                stage(row.getString("from_stage")),
                stage(row.getString("stage")),
                String.valueOf(row.getString("owner")),
                row.getString("by")));
  }

  private static RecordingStage stage(String name) {
    return RecordingStage.ofWireName(name).orElseThrow();
  }

  public Map<UUID, RecordingStage> stages() throws SQLException {
    Map<UUID, RecordingStage> stages = new HashMap<>();
    read(
        "SELECT session_id, stage FROM recording",
        row -> stages.put(session(row), RecordingStage.ofCode(row.getInt("stage"))));
    return stages;
  }
}
