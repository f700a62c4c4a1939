package dev.curfew.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What was left half-way: none of it, unless something went wrong. */
public final class SweepStore {
  private final Database database;

  public SweepStore(Database database) {
    this.database = database;
  }

  private static final String ENDING =
      """
      SELECT id FROM session
      WHERE state = 3 AND ending_at < clock_timestamp() - $1::bigint * interval '1 millisecond'
      ORDER BY ending_at
      LIMIT $2
      """;

  /** Sessions that have been ending for longer than that. */
  public Future<List<UUID>> endingFor(Duration time, int most) {
    return ids(ENDING, Tuple.of(time.toMillis(), most));
  }

  private static final String OPEN_CHECKOUTS =
      """
      SELECT k.session_id FROM checkout k LEFT JOIN session s ON s.id = k.session_id
      WHERE k.closed_at IS NULL
        AND COALESCE(s.ended_at, CASE WHEN s.id IS NULL THEN k.opened_at END)
          < clock_timestamp() - $1::bigint * interval '1 millisecond'
      LIMIT $2
      """;

  /** Sessions that ended longer ago than that, or never were, and whose checkout is still open. */
  public Future<List<UUID>> checkoutsLeftOpen(Duration time, int most) {
    return ids(OPEN_CHECKOUTS, Tuple.of(time.toMillis(), most));
  }

  private static final String FORGET_TOKENS =
      """
      DELETE FROM session_token t
      WHERE t.session_id IN (
        SELECT k.session_id FROM session_token k JOIN session s ON s.id = k.session_id
        WHERE s.kind = 6 AND s.state = 4
          AND s.ended_at < clock_timestamp() - $1::bigint * interval '1 millisecond'
        LIMIT $2)
      """;

  /**
   * Forgets the tokens of sessions that ended longer ago than that. They open nothing.
   *
   * @return how many
   */
  public Future<Integer> forgetTokens(Duration time, int most) {
    return database.query(FORGET_TOKENS, Tuple.of(time.toMillis(), most)).map(RowSet::rowCount);
  }

  private Future<List<UUID>> ids(String sql, Tuple parameters) {
    return database
        .query(sql, parameters)
        .map(
            rows -> {
              List<UUID> ids = new ArrayList<>(rows.size());
              rows.forEach(row -> ids.add(row.getUUID(0)));
              return ids;
            });
  }
}
