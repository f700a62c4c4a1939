package dev.curfew.store;

import dev.curfew.realm.Lane;
import dev.curfew.realm.LaneFilter;
import dev.curfew.realm.LaneState;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lanes as those see them who make and settle them. What takes a connection belongs into the
 * transaction of the change that it is part of; whoever commits publishes {@link
 * dev.curfew.bus.Routes#EVENTS_COMMITTED}, which is what wakes the engine.
 */
public final class LaneStore {
  private final Database database;

  public LaneStore(Database database) {
    this.database = database;
  }

  /**
   * A lane to be made.
   *
   * @param driven whether a node sends what is due; false for one that is polled
   * @param filter null for a lane that the log does not feed
   * @param from place in the log after which it begins; null for the log's end
   */
  record NewRow(
      UUID id,
      String kind,
      int realmId,
      boolean driven,
      @Nullable LaneFilter filter,
      @Nullable EventCursor from) {}

  /**
   * Where the log ends for a reader who begins now. What is being committed at this moment comes
   * after it.
   */
  private static final String INSERT =
      """
      INSERT INTO lane (
        id, kind, realm_id, driven, types, kinds, user_ids, session_id, sessions_only,
        thresholds_ms, cursor_xid, cursor_id, cursor_recorded_at)
      SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
        CASE WHEN $11 THEN COALESCE($12::text::xid8, last.xid, '0') END,
        CASE WHEN $11 THEN COALESCE($13::bigint, last.id, 0) END,
        CASE WHEN $11 THEN COALESCE(to_timestamp($14::bigint), last.recorded_at, to_timestamp(0)) END
      FROM (SELECT) always LEFT JOIN LATERAL (
        SELECT e.xid, e.id, e.recorded_at FROM event e
        WHERE e.xid < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY e.xid DESC, e.id DESC
        LIMIT 1) last ON true
      """;

  static Future<Void> insert(SqlClient on, NewRow row) {
    LaneFilter filter = row.filter() == null ? LaneFilter.ALL : row.filter();
    EventCursor from = row.from();
    return Database.query(
            on,
            INSERT,
            Tuple.of(row.id(), row.kind(), row.realmId(), row.driven())
                .addArrayOfString(texts(filter.types()))
                .addArrayOfString(texts(filter.kinds()))
                .addArrayOfLong(longs(filter.users()))
                .addUUID(filter.sessionId())
                .addBoolean(filter.sessionsOnly())
                .addArrayOfLong(longs(filter.thresholds()))
                .addBoolean(row.filter() != null)
                .addString(from == null ? null : Long.toUnsignedString(from.xid()))
                .addLong(from == null ? null : from.id())
                .addLong(from == null ? null : from.recordedAt()))
        .mapEmpty();
  }

  private static final String CHANGE_FILTER =
      """
      UPDATE lane SET types = $2, kinds = $3, user_ids = $4, session_id = $5, sessions_only = $6,
        thresholds_ms = $7, revision = revision + 1
      WHERE id = $1 AND state <> 'deleted'
      """;

  /** What is laid out already is sent all the same. */
  static Future<Void> changeFilter(SqlClient on, UUID id, LaneFilter filter) {
    return Database.query(
            on,
            CHANGE_FILTER,
            Tuple.of(id)
                .addArrayOfString(texts(filter.types()))
                .addArrayOfString(texts(filter.kinds()))
                .addArrayOfLong(longs(filter.users()))
                .addUUID(filter.sessionId())
                .addBoolean(filter.sessionsOnly())
                .addArrayOfLong(longs(filter.thresholds())))
        .mapEmpty();
  }

  private static final String CHANGE_STATE =
      """
      UPDATE lane SET state = $2, reason = $3, revision = revision + 1
      WHERE id = $1 AND state <> 'deleted' AND (state, reason) IS DISTINCT FROM ($2, $3)
      """;

  /**
   * Pauses, disables or enables a lane.
   *
   * @return whether that changed anything
   */
  static Future<Boolean> changeState(
      SqlClient on, UUID id, LaneState state, @Nullable String reason) {
    return Database.query(on, CHANGE_STATE, Tuple.of(id, state.wireName(), reason))
        .map(rows -> rows.rowCount() > 0);
  }

  private static final String TOUCH = "UPDATE lane SET revision = revision + 1 WHERE id = $1";

  /** Makes whoever drives the lane read its settings and its deliveries again. */
  static Future<Void> touch(SqlClient on, UUID id) {
    return Database.query(on, TOUCH, Tuple.of(id)).mapEmpty();
  }

  private static final String DELETE =
      """
      UPDATE lane SET state = 'deleted', reason = NULL, revision = revision + 1
      WHERE id = $1 AND state <> 'deleted'
      """;

  /**
   * Ends a lane; its deliveries are swept away later.
   *
   * @return whether it was there until now
   */
  static Future<Boolean> delete(SqlClient on, UUID id) {
    return Database.query(on, DELETE, Tuple.of(id)).map(rows -> rows.rowCount() > 0);
  }

  /** Only lanes that lag can lose anything, and of those the oldest events. */
  private static final String NOTE_LOSS =
      """
      WITH lost AS (
        SELECT l.id, count(*) AS events, max(e.recorded_at) AS until
        FROM lane l JOIN event e ON e.recorded_at < $1 AND e.tableoid = $2::text::regclass
          AND (e.xid, e.id) > (l.cursor_xid, l.cursor_id) AND lane_wants(l, e)
        WHERE l.cursor_recorded_at < $1 AND l.state <> 'deleted'
        GROUP BY l.id
      )
      UPDATE lane l SET lost_events = l.lost_events + lost.events, lost_until = lost.until
      FROM lost
      WHERE l.id = lost.id
      """;

  /**
   * Notes in each lane which events it will never be fed. In the transaction that takes them from
   * the log.
   *
   * @param before events recorded before this are taken
   * @param partition of the log, from which they are taken
   */
  static Future<Void> noteLoss(SqlClient on, OffsetDateTime before, String partition) {
    return Database.query(on, NOTE_LOSS, Tuple.of(before, partition)).mapEmpty();
  }

  private static final String ENQUEUE = "SELECT enqueue_delivery($1, $2, $3, $4) AS id";

  /**
   * Queues a message that is no event of the log.
   *
   * @param messageId what the receiver is to know it by
   * @return the delivery's id
   */
  static Future<UUID> enqueue(
      SqlClient on, UUID laneId, String messageId, String type, String payload) {
    return Database.query(on, ENQUEUE, Tuple.of(laneId, messageId, type, payload))
        .map(rows -> rows.iterator().next().getUUID("id"));
  }

  /** What {@link #lane} reads; of a lane {@code l}. */
  static final String COLUMNS =
      """
      l.id AS lane_id, l.kind AS lane_kind, l.realm_id, l.state AS lane_state, l.reason, l.types,
      l.kinds, l.user_ids, l.session_id, l.sessions_only, l.thresholds_ms,
      (SELECT count(*) FROM delivery d WHERE d.lane_id = l.id AND d.state = 'pending') AS pending,
      (SELECT count(*) FROM delivery d WHERE d.lane_id = l.id AND d.state = 'dead') AS dead,
      l.lost_events, COALESCE(ms(l.lost_until), 0) AS lost_until
      """;

  private static final String FIND =
      "SELECT " + COLUMNS + " FROM lane l WHERE l.id = $1 AND l.state <> 'deleted'";

  public Future<Optional<Lane>> find(UUID id) {
    return database
        .query(FIND, Tuple.of(id))
        .map(
            rows -> {
              for (Row row : rows) {
                return Optional.of(lane(row));
              }
              return Optional.empty();
            });
  }

  static Lane lane(Row row) {
    return new Lane(
        row.getUUID("lane_id"),
        row.getString("lane_kind"),
        row.getInteger("realm_id"),
        LaneState.ofWireName(row.getString("lane_state")),
        row.getString("reason"),
        new LaneFilter(
            set(row.getArrayOfStrings("types")),
            set(row.getArrayOfStrings("kinds")),
            set(row.getArrayOfLongs("user_ids")),
            row.getUUID("session_id"),
            row.getBoolean("sessions_only"),
            list(row.getArrayOfLongs("thresholds_ms"))),
        row.getLong("pending"),
        row.getLong("dead"),
        row.getLong("lost_events"),
        row.getLong("lost_until"));
  }

  private static <T> @Nullable Set<T> set(T @Nullable [] values) {
    return values == null ? null : Arrays.stream(values).collect(Collectors.toSet());
  }

  private static <T> @Nullable List<T> list(T @Nullable [] values) {
    return values == null ? null : List.of(values);
  }

  private static String @Nullable [] texts(@Nullable Set<String> values) {
    return values == null ? null : values.toArray(String[]::new);
  }

  private static Long @Nullable [] longs(java.util.@Nullable Collection<Long> values) {
    return values == null ? null : values.toArray(Long[]::new);
  }
}
