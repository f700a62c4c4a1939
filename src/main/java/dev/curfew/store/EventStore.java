package dev.curfew.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The event log, read in its one order.
 *
 * <p>The order is (xid, id). An event can be read once every transaction that began to write before
 * its own is over: only then can nothing more appear before it. So a read ends at the oldest
 * transaction still open, even if later ones have committed; their events follow when it is over.
 * That transaction may be in any database of the server.
 */
public final class EventStore {
  /**
   * Events looked at by one statement. A filter that few events satisfy then takes several short
   * statements instead of one without bound.
   */
  private static final int SCAN = 2_000;

  /**
   * How much older than a cursor's partition an event after it may be, in seconds: the time of a
   * row is that of its transaction's beginning, its place that of the first write. As much older
   * than the event's own time may the row's be, since an event tells of the transaction it is
   * written in or of what was before.
   */
  private static final long LONGEST_TRANSACTION = 24 * 3600;

  private final Database database;

  public EventStore(Database database) {
    this.database = database;
  }

  /**
   * Looks at no more than $4 events and returns at most $9 of them. There is always one row: the
   * columns that begin with edge tell of the last event looked at, whether it was wanted or not.
   */
  static String page(String condition) {
    return """
        WITH scanned AS MATERIALIZED (
          SELECT e.xid, e.id, e.recorded_at, e.type, e.realm_id, e.session_id, e.user_id, e.at,
            e.data
          FROM event e
          WHERE (e.xid, e.id) > ($1::text::xid8, $2::bigint)
            AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
            AND e.recorded_at >= to_timestamp($3::bigint)
        """
        + condition
        + """
          ORDER BY e.xid, e.id
          LIMIT $4::bigint
        ), wanted AS MATERIALIZED (
          SELECT s.*
          FROM scanned s
          WHERE ($5::integer IS NULL OR s.realm_id = $5)
            AND ($6::bigint[] IS NULL OR s.user_id = ANY ($6))
            AND ($7::text[] IS NULL OR s.type = ANY ($7))
            AND (NOT $8::boolean OR s.session_id IS NOT NULL)
            AND ($10::bigint IS NULL OR ms(s.at) >= $10)
            AND ($11::bigint IS NULL OR ms(s.at) < $11)
          ORDER BY s.xid, s.id
          LIMIT $9::bigint
        ), edge AS (
          SELECT xid, id, recorded_at FROM scanned ORDER BY xid DESC, id DESC LIMIT 1
        )
        SELECT
          $1::text::xid8 < pg_snapshot_xmax(pg_current_snapshot()) AS known,
          EXISTS (
            SELECT FROM event h
            WHERE h.xid >= pg_snapshot_xmin(pg_current_snapshot())
              AND h.recorded_at >= now() - interval '1 day') AS held_back,
          (SELECT count(*) FROM scanned) AS looked_at,
          edge.xid::text AS edge_xid, edge.id AS edge_id,
          floor(extract(epoch FROM edge.recorded_at))::bigint AS edge_recorded_at,
          w.xid::text AS xid, w.id, floor(extract(epoch FROM w.recorded_at))::bigint AS recorded_at,
          w.type, w.realm_id, COALESCE(r.name, w.realm_id::text) AS realm, w.session_id, w.user_id,
          ms(w.at) AS at,
          (jsonb_strip_nulls(jsonb_build_object('realm', r.name, 'userUuid', u.id))
            || w.data)::text AS data
        FROM (SELECT) always
          LEFT JOIN edge ON true
          LEFT JOIN wanted w ON true
          LEFT JOIN realm r ON r.id = w.realm_id
          LEFT JOIN users u ON u.numeric_id = w.user_id
        ORDER BY w.xid, w.id
        """;
  }

  private static final String PAGE = page("");

  private static final String PAGE_OF_SESSION = page("    AND e.session_id = $12\n");

  /**
   * What comes after a cursor and satisfies a filter.
   *
   * @param limit most events in one page
   * @return fails with BAD_CURSOR for a cursor from this database's future, which another database
   *     must have issued
   */
  public Future<EventPage> read(EventCursor after, EventFilter filter, int limit) {
    return read(after, filter, EventWindow.ALL, limit);
  }

  /**
   * What comes after a cursor, satisfies a filter and happened in a window.
   *
   * <p>The order is not that of the events' times: what was decided while the database was away is
   * written when it is back. So the log is read to its end even where the window ended long ago.
   *
   * @param limit most events in one page
   * @return fails with BAD_CURSOR for a cursor from this database's future, which another database
   *     must have issued
   */
  public Future<EventPage> read(
      EventCursor after, EventFilter filter, EventWindow window, int limit) {
    boolean ofSession = filter.sessionId() != null;
    int scan = filter.isOpen() && window.isOpen() ? limit : Math.max(limit, SCAN);
    Tuple parameters =
        Tuple.of(
            Long.toUnsignedString(after.xid()),
            after.id(),
            earliest(after, window) - LONGEST_TRANSACTION,
            (long) scan,
            filter.realmId(),
            filter.users() == null ? null : filter.users().toArray(Long[]::new),
            filter.types() == null ? null : filter.types().toArray(String[]::new),
            filter.sessionsOnly(),
            (long) limit,
            window.from(),
            window.to());
    if (ofSession) {
      parameters.addUUID(filter.sessionId());
    }
    return database
        .query(ofSession ? PAGE_OF_SESSION : PAGE, parameters)
        .map(rows -> page(rows, after, scan, limit));
  }

  /**
   * The partitions before it need not be looked at, in epoch seconds. There is no latest: an event
   * can be recorded any time after it was decided.
   */
  private static long earliest(EventCursor after, EventWindow window) {
    Long from = window.from();
    return from == null
        ? after.recordedAt()
        : Math.max(after.recordedAt(), Math.floorDiv(from, 1000L));
  }

  private static EventPage page(RowSet<Row> rows, EventCursor after, int scan, int limit) {
    Row first = rows.iterator().next();
    if (!first.getBoolean("known")) {
      throw EventCursor.unknown("after");
    }
    List<LoggedEvent> events = new ArrayList<>(rows.size());
    for (Row row : rows) {
      if (row.getString("xid") != null) {
        events.add(event(row));
      }
    }
    boolean heldBack = first.getBoolean("held_back");
    if (events.size() == limit) {
      return new EventPage(events, events.get(limit - 1).cursor(), true, heldBack);
    }
    boolean more = first.getLong("looked_at") == scan;
    EventCursor edge =
        first.getString("edge_xid") == null
            ? after
            : cursor(first, "edge_xid", "edge_id", "edge_recorded_at");
    return new EventPage(events, edge, more, heldBack);
  }

  /** An event in the columns that {@link #page} gives it. */
  static LoggedEvent event(Row row) {
    return new LoggedEvent(
        cursor(row, "xid", "id", "recorded_at"),
        row.getString("type"),
        row.getInteger("realm_id"),
        row.getString("realm"),
        row.getUUID("session_id"),
        row.getLong("user_id"),
        row.getLong("at"),
        row.getString("data"));
  }

  private static EventCursor cursor(Row row, String xid, String id, String recordedAt) {
    return new EventCursor(
        Long.parseUnsignedLong(row.getString(xid)), row.getLong(id), row.getLong(recordedAt));
  }

  private static final String LAST =
      """
      SELECT e.xid::text AS xid, e.id,
        floor(extract(epoch FROM e.recorded_at))::bigint AS recorded_at
      FROM event e
      WHERE e.xid < pg_snapshot_xmin(pg_current_snapshot())
      ORDER BY e.xid DESC, e.id DESC
      LIMIT 1
      """;

  /**
   * The end of the log as it can be read now: the place of an event, since only what was committed
   * is sure to keep its place if the server crashes.
   */
  public Future<EventCursor> last() {
    return database
        .query(LAST, Tuple.tuple())
        .map(
            rows -> {
              for (Row row : rows) {
                return cursor(row, "xid", "id", "recorded_at");
              }
              return EventCursor.START;
            });
  }

  private static final String KNOWN =
      "SELECT $1::text::xid8 < pg_snapshot_xmax(pg_current_snapshot())";

  /** Whether this database can have issued a cursor; {@link #read} refuses one that it cannot. */
  public Future<Boolean> knows(EventCursor cursor) {
    return database
        .query(KNOWN, Tuple.of(Long.toUnsignedString(cursor.xid())))
        .map(rows -> rows.iterator().next().getBoolean(0));
  }

  /**
   * Fails with BAD_CURSOR for a cursor that this database cannot have issued.
   *
   * @param field that the cursor came in
   */
  public Future<Void> requireKnown(String field, EventCursor cursor) {
    return knows(cursor)
        .compose(
            known ->
                known ? Future.succeededFuture() : Future.failedFuture(EventCursor.unknown(field)));
  }

  private static final String USERS =
      """
      SELECT u.numeric_id::bigint AS numeric_id,
        CASE WHEN u.id = $2::uuid THEN 1 WHEN u.numeric_id = $3::integer THEN 2 ELSE 3 END AS form
      FROM users u
      WHERE ($1::integer IS NULL OR u.realm_id = $1)
        AND (u.id = $2 OR u.numeric_id = $3 OR lower(u.username) = lower($4::text))
      ORDER BY form
      """;

  /**
   * The users that a filter means: by UUID, else by numeric id, else by user name, which may be
   * several, of other realms or deleted.
   *
   * @param realmId null for every realm
   * @return numeric ids; empty when there is nobody
   */
  public Future<Set<Long>> users(@Nullable Integer realmId, String name) {
    return database
        .query(USERS, Tuple.of(realmId, uuid(name), numericId(name), name))
        .map(
            rows -> {
              Set<Long> users = new HashSet<>();
              int best = Integer.MAX_VALUE;
              for (Row row : rows) {
                if (row.getInteger("form") <= best) {
                  best = row.getInteger("form");
                  users.add(row.getLong("numeric_id"));
                }
              }
              return users;
            });
  }

  private static @Nullable UUID uuid(String text) {
    try {
      return text.length() == 36 ? UUID.fromString(text) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable Integer numericId(String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
