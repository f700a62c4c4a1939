package dev.curfew.store;

import dev.curfew.realm.LaneState;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * Lanes as one node sees them that feeds and drives them. Every write names the holder and the
 * fence of the lease; once another node has taken the lane, it changes nothing.
 */
public final class LaneLeases {
  private final Database database;
  private final String holder;

  /**
   * @param holder the name of this engine, of its like on other nodes and of its own predecessors
   */
  public LaneLeases(Database database, String holder) {
    this.database = database;
    this.holder = holder;
  }

  /** A lane that is held: the fence tells this lease from all others of the lane. */
  public record Held(UUID laneId, long fence, String kind, boolean driven) {}

  private static final String ACQUIRE =
      """
      WITH free AS (
        SELECT l.id FROM lane l
        WHERE l.state = 'enabled' AND (l.kind = ANY ($2::text[]) OR NOT l.driven)
          AND (l.holder IS NULL OR l.leased_until < clock_timestamp())
          AND (l.cursor_xid IS NOT NULL OR EXISTS (
            SELECT FROM delivery d WHERE d.lane_id = l.id AND d.state = 'pending'))
        ORDER BY l.id
        LIMIT $4
        FOR NO KEY UPDATE SKIP LOCKED
      )
      UPDATE lane l SET holder = $1, fence = l.fence + 1,
        leased_until = clock_timestamp() + $3::bigint * interval '1 ms'
      FROM free
      WHERE l.id = free.id
      RETURNING l.id, l.fence, l.kind, l.driven
      """;

  /**
   * Takes lanes that have or may get something to do and that nobody holds.
   *
   * @param kinds that this node can drive
   */
  public Future<List<Held>> acquire(Collection<String> kinds, Duration lease, int most) {
    return database
        .query(ACQUIRE, Tuple.of(holder, kinds.toArray(String[]::new), lease.toMillis(), most))
        .map(
            rows -> {
              List<Held> held = new ArrayList<>(rows.size());
              rows.forEach(
                  row ->
                      held.add(
                          new Held(
                              row.getUUID("id"),
                              row.getLong("fence"),
                              row.getString("kind"),
                              row.getBoolean("driven"))));
              return held;
            });
  }

  /**
   * Renews the leases and feeds those lanes that ask for it, in one statement. Looks at no more
   * than $6 events of a lane and lays out no more than there is room for among $7 pending ones; the
   * cursor then stands before the first one that there was no room for. A lane's row is locked for
   * as long, so that its deliveries get their numbers in the order of the log.
   */
  private static final String TEND =
      """
      WITH held AS MATERIALIZED (
        SELECT l AS lane, l.id, l.state, l.revision, h.hungry,
          l.cursor_xid, l.cursor_id, l.cursor_recorded_at,
          l.leased_until < clock_timestamp() + $5::bigint * interval '1 ms' * 2 / 3 AS ages,
          (SELECT count(*) FROM delivery d WHERE d.lane_id = l.id AND d.state = 'pending')
            AS pending
        FROM lane l JOIN unnest($2::uuid[], $3::bigint[], $4::boolean[]) AS h (id, fence, hungry)
          ON l.id = h.id AND l.fence = h.fence
        WHERE l.holder = $1
        ORDER BY l.id
        FOR NO KEY UPDATE OF l
      ), hungry AS (
        SELECT * FROM held
        WHERE hungry AND state = 'enabled' AND cursor_xid IS NOT NULL AND pending < $7::bigint
      ), scanned AS MATERIALIZED (
        SELECT h.id AS lane_id, h.pending, e.xid, e.id, e.recorded_at, e.type, e.wanted,
          count(*) FILTER (WHERE e.wanted) OVER (PARTITION BY h.id ORDER BY e.xid, e.id) AS nth
        FROM hungry h CROSS JOIN LATERAL (
          SELECT e.xid, e.id, e.recorded_at, e.type, lane_wants(h.lane, e) AS wanted
          FROM event e
          WHERE (e.xid, e.id) > (h.cursor_xid, h.cursor_id)
            AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
            AND e.recorded_at >= h.cursor_recorded_at - interval '1 day'
          ORDER BY e.xid, e.id
          LIMIT $6::bigint
        ) e
      ), taken AS MATERIALIZED (
        SELECT * FROM scanned WHERE pending + nth <= $7::bigint
      ), fed AS (
        INSERT INTO delivery (lane_id, message_id, type, event_xid, event_id, event_recorded_at)
        SELECT lane_id, 'evt_' || id, type, xid, id, recorded_at
        FROM taken
        WHERE wanted
        ORDER BY lane_id, xid, id
        RETURNING lane_id
      ), edge AS (
        SELECT DISTINCT ON (lane_id) lane_id, xid, id, recorded_at
        FROM taken
        ORDER BY lane_id, xid DESC, id DESC
      ), moved AS (
        UPDATE lane l SET
          cursor_xid = COALESCE(edge.xid, l.cursor_xid),
          cursor_id = COALESCE(edge.id, l.cursor_id),
          cursor_recorded_at = COALESCE(edge.recorded_at, l.cursor_recorded_at),
          leased_until = clock_timestamp() + $5::bigint * interval '1 ms'
        FROM held h LEFT JOIN edge ON edge.lane_id = h.id
        WHERE l.id = h.id AND (h.ages OR edge.lane_id IS NOT NULL)
        RETURNING l.id
      )
      SELECT h.id, h.state, h.revision, h.cursor_xid IS NOT NULL AS follows,
        h.pending + (SELECT count(*) FROM fed WHERE fed.lane_id = h.id) AS pending,
        (SELECT count(*) FROM scanned s WHERE s.lane_id = h.id) = $6::bigint AS more,
        EXISTS (SELECT FROM moved WHERE moved.id = h.id) AS renewed,
        EXISTS (SELECT FROM edge WHERE edge.lane_id = h.id) AS moved,
        EXISTS (
          SELECT FROM event e
          WHERE e.xid >= pg_snapshot_xmin(pg_current_snapshot())
            AND e.recorded_at >= now() - interval '1 day') AS held_back
      FROM held h
      """;

  /**
   * What a node asks for a lane that it holds.
   *
   * @param hungry whether it has room for more of the log
   */
  public record Wish(UUID laneId, long fence, boolean hungry) {}

  /**
   * A lane that is still held.
   *
   * @param enabled whether it is to be driven
   * @param revision counts the changes of its settings
   * @param follows whether the log feeds it
   * @param pending how much waits, due or not
   * @param more whether there is more to feed at once
   * @param renewed whether its lease begins anew with this
   * @param moved whether it stands further on in the log by this
   * @param heldBack whether events are committed that cannot be fed yet, since an older transaction
   *     is still open
   */
  public record Tended(
      UUID laneId,
      boolean enabled,
      long revision,
      boolean follows,
      long pending,
      boolean more,
      boolean renewed,
      boolean moved,
      boolean heldBack) {}

  /**
   * Renews leases and feeds lanes.
   *
   * @param scan most events of a lane looked at
   * @param window most pending deliveries of a lane
   * @return the lanes that are still held; those left out belong to somebody else, or to nobody
   */
  public Future<List<Tended>> tend(List<Wish> wishes, Duration lease, int scan, int window) {
    return database
        .query(
            TEND,
            Tuple.of(
                holder,
                wishes.stream().map(Wish::laneId).toArray(UUID[]::new),
                wishes.stream().map(Wish::fence).toArray(Long[]::new),
                wishes.stream().map(Wish::hungry).toArray(Boolean[]::new),
                lease.toMillis(),
                (long) scan,
                (long) window))
        .map(
            rows -> {
              List<Tended> tended = new ArrayList<>(rows.size());
              rows.forEach(row -> tended.add(tended(row)));
              return tended;
            });
  }

  private static Tended tended(Row row) {
    return new Tended(
        row.getUUID("id"),
        LaneState.ENABLED.wireName().equals(row.getString("state")),
        row.getLong("revision"),
        row.getBoolean("follows"),
        row.getLong("pending"),
        row.getBoolean("more"),
        row.getBoolean("renewed"),
        row.getBoolean("moved"),
        row.getBoolean("held_back"));
  }

  private static final String RELEASE =
      """
      UPDATE lane l SET holder = NULL, leased_until = NULL
      FROM unnest($2::uuid[], $3::bigint[]) AS h (id, fence)
      WHERE l.id = h.id AND l.fence = h.fence AND l.holder = $1
      """;

  /** Gives lanes back; anybody may take them at once. */
  public Future<Void> release(List<Wish> lanes) {
    return database
        .query(
            RELEASE,
            Tuple.of(
                holder,
                lanes.stream().map(Wish::laneId).toArray(UUID[]::new),
                lanes.stream().map(Wish::fence).toArray(Long[]::new)))
        .mapEmpty();
  }
}
