package dev.curfew.testing;

import dev.curfew.lease.RecordingStage;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Sessions with a recording, put into the database as their shards would have. */
public final class RecordedSessions {
  public static final String GATEWAY = "gateway-1";
  public static final int REALM = 1;
  public static final long USER = 7;

  private static final AtomicLong sequence = new AtomicLong();

  private final DirectSql sql;

  public RecordedSessions(DirectSql sql) {
    this.sql = sql;
  }

  /** A session that lives: it began a minute ago and has an hour. */
  public UUID live() throws SQLException {
    return live(System.currentTimeMillis() - 60_000, System.currentTimeMillis() + 3_600_000);
  }

  /** A session that lives, with these limits of its life in epoch milliseconds. */
  public UUID live(long startedAt, long expiresAt) throws SQLException {
    UUID id = nextId();
    sql.run(
        """
        INSERT INTO session (
          id, numeric_id, shard, realm_id, user_id, kind, state, policy_id, max_duration_ms,
          max_idle_ms, stale_after_ms, warn_before_ms, started_at, expires_at, owner, created_by)
        VALUES (?, ?, 0, ?, ?, 2, 2, 1, 86400000, 0, 300000, '{}', at_ms(?), at_ms(?), ?, ?)
        """,
        id,
        sequence.get(),
        REALM,
        USER,
        startedAt,
        expiresAt,
        GATEWAY,
        USER);
    sql.run(
        """
        INSERT INTO recording (session_id, realm_id, policy_id, user_id, shard, started_at)
        VALUES (?, ?, 1, ?, 0, at_ms(?))
        """,
        id,
        REALM,
        USER,
        startedAt);
    return id;
  }

  /** Ends a session now, as its shard's commit does. */
  public void end(UUID id) throws SQLException {
    sql.run(
        """
        UPDATE session SET state = 4, reason = 4, ending_at = clock_timestamp(),
          ended_at = clock_timestamp()
        WHERE id = ?
        """,
        id);
    sql.run(
        """
        UPDATE recording SET stage = 2, ended_at = clock_timestamp(),
          ready_at = clock_timestamp(), last_gateway = ?
        WHERE session_id = ?
        """,
        GATEWAY,
        id);
  }

  /** A session that is over and whose recording waits for an encoder. */
  public UUID ended() throws SQLException {
    UUID id = live();
    end(id);
    return id;
  }

  /** Many such sessions. */
  public List<UUID> ended(int count) throws SQLException {
    List<UUID> ids = new ArrayList<>(count);
    sql.begin();
    for (int i = 0; i < count; i++) {
      ids.add(ended());
    }
    sql.commit();
    return ids;
  }

  private static final String IN_BULK =
      """
      INSERT INTO recording (
        session_id, realm_id, user_id, shard, stage, started_at, ended_at, ready_at, last_gateway)
      SELECT (lpad(to_hex(n << 16 | 28672), 16, '0') || '8000000000000000')::uuid, ?, ?, 0, 2,
        clock_timestamp() - interval '1 minute', clock_timestamp(), clock_timestamp(), ?
      FROM generate_series(?::bigint, ?::bigint) n
      """;

  /** Many recordings that wait for an encoder, in one statement, without rows of their sessions. */
  public void endedInBulk(int count) throws SQLException {
    long last = sequence.addAndGet(count);
    sql.run(IN_BULK, REALM, USER, GATEWAY, last - count + 1, last);
  }

  public RecordingStage stage(UUID id) throws SQLException {
    return RecordingStage.ofCode(
        (int) sql.number("SELECT stage FROM recording WHERE session_id = ?", id));
  }

  /** The types of the recording's events, in order, without their common beginning. */
  public List<String> events(UUID id) throws SQLException {
    return sql.column(
        """
        SELECT replace(type, 'dev.curfew.recording.', '') FROM event
        WHERE session_id = ? AND type LIKE 'dev.curfew.recording.%' ORDER BY xid, id
        """,
        id);
  }

  /** As if the owner had been silent for so long: moves its lease and last word into the past. */
  public void silent(UUID id, long millis) throws SQLException {
    sql.run(
        """
        UPDATE recording
        SET lease_until = lease_until - ? * interval '1 millisecond',
            reported_at = reported_at - ? * interval '1 millisecond'
        WHERE session_id = ?
        """,
        millis,
        millis,
        id);
  }

  /** Ids that grow, as those of real sessions do. */
  private static UUID nextId() {
    return new UUID(sequence.incrementAndGet() << 16 | 0x7000, 0x8000000000000000L);
  }
}
