package dev.curfew.store;

import dev.curfew.realm.Counted;
import dev.curfew.realm.JumpRequest;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Requests for jump sessions. Each step is one conditional update, so that of several at once one
 * is made. That a request is in use is written by the commit that makes its session active.
 */
public final class JumpRequestStore {
  /** A pending request whose time has passed counts as cancelled before the sweep writes it. */
  private static final String STATE =
      """
      CASE WHEN q.state = 'pending' AND q.ends_at <= clock_timestamp() THEN 'cancelled'
           ELSE q.state END""";

  private static final String COLUMNS =
      "q.id, q.session_id, q.realm_id, q.user_id, q.created_by, "
          + STATE
          + """
           AS state,
          q.policy_id, q.max_duration_ms, q.item_type, q.item_id,
          ms(q.starts_at) AS starts_at, ms(q.ends_at) AS ends_at, q.reason, q.comments,
          q.answered_by, x.username AS answered_name, COALESCE(ms(q.opened_at), 0) AS opened_at
          """;

  private static final String APPROVER = " LEFT JOIN users x ON x.numeric_id = q.answered_by ";
  private static final String FROM = " FROM jump_request q " + APPROVER;
  private static final String CHANGED = ") SELECT " + COLUMNS + " FROM q " + APPROVER;

  private final Database database;

  public JumpRequestStore(Database database) {
    this.database = database;
  }

  /** A request to be written. Times and durations are milliseconds. */
  public record NewRow(
      long id,
      UUID sessionId,
      int realmId,
      int userId,
      int createdBy,
      int policyId,
      long maxDuration,
      String itemType,
      long itemId,
      long startsAt,
      long endsAt,
      String reason) {}

  /** An approval for anyone stands while its session lives, and covers what lies in its time. */
  private static final String INSERT =
      "WITH standing AS ("
          + """
            SELECT a.id, a.answered_by
            FROM jump_request a
              JOIN policy p ON p.id = a.policy_id
              JOIN session s ON s.id = a.session_id
            WHERE a.realm_id = $3 AND a.item_type = $8 AND a.item_id = $9
              AND a.state IN ('approved', 'in_use') AND a.approved_under IS NULL
              AND p.id = $6 AND p.approval_scope = 'anyone' AND s.state < 3
              AND a.starts_at <= at_ms($10) AND a.ends_at >= at_ms($11)
            ORDER BY a.id
            LIMIT 1
          ), q AS (
            INSERT INTO jump_request (
              id, session_id, realm_id, user_id, created_by, policy_id, max_duration_ms,
              item_type, item_id, starts_at, ends_at, reason,
              state, answered_by, answered_at, approved_under)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, at_ms($10), at_ms($11), $12,
              CASE WHEN standing.id IS NULL THEN 'pending' ELSE 'approved' END,
              standing.answered_by,
              CASE WHEN standing.id IS NOT NULL THEN clock_timestamp() END,
              standing.id
            FROM (VALUES (1)) AS one LEFT JOIN standing ON true
            RETURNING *
          """
          + CHANGED;

  /**
   * @return the request: pending, or approved already where an approval for anyone covers it
   */
  public Future<JumpRequest> insert(NewRow row) {
    return database
        .query(
            INSERT,
            Tuple.from(
                new Object[] {
                  row.id(),
                  row.sessionId(),
                  row.realmId(),
                  row.userId(),
                  row.createdBy(),
                  row.policyId(),
                  row.maxDuration(),
                  row.itemType(),
                  row.itemId(),
                  row.startsAt(),
                  row.endsAt(),
                  row.reason()
                }))
        .map(rows -> request(rows.iterator().next()));
  }

  private static final String BY_ID = "SELECT " + COLUMNS + FROM + "WHERE q.id = $1";

  public Future<Optional<JumpRequest>> find(long id) {
    return database.query(BY_ID, Tuple.of(id)).map(JumpRequestStore::first);
  }

  private static final String NARROWED =
      " WHERE q.user_id = $1 AND ($2::text IS NULL OR " + STATE + " = $2)";
  private static final String LIST =
      "SELECT " + COLUMNS + FROM + NARROWED + " ORDER BY q.id DESC LIMIT $3 OFFSET $4";
  private static final String COUNT = "SELECT count(*) FROM jump_request q" + NARROWED;

  /**
   * Of one user, newest first.
   *
   * @param state null for all
   */
  public Future<Counted<JumpRequest>> list(
      int userId, JumpRequest.@Nullable State state, int limit, long offset) {
    String name = state == null ? null : state.wireName();
    return database
        .query(COUNT, Tuple.of(userId, name))
        .map(rows -> rows.iterator().next().getLong(0))
        .compose(
            total ->
                database
                    .query(LIST, Tuple.of(userId, name, limit, offset))
                    .map(rows -> new Counted<>(requests(rows), total)));
  }

  private static final String ANSWER =
      "WITH q AS ("
          + """
            UPDATE jump_request
            SET state = $2, answered_by = $3, answered_at = clock_timestamp(), comments = $4,
                max_duration_ms = $5
            WHERE id = $1 AND state = 'pending' AND ends_at > clock_timestamp()
            RETURNING *
          """
          + CHANGED;

  /**
   * Answers a pending request.
   *
   * @param maxDuration the longest total of its session from now on
   * @param by on whose authority, as the audit log names them
   * @return empty when it was not pending any more
   */
  public Future<Optional<JumpRequest>> answer(
      long id,
      boolean approved,
      int approverId,
      @Nullable String comments,
      long maxDuration,
      Initiator by) {
    String state = approved ? "approved" : "denied";
    return database.transaction(
        on ->
            Database.query(on, ANSWER, Tuple.of(id, state, approverId, comments, maxDuration))
                .compose(
                    rows -> {
                      Optional<JumpRequest> answered = first(rows);
                      return answered.isEmpty()
                          ? Future.succeededFuture(answered)
                          : (approved ? AdminChange.APPROVED : AdminChange.DENIED)
                              .write(
                                  on,
                                  answered.get().realmId(),
                                  "jump-request",
                                  id,
                                  answered.get().itemType() + "/" + answered.get().itemId(),
                                  by)
                              .map(answered);
                    }));
  }

  private static final String CANCEL =
      "WITH q AS ("
          + """
            UPDATE jump_request SET state = 'cancelled'
            WHERE id = $1 AND state = 'pending' AND ends_at > clock_timestamp()
            RETURNING *
          """
          + CHANGED;

  /**
   * Takes a pending request back.
   *
   * @return empty when it was not pending any more
   */
  public Future<Optional<JumpRequest>> cancel(long id) {
    return database.query(CANCEL, Tuple.of(id)).map(JumpRequestStore::first);
  }

  private static final String OPENED =
      """
      UPDATE jump_request SET opened_at = clock_timestamp() WHERE id = $1 AND opened_at IS NULL
      """;

  /** Notes that the session exists. */
  public Future<Void> opened(long id) {
    return database.query(OPENED, Tuple.of(id)).mapEmpty();
  }

  private static final String UNOPENABLE =
      """
      UPDATE jump_request q SET state = 'cancelled', comments = $2
      WHERE q.id = $1 AND q.state = 'approved' AND q.opened_at IS NULL
        AND NOT EXISTS (SELECT FROM session s WHERE s.id = q.session_id)
      """;

  /** Gives an approved request up whose session can never be opened any more. */
  public Future<Void> giveUp(long id, String why) {
    return database.query(UNOPENABLE, Tuple.of(id, why)).mapEmpty();
  }

  private static final String LAPSE =
      """
      UPDATE jump_request SET state = 'cancelled', comments = $1
      WHERE state = 'pending' AND ends_at <= clock_timestamp()
      """;

  /** Cancels every pending request whose time has passed. */
  public Future<Void> lapse(String why) {
    return database.query(LAPSE, Tuple.of(why)).mapEmpty();
  }

  private static final String UNOPENED =
      "SELECT "
          + COLUMNS
          + FROM
          + """
          WHERE q.state = 'approved' AND q.opened_at IS NULL
            AND q.answered_at < clock_timestamp() - $1::bigint * interval '1 millisecond'
          ORDER BY q.answered_at
          LIMIT $2
          """;

  /** Approved longer ago than that, and not known to have a session: none but after a crash. */
  public Future<List<JumpRequest>> unopened(Duration since, int most) {
    return database
        .query(UNOPENED, Tuple.of(since.toMillis(), most))
        .map(JumpRequestStore::requests);
  }

  private static Optional<JumpRequest> first(RowSet<Row> rows) {
    return requests(rows).stream().findFirst();
  }

  private static List<JumpRequest> requests(RowSet<Row> rows) {
    List<JumpRequest> requests = new ArrayList<>(rows.size());
    rows.forEach(row -> requests.add(request(row)));
    return requests;
  }

  private static JumpRequest request(Row row) {
    Integer answeredBy = row.getInteger("answered_by");
    return new JumpRequest(
        row.getLong("id"),
        row.getUUID("session_id"),
        row.getInteger("realm_id"),
        row.getInteger("user_id"),
        row.getInteger("created_by"),
        JumpRequest.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getInteger("policy_id"),
        row.getLong("max_duration_ms"),
        row.getString("item_type"),
        row.getLong("item_id"),
        row.getLong("starts_at"),
        row.getLong("ends_at"),
        row.getString("reason"),
        row.getString("comments"),
        answeredBy == null
            ? null
            : new JumpRequest.Approver(answeredBy, row.getString("answered_name")),
        row.getLong("opened_at"));
  }
}
