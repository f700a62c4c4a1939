package dev.curfew.store;

import dev.curfew.auth.SealedSecret;
import dev.curfew.session.EndReason;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Who is to be told of the end of token sessions. The end itself makes their rows due. */
public final class ListenerStore {
  /** How long whoever took a notification may take to deliver it. */
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final Database database;

  public ListenerStore(Database database) {
    this.database = database;
  }

  /**
   * A notification that is due.
   *
   * @param sealed the session's token
   * @param endedAt epoch milliseconds
   */
  public record DueRow(
      long id,
      UUID sessionId,
      SealedSecret sealed,
      String url,
      EndReason reason,
      long endedAt,
      int attempts) {}

  private static final String REGISTER =
      """
      WITH live AS (
        SELECT id FROM session WHERE id = $1 AND kind = 6 AND state < 4 FOR SHARE
      ), added AS (
        INSERT INTO session_listener (session_id, url, token)
        SELECT id, $2, $3 FROM live
        WHERE (SELECT count(*) FROM session_listener WHERE session_id = $1) < $4
        ON CONFLICT (session_id, url) DO NOTHING
        RETURNING id
      )
      SELECT (SELECT count(*) FROM live)::integer AS live,
        (SELECT count(*) FROM added)::integer
          + (SELECT count(*) FROM session_listener WHERE session_id = $1 AND url = $2)::integer
          AS registered
      """;

  /** What became of a registration. */
  public enum Registration {
    DONE,
    TOO_MANY,
    NOT_LIVE
  }

  /**
   * Adds a listener to a session that has not ended. Registering it again changes nothing.
   *
   * @param most how many listeners a session may have
   */
  public Future<Registration> register(UUID sessionId, String url, SealedSecret token, int most) {
    return database
        .query(REGISTER, Tuple.of(sessionId, url, Buffer.buffer(token.bytes()), (long) most))
        .map(
            rows -> {
              Row row = rows.iterator().next();
              if (row.getInteger("live") == 0) {
                return Registration.NOT_LIVE;
              }
              return row.getInteger("registered") == 0 ? Registration.TOO_MANY : Registration.DONE;
            });
  }

  private static final String TAKE =
      """
      WITH due AS (
        SELECT id, session_id FROM session_listener
        WHERE due_at <= clock_timestamp()
        ORDER BY due_at
        LIMIT $1
        FOR UPDATE SKIP LOCKED
      )
      UPDATE session_listener l
      SET due_at = clock_timestamp() + $2::bigint * interval '1 millisecond'
      FROM due JOIN session s ON s.id = due.session_id
      WHERE l.id = due.id
      RETURNING l.id, l.session_id, l.token, l.url, s.reason, ms(s.ended_at) AS ended_at,
        l.attempts
      """;

  /** Notifications that are due. Nobody else gets them for a while. */
  public Future<List<DueRow>> take(int limit) {
    return database
        .query(TAKE, Tuple.of(limit, LEASE.toMillis()))
        .map(
            rows -> {
              List<DueRow> due = new ArrayList<>(rows.size());
              rows.forEach(row -> due.add(due(row)));
              return due;
            });
  }

  private static DueRow due(Row row) {
    return new DueRow(
        row.getLong("id"),
        row.getUUID("session_id"),
        SealedSecret.of(row.getBuffer("token").getBytes()),
        row.getString("url"),
        EndReason.ofCode(row.getShort("reason")),
        row.getLong("ended_at"),
        row.getInteger("attempts"));
  }

  private static final String REMOVE = "DELETE FROM session_listener WHERE id = $1";

  public Future<Void> remove(long id) {
    return database.query(REMOVE, Tuple.of(id)).mapEmpty();
  }

  private static final String PUT_OFF =
      """
      UPDATE session_listener SET due_at = at_ms($2), attempts = attempts + 1
      WHERE id = $1 AND due_at IS NOT NULL
      """;

  /**
   * @param dueAt epoch milliseconds
   */
  public Future<Void> putOff(long id, long dueAt) {
    return database.query(PUT_OFF, Tuple.of(id, dueAt)).mapEmpty();
  }
}
