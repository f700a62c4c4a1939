package dev.curfew.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** About whom receivers want to hear. Every stream begins with all subjects of its realm. */
public final class SignalSubjectStore {
  private final Database database;

  public SignalSubjectStore(Database database) {
    this.database = database;
  }

  /**
   * Sessions that are spoken of.
   *
   * @param userId numeric id of the user whose they are; null for whoever
   * @param sessionId null for every session
   */
  public record SubjectRow(@Nullable Long userId, @Nullable UUID sessionId) {}

  private static final String USER =
      """
      SELECT u.numeric_id::bigint AS numeric_id FROM users u
      WHERE u.realm_id = $1 AND u.deleted_at IS NULL
        AND (u.id = $2::uuid OR lower(u.email) = lower($3::text))
      LIMIT 2
      """;

  /** The user of a realm with this id; empty when there is none. */
  public Future<OptionalLong> user(int realmId, UUID id) {
    return database.query(USER, Tuple.of(realmId, id, null)).map(SignalSubjectStore::only);
  }

  /** The user of a realm with this address; one of several users is nobody's. */
  public Future<OptionalLong> user(int realmId, String email) {
    return database.query(USER, Tuple.of(realmId, null, email)).map(SignalSubjectStore::only);
  }

  private static OptionalLong only(RowSet<Row> rows) {
    for (Row row : rows) {
      if (rows.size() == 1) {
        return OptionalLong.of(row.getLong("numeric_id"));
      }
    }
    return OptionalLong.empty();
  }

  private static final String SESSION =
      "SELECT EXISTS (SELECT FROM session WHERE id = $2 AND realm_id = $1)";

  /** Whether there is such a session in a realm. */
  public Future<Boolean> session(int realmId, UUID id) {
    return database
        .query(SESSION, Tuple.of(realmId, id))
        .map(rows -> rows.iterator().next().getBoolean(0));
  }

  /** One at a time, so that a stream's subjects can be counted. */
  private static final String LOCKED = "SELECT FROM signal_stream WHERE id = $1 FOR NO KEY UPDATE";

  private static final String FORGET =
      """
      DELETE FROM signal_subject
      WHERE stream_id = $1 AND user_id IS NOT DISTINCT FROM $2::bigint
        AND session_id IS NOT DISTINCT FROM $3::uuid
      """;

  private static final String PUT =
      """
      INSERT INTO signal_subject (stream_id, user_id, session_id, wanted)
      SELECT $1, $2, $3, $4
      WHERE (SELECT count(*) FROM signal_subject WHERE stream_id = $1) < $5::bigint
      """;

  /** What a session's own subject is told by wider ones. */
  private static final String WANTED =
      """
      SELECT signal_wanted($1, COALESCE($2::bigint, s.user_id), $3::uuid)
      FROM (SELECT) always LEFT JOIN session s ON s.id = $3
      """;

  /**
   * Takes a subject into a stream, or out of it. What a stream does anyway is not written down.
   *
   * @param most rows of a stream
   * @return whether there was room for it
   */
  public Future<Boolean> put(UUID streamId, SubjectRow subject, boolean wanted, int most) {
    return database.transaction(
        on ->
            Database.query(on, LOCKED, Tuple.of(streamId))
                .compose(locked -> Database.query(on, FORGET, key(streamId, subject)))
                .compose(forgotten -> Database.query(on, WANTED, key(streamId, subject)))
                .compose(
                    rows ->
                        rows.iterator().next().getBoolean(0) == wanted
                            ? Future.succeededFuture(true)
                            : insert(on, streamId, subject, wanted, most)));
  }

  private static Future<Boolean> insert(
      SqlClient on, UUID streamId, SubjectRow subject, boolean wanted, int most) {
    return Database.query(
            on, PUT, Tuple.of(streamId, subject.userId(), subject.sessionId(), wanted, (long) most))
        .map(rows -> rows.rowCount() > 0);
  }

  private static Tuple key(UUID streamId, SubjectRow subject) {
    return Tuple.of(streamId, subject.userId(), subject.sessionId());
  }
}
