package dev.curfew.store;

import dev.curfew.realm.AccessStatus;
import dev.curfew.realm.SessionDetail;
import dev.curfew.realm.Transition;
import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sessions as they are shown, and what became of them. */
public final class SessionQueries {
  private final Database database;

  public SessionQueries(Database database) {
    this.database = database;
  }

  /**
   * Who stopped a session is in its event only, and wanted for those that were stopped only. The
   * event is looked for around the end, so that few days of the log are opened.
   */
  private static final String COLUMNS =
      """
      s.id, s.numeric_id, s.kind, s.state, s.reason, s.realm_id, r.name AS realm, s.created_by,
      s.policy_id,
      s.max_duration_ms, s.max_idle_ms, ms(s.created_at) AS created_at,
      ms(s.started_at) AS started_at, ms(s.expires_at) AS expires_at, s.generation, s.owner,
      COALESCE(ms(p.last_access_at), ms(s.started_at)) AS last_access,
      COALESCE(ms(p.last_reported_at), ms(s.started_at)) AS last_reported,
      COALESCE(ms(s.ending_at), 0) AS ending_at, COALESCE(ms(s.ended_at), 0) AS ended_at,
      CASE WHEN s.reason = 4 THEN (
        SELECT e.data -> 'by' ->> 'kind' FROM event e
        WHERE e.session_id = s.id AND e.data ->> 'to' = 'ending'
          AND e.recorded_at BETWEEN s.ending_at - interval '1 hour'
                                AND s.ending_at + interval '1 day'
        LIMIT 1) END AS ended_by,
      s.ipv4_address, s.ipv6_address, s.attributes,
      COALESCE(k.id, 0) AS checkout_id, COALESCE(g.stage, 0::smallint) AS recording_stage,
      """
          + UserStore.REFERENCE_COLUMNS;

  private static final String FROM =
      """
      FROM session s
        JOIN users u ON u.numeric_id = s.user_id
        JOIN realm r ON r.id = s.realm_id
        LEFT JOIN session_pulse p ON p.session_id = s.id
        LEFT JOIN checkout k ON k.session_id = s.id
        LEFT JOIN recording g ON g.session_id = s.id
      """;

  private static final String BY_ID = "SELECT " + COLUMNS + FROM + " WHERE s.id = $1";

  public Future<Optional<SessionDetail>> find(UUID id) {
    return database.query(BY_ID, Tuple.of(id)).map(rows -> details(rows).stream().findFirst());
  }

  private static final String LIVE_OF_USER =
      "SELECT "
          + COLUMNS
          + FROM
          + """
          WHERE s.user_id = $1 AND s.state < 3 AND (cardinality($2::smallint[]) = 0 OR s.kind = ANY($2))
          ORDER BY s.id
          LIMIT $3
          """;

  /**
   * A user's live sessions, oldest first.
   *
   * @param kinds empty for all
   */
  public Future<List<SessionDetail>> liveOf(long userId, Set<SessionKind> kinds, int limit) {
    return database
        .query(LIVE_OF_USER, Tuple.of(userId, codes(kinds, SessionKind::code), limit))
        .map(SessionQueries::details);
  }

  private static final String LIVE_IDS_OF_USER =
      "SELECT id FROM session WHERE user_id = $1 AND state < 3";

  public Future<List<UUID>> liveIdsOf(long userId) {
    return database
        .query(LIVE_IDS_OF_USER, Tuple.of(userId))
        .map(
            rows -> {
              List<UUID> ids = new ArrayList<>(rows.size());
              rows.forEach(row -> ids.add(row.getUUID(0)));
              return ids;
            });
  }

  private static final String IN_REALM =
      "SELECT id FROM session WHERE id = ANY($1) AND realm_id = $2";

  /** Which of these sessions belong to the realm. */
  public Future<Set<UUID>> inRealm(Collection<UUID> ids, int realmId) {
    return database
        .query(IN_REALM, Tuple.of(ids.toArray(new UUID[0]), realmId))
        .map(
            rows -> {
              Set<UUID> found = new HashSet<>();
              rows.forEach(row -> found.add(row.getUUID(0)));
              return found;
            });
  }

  /** The same as {@link AccessStatus#of} says of a session and its rules. */
  private static final String ACCESS_STATUS =
      """
      CASE
        WHEN s.kind = %d AND s.reason = %d THEN 'FAILED'
        WHEN s.state = 1 THEN 'PENDING'
        WHEN s.state = 2 THEN (
          SELECT CASE
              WHEN bool_or(g.status = 'PENDING') THEN 'PENDING'
              WHEN bool_and(g.status = 'FAILED') THEN 'FAILED'
              WHEN bool_or(g.status = 'FAILED') THEN 'PARTIAL'
              ELSE 'ACTIVE' END
          FROM resource_rule g WHERE g.session_id = s.id)
        WHEN s.state = 3 THEN 'EXPIRING'
        WHEN s.reason = %d THEN 'EXPIRED'
        ELSE 'CANCELLED' END
      """
          .formatted(SessionKind.ACCESS.code(), EndReason.DENIED.code(), EndReason.EXPIRED.code());

  private static final String NARROWED =
      """
        AND (cardinality($2::smallint[]) = 0 OR s.kind = ANY($2))
        AND (cardinality($3::smallint[]) = 0 OR s.state = ANY($3))
        AND (cardinality($4::smallint[]) = 0 OR s.reason = ANY($4))
        AND ($5::text IS NULL
          OR strpos(lower(u.username), lower($5)) > 0
          OR strpos(lower(u.display_name), lower($5)) > 0
          OR strpos(lower(u.email), lower($5)) > 0
          OR strpos(lower(s.attributes ->> 'deviceName'), lower($5)) > 0
          OR strpos(lower(s.attributes ->> 'resourceName'), lower($5)) > 0)
        AND ($7::text IS NULL OR $7 =
      """
          + ACCESS_STATUS
          + ")";

  private static final String OF_USER =
      " WHERE s.user_id = $1 AND ($6::integer IS NULL OR s.realm_id = $6)";
  private static final String OF_REALM = " WHERE s.realm_id = $1 AND $6::integer IS NULL";
  private static final String OF_ALL = " WHERE $1::integer IS NULL AND $6::integer IS NULL";

  private static final String PAGE =
      """
        AND ($8::uuid IS NULL OR s.id < $8)
      ORDER BY s.id DESC
      LIMIT $9
      """;

  private static final String LIST_OF_USER = "SELECT " + COLUMNS + FROM + OF_USER + NARROWED + PAGE;
  private static final String LIST_OF_REALM =
      "SELECT " + COLUMNS + FROM + OF_REALM + NARROWED + PAGE;
  private static final String LIST_OF_ALL = "SELECT " + COLUMNS + FROM + OF_ALL + NARROWED + PAGE;

  /**
   * Newest first.
   *
   * @param after the last one that is known; null for the first page
   */
  public Future<List<SessionDetail>> list(SessionQuery query, @Nullable UUID after, int limit) {
    return database
        .query(
            query.userId() != null
                ? LIST_OF_USER
                : query.realmId() != null ? LIST_OF_REALM : LIST_OF_ALL,
            parameters(query).addUUID(after).addInteger(limit))
        .map(SessionQueries::details);
  }

  private static final String COUNT =
      "SELECT count(*) FROM session s JOIN users u ON u.numeric_id = s.user_id";
  private static final String COUNT_OF_USER = COUNT + OF_USER + NARROWED;
  private static final String COUNT_OF_REALM = COUNT + OF_REALM + NARROWED;
  private static final String COUNT_OF_ALL = COUNT + OF_ALL + NARROWED;

  public Future<Long> count(SessionQuery query) {
    return database
        .query(
            query.userId() != null
                ? COUNT_OF_USER
                : query.realmId() != null ? COUNT_OF_REALM : COUNT_OF_ALL,
            parameters(query))
        .map(rows -> rows.iterator().next().getLong(0));
  }

  private static Tuple parameters(SessionQuery query) {
    Tuple parameters = Tuple.tuple();
    Long userId = query.userId();
    AccessStatus status = query.accessStatus();
    if (userId != null) {
      parameters.addLong(userId);
    } else {
      parameters.addInteger(query.realmId());
    }
    return parameters
        .addArrayOfShort(codes(query.kinds(), SessionKind::code))
        .addArrayOfShort(codes(query.states(), SessionState::code))
        .addArrayOfShort(codes(query.reasons(), EndReason::code))
        .addString(query.q())
        .addInteger(userId == null ? null : query.realmId())
        .addString(status == null ? null : status.name());
  }

  private static <E> Short[] codes(Set<E> values, Function<E, Short> code) {
    return values.stream().map(code).toArray(Short[]::new);
  }

  private static final String HISTORY =
      """
      SELECT ms(at) AS at, data ->> 'from' AS from_state, data ->> 'to' AS to_state,
        data ->> 'reason' AS reason, data -> 'by' ->> 'name' AS by_name,
        data ->> 'remark' AS remark
      FROM event
      WHERE session_id = $1 AND data ->> 'to' IS NOT NULL AND type LIKE 'dev.curfew.session.%'
      ORDER BY xid, id
      """;

  /** The transitions of a session, oldest first. */
  public Future<List<Transition>> history(UUID sessionId) {
    return database
        .query(HISTORY, Tuple.of(sessionId))
        .map(
            rows -> {
              List<Transition> history = new ArrayList<>(rows.size());
              rows.forEach(row -> history.add(transition(row)));
              return history;
            });
  }

  private static Transition transition(Row row) {
    String from = row.getString("from_state");
    String reason = row.getString("reason");
    return new Transition(
        row.getLong("at"),
        from == null ? null : SessionState.valueOf(upper(from)),
        SessionState.valueOf(upper(row.getString("to_state"))),
        reason == null ? null : EndReason.valueOf(upper(reason)),
        row.getString("by_name"),
        row.getString("remark"));
  }

  private static String upper(String name) {
    return name.toUpperCase(Locale.ROOT);
  }

  private static List<SessionDetail> details(RowSet<Row> rows) {
    List<SessionDetail> details = new ArrayList<>(rows.size());
    rows.forEach(row -> details.add(detail(row)));
    return details;
  }

  private static SessionDetail detail(Row row) {
    Short reason = row.getShort("reason");
    String endedBy = row.getString("ended_by");
    return new SessionDetail(
        row.getUUID("id"),
        row.getLong("numeric_id"),
        SessionKind.ofCode(row.getShort("kind")),
        SessionState.ofCode(row.getShort("state")),
        reason == null ? null : EndReason.ofCode(reason),
        row.getInteger("realm_id"),
        row.getString("realm"),
        UserStore.reference(row),
        row.getLong("created_by"),
        row.getInteger("policy_id"),
        row.getLong("max_duration_ms"),
        row.getLong("max_idle_ms"),
        row.getLong("created_at"),
        row.getLong("started_at"),
        row.getLong("expires_at"),
        row.getInteger("generation"),
        row.getString("owner"),
        row.getLong("last_access"),
        row.getLong("last_reported"),
        row.getLong("ending_at"),
        row.getLong("ended_at"),
        endedBy == null ? null : Initiator.Kind.valueOf(upper(endedBy)),
        row.getString("ipv4_address"),
        row.getString("ipv6_address"),
        row.getLong("checkout_id"),
        row.getShort("recording_stage"),
        AttributesJson.read(row.get(JsonObject.class, "attributes")));
  }
}
