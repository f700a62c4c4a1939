package dev.curfew.store;

import dev.curfew.realm.Delivery;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries as administrators and pollers see them: shown, settled from outside, made due again.
 */
public final class DeliveryStore {
  private final Database database;

  public DeliveryStore(Database database) {
    this.database = database;
  }

  private static final String COLUMNS =
      """
      SELECT d.id, d.lane_id, d.number, d.message_id, d.type, d.event_xid::text AS event_xid,
        d.event_id, floor(extract(epoch FROM d.event_recorded_at))::bigint AS event_recorded_at,
        d.state, d.attempts, CASE d.state WHEN 'pending' THEN ms(d.due_at) ELSE 0 END AS due_at,
        ms(d.created_at) AS created_at, COALESCE(ms(d.settled_at), 0) AS settled_at,
        (SELECT jsonb_agg(jsonb_build_object('number', a.number, 'at', ms(a.at),
            'status', a.status, 'error', a.error, 'millis', a.millis) ORDER BY a.number)
         FROM delivery_attempt a WHERE a.delivery_id = d.id) AS history
      FROM delivery d
      """;

  private static final String LIST =
      COLUMNS
          + """
          WHERE d.lane_id = $1 AND ($2::text IS NULL OR d.state = $2)
            AND ($3::bigint IS NULL OR d.number < $3)
          ORDER BY d.number DESC
          LIMIT $4
          """;

  /**
   * Deliveries of a lane, newest first.
   *
   * @param state null for all
   * @param before the number of the last one that is known; null for the first page
   */
  public Future<List<Delivery>> list(
      UUID laneId, Delivery.@Nullable State state, @Nullable Long before, int limit) {
    return database
        .query(LIST, Tuple.of(laneId, state == null ? null : state.wireName(), before, limit))
        .map(DeliveryStore::deliveries);
  }

  private static final String FIND = COLUMNS + "WHERE d.lane_id = $1 AND d.id = $2";

  public Future<Optional<Delivery>> find(UUID laneId, UUID id) {
    return database
        .query(FIND, Tuple.of(laneId, id))
        .map(rows -> deliveries(rows).stream().findFirst());
  }

  private static final String RETRY =
      """
      UPDATE delivery SET
        number = CASE state WHEN 'pending' THEN number ELSE nextval('delivery_number') END,
        state = 'pending', settled_at = NULL, step = 0, due_at = clock_timestamp()
      WHERE lane_id = $1 AND id = $2
      """;

  /**
   * Makes a delivery due now, with the whole schedule before it: one that waits in its place, one
   * that was settled behind all that wait. The caller touches the lane.
   *
   * @return whether it is there
   */
  static Future<Boolean> retry(SqlClient on, UUID laneId, UUID id) {
    return Database.query(on, RETRY, Tuple.of(laneId, id)).map(rows -> rows.rowCount() > 0);
  }

  private static final String FORGET_FED =
      """
      DELETE FROM delivery
      WHERE lane_id = $1 AND event_id IS NOT NULL
        AND (event_xid, event_id) > ($2::text::xid8, $3::bigint)
      """;

  private static final String REWIND =
      """
      UPDATE lane SET cursor_xid = $2::text::xid8, cursor_id = $3,
        cursor_recorded_at = to_timestamp($4::bigint), revision = revision + 1
      WHERE id = $1 AND state <> 'deleted' AND cursor_xid IS NOT NULL
      """;

  /**
   * Has a lane begin again after a place in the log. Deliveries of later events are forgotten, and
   * fed anew with the same message ids.
   *
   * @return whether there is such a lane, which the log feeds
   */
  static Future<Boolean> rewind(SqlClient on, UUID laneId, EventCursor after) {
    String xid = Long.toUnsignedString(after.xid());
    // The lane first: it keeps the feeder out until this is committed.
    return Database.query(on, REWIND, Tuple.of(laneId, xid, after.id(), after.recordedAt()))
        .compose(
            rows ->
                rows.rowCount() == 0
                    ? Future.succeededFuture(false)
                    : Database.query(on, FORGET_FED, Tuple.of(laneId, xid, after.id())).map(true));
  }

  private static final String PENDING =
      """
      SELECT
      """
          + LaneQueue.DUE_COLUMNS
          + """
          FROM lane l JOIN delivery d ON d.lane_id = l.id AND d.state = 'pending'
          """
          + LaneQueue.DUE_JOINS
          + """
          WHERE l.id = $1
          ORDER BY d.number
          LIMIT $2
          """;

  /** What a lane that is polled holds, in order. */
  public Future<List<DueDelivery>> pending(UUID laneId, int limit) {
    return database.query(PENDING, Tuple.of(laneId, limit)).map(LaneQueue::due);
  }

  private static final String SETTLE =
      """
      WITH outcome AS (
        SELECT * FROM unnest($2::text[], $3::text[]) AS o (message_id, error)
      ), settled AS (
        UPDATE delivery d SET
          state = CASE WHEN o.error IS NULL THEN 'delivered' ELSE 'dead' END,
          attempts = d.attempts + 1, settled_at = clock_timestamp()
        FROM outcome o
        WHERE d.lane_id = $1 AND d.message_id = o.message_id AND d.state = 'pending'
        RETURNING d.id, d.attempts, o.error
      )
      INSERT INTO delivery_attempt (delivery_id, number, at, error, millis)
      SELECT id, attempts, clock_timestamp(), error, 0 FROM settled
      """;

  /**
   * A message that whoever polls has taken, or cannot take.
   *
   * @param error null when it was taken
   */
  public record Taken(String messageId, @Nullable String error) {}

  /**
   * Settles messages of a lane that is polled; those that it does not hold are passed over.
   *
   * @return how many were settled; nothing is fed in their place before the engine is told
   */
  public Future<Integer> settle(UUID laneId, List<Taken> taken) {
    return database
        .query(
            SETTLE,
            Tuple.of(
                laneId,
                taken.stream().map(Taken::messageId).toArray(String[]::new),
                taken.stream().map(Taken::error).toArray(String[]::new)))
        .map(rows -> rows.rowCount());
  }

  private static List<Delivery> deliveries(RowSet<Row> rows) {
    List<Delivery> deliveries = new ArrayList<>(rows.size());
    rows.forEach(row -> deliveries.add(delivery(row)));
    return deliveries;
  }

  private static Delivery delivery(Row row) {
    String xid = row.getString("event_xid");
    return new Delivery(
        row.getUUID("id"),
        row.getUUID("lane_id"),
        row.getLong("number"),
        row.getString("message_id"),
        row.getString("type"),
        xid == null
            ? null
            : new EventCursor(
                    Long.parseUnsignedLong(xid),
                    row.getLong("event_id"),
                    row.getLong("event_recorded_at"))
                .text(),
        Delivery.State.ofWireName(row.getString("state")),
        row.getInteger("attempts"),
        row.getLong("due_at"),
        row.getLong("created_at"),
        row.getLong("settled_at"),
        history(row.getJsonArray("history")));
  }

  private static List<Delivery.Attempt> history(@Nullable JsonArray json) {
    List<Delivery.Attempt> history = new ArrayList<>();
    for (int i = 0; json != null && i < json.size(); i++) {
      JsonObject attempt = json.getJsonObject(i);
      history.add(
          new Delivery.Attempt(
              attempt.getInteger("number"),
              attempt.getLong("at"),
              attempt.getInteger("status"),
              attempt.getString("error"),
              attempt.getInteger("millis")));
    }
    return history;
  }
}
