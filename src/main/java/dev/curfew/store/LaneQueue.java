package dev.curfew.store;

import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What waits in the lanes that a node holds, and what became of it. As in {@link LaneLeases}, every
 * statement names the holder and the fence.
 */
public final class LaneQueue {
  private final Database database;
  private final String holder;

  /**
   * @param holder as in {@link LaneLeases}
   */
  public LaneQueue(Database database, String holder) {
    this.database = database;
    this.holder = holder;
  }

  /** What {@link #due} reads, of a delivery {@code d} of a lane {@code l}. */
  static final String DUE_COLUMNS =
      """
      l.id AS lane_id, l.kind AS lane_kind, l.realm_id, COALESCE(r.name, l.realm_id::text) AS realm,
      l.revision, d.id AS delivery_id, d.number, d.message_id, d.type AS message_type, d.attempts,
      d.step, GREATEST(0, ms(d.due_at) - ms(clock_timestamp())) AS wait_millis,
      ms(d.created_at) AS created_at, d.payload,
      e.xid::text AS xid, e.id, floor(extract(epoch FROM e.recorded_at))::bigint AS recorded_at,
      e.type, e.session_id, e.user_id, ms(e.at) AS at,
      (jsonb_strip_nulls(jsonb_build_object('realm', r.name, 'userUuid', u.id)) || e.data)::text
        AS data
      """;

  /** The limit keeps each event a look-up in its own day. */
  static final String DUE_JOINS =
      """
      LEFT JOIN LATERAL (
        SELECT * FROM event e
        WHERE e.recorded_at = d.event_recorded_at AND e.xid = d.event_xid AND e.id = d.event_id
        LIMIT 1) e ON true
      LEFT JOIN realm r ON r.id = l.realm_id
      LEFT JOIN users u ON u.numeric_id = e.user_id
      """;

  private static final String LOAD =
      "SELECT "
          + DUE_COLUMNS
          + """
          FROM unnest($2::uuid[], $3::bigint[], $4::bigint[]) AS h (lane_id, fence, most)
            JOIN lane l ON l.id = h.lane_id AND l.fence = h.fence AND l.holder = $1
            CROSS JOIN LATERAL (
              SELECT * FROM delivery d
              WHERE d.lane_id = h.lane_id AND d.state = 'pending'
              ORDER BY d.number
              LIMIT h.most) d
          """
          + DUE_JOINS
          + "ORDER BY l.id, d.number";

  /**
   * What a node wants to know of a lane.
   *
   * @param most how many of the first pending deliveries
   */
  public record Look(UUID laneId, long fence, int most) {}

  /** The first pending deliveries of lanes that are held, in order. */
  public Future<List<DueDelivery>> load(List<Look> looks) {
    return database
        .query(
            LOAD,
            Tuple.of(
                holder,
                looks.stream().map(Look::laneId).toArray(UUID[]::new),
                looks.stream().map(Look::fence).toArray(Long[]::new),
                looks.stream().map(look -> (long) look.most()).toArray(Long[]::new)))
        .map(LaneQueue::due);
  }

  static List<DueDelivery> due(RowSet<Row> rows) {
    List<DueDelivery> due = new ArrayList<>(rows.size());
    for (Row row : rows) {
      due.add(
          new DueDelivery(
              row.getUUID("lane_id"),
              row.getString("lane_kind"),
              row.getInteger("realm_id"),
              row.getString("realm"),
              row.getLong("revision"),
              row.getUUID("delivery_id"),
              row.getLong("number"),
              row.getString("message_id"),
              row.getString("message_type"),
              row.getInteger("attempts"),
              row.getInteger("step"),
              row.getLong("wait_millis"),
              row.getLong("created_at"),
              row.getString("xid") == null ? null : EventStore.event(row),
              row.getString("payload")));
    }
    return due;
  }

  /** What became of a delivery. */
  public enum Outcome {
    DELIVERED,
    /** Due again later. */
    PUT_OFF,
    /** Given up. */
    DEAD,
    /** Due, but its lane is disabled. */
    GONE
  }

  /**
   * What came of one attempt.
   *
   * @param number which attempt this was, from 1 on
   * @param step how many attempts count in the schedule of retries from now on
   * @param agoMillis how long ago it ended
   * @param status what the target answered; null when it did not
   * @param error null when it was delivered
   * @param millis how long it took
   * @param waitMillis until the delivery is due again, counted from when this is written
   */
  public record Result(
      UUID laneId,
      long fence,
      UUID deliveryId,
      int number,
      int step,
      long agoMillis,
      Outcome outcome,
      @Nullable Integer status,
      @Nullable String error,
      int millis,
      long waitMillis) {}

  /** Of several results of one delivery the last one counts; all are kept as attempts. */
  private static final String SETTLE =
      """
      WITH result AS MATERIALIZED (
        SELECT * FROM unnest($2::uuid[], $3::bigint[], $4::uuid[], $5::integer[], $6::integer[],
          $7::bigint[], $8::text[], $9::integer[], $10::text[], $11::integer[], $12::bigint[])
          AS r (lane_id, fence, delivery_id, number, step, ago, outcome, status, error, millis,
            wait)
      ), held AS MATERIALIZED (
        SELECT l.id FROM lane l
        WHERE l.holder = $1 AND l.state <> 'deleted'
          AND (l.id, l.fence) IN (SELECT lane_id, fence FROM result)
        ORDER BY l.id
        FOR SHARE
      ), last AS (
        SELECT DISTINCT ON (r.delivery_id) r.*
        FROM result r JOIN held ON held.id = r.lane_id
        ORDER BY r.delivery_id, r.number DESC
      ), settled AS (
        UPDATE delivery d SET
          state = CASE last.outcome
            WHEN 'DELIVERED' THEN 'delivered' WHEN 'DEAD' THEN 'dead' ELSE 'pending' END,
          settled_at = CASE WHEN last.outcome IN ('DELIVERED', 'DEAD')
            THEN clock_timestamp() - last.ago * interval '1 ms' END,
          due_at = clock_timestamp() + last.wait * interval '1 ms',
          attempts = last.number, step = last.step
        FROM last
        WHERE d.id = last.delivery_id AND d.state = 'pending'
        RETURNING d.id
      ), told AS (
        INSERT INTO delivery_attempt (delivery_id, number, at, status, error, millis)
        SELECT r.delivery_id, r.number, clock_timestamp() - r.ago * interval '1 ms', r.status,
          r.error, r.millis
        FROM result r JOIN settled ON settled.id = r.delivery_id
        ON CONFLICT DO NOTHING
      )
      SELECT id FROM held
      """;

  private static final String DISABLE =
      """
      UPDATE lane SET state = 'disabled', reason = $4, revision = revision + 1
      WHERE id = $1 AND fence = $2 AND holder = $3 AND state = 'enabled'
      RETURNING realm_id, kind
      """;

  /**
   * Writes results down.
   *
   * @return the lanes that are still held; nothing was written of the others
   */
  public Future<Set<UUID>> settle(List<Result> results) {
    List<Result> gone =
        results.stream().filter(result -> result.outcome() == Outcome.GONE).toList();
    return gone.isEmpty()
        ? database.query(SETTLE, parameters(results)).map(LaneQueue::ids)
        : database.transaction(
            on ->
                Database.query(on, SETTLE, parameters(results))
                    .map(LaneQueue::ids)
                    .compose(
                        held -> {
                          Future<Void> disabled = Future.succeededFuture();
                          for (Result result : gone) {
                            disabled = disabled.compose(done -> disable(on, result));
                          }
                          return disabled.map(held);
                        }));
  }

  private Future<Void> disable(SqlClient on, Result result) {
    return Database.query(
            on, DISABLE, Tuple.of(result.laneId(), result.fence(), holder, result.error()))
        .compose(
            rows -> {
              for (Row row : rows) {
                return AdminChange.DISABLED.write(
                    on,
                    row.getInteger("realm_id"),
                    row.getString("kind"),
                    result.laneId(),
                    String.valueOf(result.error()),
                    Initiator.DELIVERY);
              }
              return Future.succeededFuture();
            });
  }

  private Tuple parameters(List<Result> results) {
    return Tuple.of(
            holder,
            results.stream().map(Result::laneId).toArray(UUID[]::new),
            results.stream().map(Result::fence).toArray(Long[]::new),
            results.stream().map(Result::deliveryId).toArray(UUID[]::new),
            results.stream().map(Result::number).toArray(Integer[]::new),
            results.stream().map(Result::step).toArray(Integer[]::new))
        .addArrayOfLong(results.stream().map(Result::agoMillis).toArray(Long[]::new))
        .addArrayOfString(results.stream().map(r -> r.outcome().name()).toArray(String[]::new))
        .addArrayOfInteger(results.stream().map(Result::status).toArray(Integer[]::new))
        .addArrayOfString(results.stream().map(Result::error).toArray(String[]::new))
        .addArrayOfInteger(results.stream().map(Result::millis).toArray(Integer[]::new))
        .addArrayOfLong(results.stream().map(Result::waitMillis).toArray(Long[]::new));
  }

  private static Set<UUID> ids(RowSet<Row> rows) {
    Set<UUID> ids = new HashSet<>();
    rows.forEach(row -> ids.add(row.getUUID("id")));
    return ids;
  }
}
