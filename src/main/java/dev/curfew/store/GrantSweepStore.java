package dev.curfew.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Resource rules that were left half-way: none of them, unless something went wrong. */
public final class GrantSweepStore {
  private final Database database;

  public GrantSweepStore(Database database) {
    this.database = database;
  }

  private static final String UNANSWERED =
      """
      SELECT DISTINCT r.session_id FROM resource_rule r JOIN session s ON s.id = r.session_id
      WHERE r.status = 'PENDING' AND s.state < 3
        AND r.created_at < clock_timestamp() - $1::bigint * interval '1 millisecond'
        AND (r.busy_until IS NULL OR r.busy_until < clock_timestamp())
      LIMIT $2
      """;

  /** Live sessions of which a rule has waited for longer than that, and nobody applies it. */
  public Future<List<UUID>> unanswered(Duration time, int most) {
    return ids(UNANSWERED, Tuple.of(time.toMillis(), most));
  }

  private static final String REFUSED =
      """
      SELECT DISTINCT r.session_id FROM resource_rule r JOIN session s ON s.id = r.session_id
      WHERE r.status = 'FAILED' AND s.state < 3
        AND NOT EXISTS (
          SELECT FROM resource_rule o
          WHERE o.session_id = r.session_id AND o.status <> 'FAILED')
      LIMIT $1
      """;

  /** Live sessions of which every rule failed. */
  public Future<List<UUID>> refused(int most) {
    return ids(REFUSED, Tuple.of(most));
  }

  private static final String IS_REFUSED =
      """
      SELECT s.id FROM session s
      WHERE s.id = $1 AND s.state < 3
        AND EXISTS (SELECT FROM resource_rule r WHERE r.session_id = s.id)
        AND NOT EXISTS (
          SELECT FROM resource_rule r WHERE r.session_id = s.id AND r.status <> 'FAILED')
      """;

  /** Whether the session lives and every rule of it failed. */
  public Future<Boolean> isRefused(UUID sessionId) {
    return ids(IS_REFUSED, Tuple.of(sessionId)).map(found -> !found.isEmpty());
  }

  private static final String LEFT_BEHIND =
      """
      SELECT r.session_id FROM resource_rule r LEFT JOIN session s ON s.id = r.session_id
      WHERE r.status <> 'REMOVED'
        AND (s.state = 4 OR (s.id IS NULL AND r.sent_at IS NOT NULL))
        AND (r.busy_until IS NULL OR r.busy_until < clock_timestamp())
        AND (r.next_attempt_at IS NULL OR r.next_attempt_at <= clock_timestamp())
      GROUP BY r.session_id
      ORDER BY min(COALESCE(r.next_attempt_at, r.created_at))
      LIMIT $1
      """;

  /** Sessions that are over, or never were, and left a rule behind. */
  public Future<List<UUID>> leftBehind(int most) {
    return ids(LEFT_BEHIND, Tuple.of(most));
  }

  private static final String WITHDRAW_UNBORN =
      """
      DELETE FROM resource_rule r
      WHERE r.status = 'PENDING' AND r.sent_at IS NULL
        AND r.created_at < clock_timestamp() - $1::bigint * interval '1 millisecond'
        AND NOT EXISTS (SELECT FROM session s WHERE s.id = r.session_id)
      """;

  /**
   * Takes rules off the record that are older than that, and whose session was never created.
   *
   * @return how many
   */
  public Future<Integer> withdrawUnborn(Duration age) {
    return database.query(WITHDRAW_UNBORN, Tuple.of(age.toMillis())).map(rows -> rows.rowCount());
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
