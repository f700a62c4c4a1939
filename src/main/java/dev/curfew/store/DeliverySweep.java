package dev.curfew.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Takes away deliveries that are old, and lanes that are no more; and counts those that are. */
public final class DeliverySweep {
  private final Database database;

  public DeliverySweep(Database database) {
    this.database = database;
  }

  private static final String OLD =
      """
      DELETE FROM delivery WHERE id IN (
        SELECT id FROM delivery
        WHERE settled_at < clock_timestamp() - $1::bigint * interval '1 ms'
        LIMIT $2
        FOR UPDATE SKIP LOCKED)
      """;

  /** Locked first: whoever begins to listen there meanwhile holds the lane, or finds it gone. */
  private static final String LANES_OF_NOBODY =
      """
      SELECT l.id FROM lane l
      WHERE l.kind = 'agent'
        AND NOT EXISTS (SELECT FROM delivery d WHERE d.lane_id = l.id)
        AND NOT EXISTS (SELECT FROM session_listener s WHERE s.lane_id = l.id)
      LIMIT $1
      FOR UPDATE SKIP LOCKED
      """;

  private static final String FORGET_LANES =
      """
      DELETE FROM lane l
      WHERE l.id = ANY ($1)
        AND NOT EXISTS (SELECT FROM delivery d WHERE d.lane_id = l.id)
        AND NOT EXISTS (SELECT FROM session_listener s WHERE s.lane_id = l.id)
      """;

  /** Lanes of agents to which nobody listens any more. */
  private Future<Void> forgetAgents(int most) {
    return database.transaction(
        on ->
            Database.query(on, LANES_OF_NOBODY, Tuple.of((long) most))
                .compose(
                    rows -> {
                      List<UUID> ids = new ArrayList<>(rows.size());
                      rows.forEach(row -> ids.add(row.getUUID("id")));
                      return ids.isEmpty()
                          ? Future.succeededFuture()
                          : Database.query(on, FORGET_LANES, Tuple.of(ids.toArray(UUID[]::new)))
                              .mapEmpty();
                    }));
  }

  private static final String OF_DELETED_LANES =
      """
      DELETE FROM delivery WHERE id IN (
        SELECT d.id FROM lane l JOIN delivery d ON d.lane_id = l.id
        WHERE l.state = 'deleted'
        LIMIT $1
        FOR UPDATE OF d SKIP LOCKED)
      """;

  private static final String DELETED_LANES =
      """
      DELETE FROM lane l
      WHERE l.state = 'deleted'
        AND NOT EXISTS (SELECT FROM delivery d WHERE d.lane_id = l.id)
      """;

  /**
   * @param keep how long settled deliveries are kept
   * @param most of each kind in one go
   */
  public Future<Void> run(Duration keep, int most) {
    return database
        .query(OLD, Tuple.of(keep.toMillis(), most))
        .compose(swept -> database.query(OF_DELETED_LANES, Tuple.of(most)))
        .compose(swept -> database.query(DELETED_LANES, Tuple.tuple()))
        .compose(swept -> forgetAgents(most));
  }

  /**
   * Deliveries of all lanes that are driven.
   *
   * @param oldestMillis how long the oldest pending one has waited; 0 for none
   */
  public record Count(long pending, long dead, long oldestMillis) {}

  private static final String COUNT =
      """
      SELECT count(*) FILTER (WHERE d.state = 'pending') AS pending,
        count(*) FILTER (WHERE d.state = 'dead') AS dead,
        COALESCE(ms(clock_timestamp())
          - ms(min(d.created_at) FILTER (WHERE d.state = 'pending')), 0) AS oldest
      FROM delivery d JOIN lane l ON l.id = d.lane_id
      WHERE d.state IN ('pending', 'dead') AND l.driven AND l.state <> 'deleted'
      """;

  public Future<Count> count() {
    return database
        .query(COUNT, Tuple.tuple())
        .map(
            rows -> {
              Row row = rows.iterator().next();
              return new Count(row.getLong("pending"), row.getLong("dead"), row.getLong("oldest"));
            });
  }
}
