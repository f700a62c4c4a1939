package dev.curfew.store;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.RecordingStage;
import dev.curfew.session.EventType;
import dev.curfew.session.Initiator;
import dev.curfew.session.RecordingRetention;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What of recordings must be kept and what has to go. A removal is decided in the row before the
 * first object is touched, and a hold is refused from then on; so nothing that is held is ever
 * removed, and a removal that was interrupted is known and taken up again.
 */
public final class CustodyStore {
  private final Database database;
  private final RecordingRetention retention;

  /**
   * @param retention how long a recording is kept whose policy and realm do not say
   */
  public CustodyStore(Database database, RecordingRetention retention) {
    this.database = database;
    this.retention = retention;
  }

  // Legal hold

  /** Chunks that somebody began to remove so long ago and never finished are removed no more. */
  private static final String HOLD =
      """
      WITH held AS (
        UPDATE recording
        SET held_at = clock_timestamp(), held_by = $2::text::jsonb, hold_reason = $3,
            clearing_at = NULL, updated_at = clock_timestamp()
        WHERE session_id = $1 AND held_at IS NULL AND deletion_at IS NULL
          AND (clearing_at IS NULL OR clearing_at < clock_timestamp() - interval '1 hour')
        RETURNING session_id, realm_id, user_id
      ), logged AS (
        INSERT INTO event (type, realm_id, session_id, user_id, at, data)
        SELECT $4, realm_id, session_id, user_id, clock_timestamp(),
          jsonb_build_object(
            'sessionId', session_id, 'userId', user_id, 'reason', $3::text,
            'by', $2::text::jsonb)
        FROM held
      )
      SELECT count(*) FROM held
      """;

  /**
   * Puts a recording on legal hold.
   *
   * @return fails with NOT_FOUND; WRONG_STATE when it is held already or deleted, saying by whom;
   *     UNAVAILABLE while its chunks are being removed here, since they are at the destination
   */
  public Future<Void> hold(UUID sessionId, Initiator by, String reason) {
    return database
        .query(HOLD, Tuple.of(sessionId, json(by), reason, EventType.RECORDING_HELD.wireName()))
        .compose(
            rows ->
                one(rows)
                    ? Future.succeededFuture()
                    : state(sessionId)
                        .compose(state -> Future.failedFuture(notHeldBecause(state))));
  }

  private static CurfewException notHeldBecause(State state) {
    if (state.deletion != null) {
      return CurfewException.of(ErrorCode.WRONG_STATE, state.deletion.describe());
    }
    return state.hold != null
        ? CurfewException.of(ErrorCode.WRONG_STATE, state.hold.describe())
        : CurfewException.of(
            ErrorCode.UNAVAILABLE, "Its chunks are just being removed here; try again");
  }

  private static final String RELEASE =
      """
      WITH before AS MATERIALIZED (
        SELECT session_id, held_at FROM recording
        WHERE session_id = $1 AND held_at IS NOT NULL
        FOR UPDATE
      ), released AS (
        UPDATE recording r
        SET held_at = NULL, held_by = NULL, hold_reason = NULL, updated_at = clock_timestamp()
        FROM before WHERE r.session_id = before.session_id
        RETURNING r.session_id, r.realm_id, r.user_id, before.held_at
      ), logged AS (
        INSERT INTO event (type, realm_id, session_id, user_id, at, data)
        SELECT $4, realm_id, session_id, user_id, clock_timestamp(),
          jsonb_build_object(
            'sessionId', session_id, 'userId', user_id, 'reason', $3::text, 'heldSince', held_at,
            'by', $2::text::jsonb)
        FROM released
      )
      SELECT count(*) FROM released
      """;

  /** Lifts the legal hold. Fails with NOT_FOUND, WRONG_STATE when there is none. */
  public Future<Void> release(UUID sessionId, Initiator by, String reason) {
    return database
        .query(
            RELEASE, Tuple.of(sessionId, json(by), reason, EventType.RECORDING_RELEASED.wireName()))
        .compose(
            rows ->
                one(rows)
                    ? Future.succeededFuture()
                    : state(sessionId)
                        .compose(
                            state ->
                                Future.failedFuture(
                                    CurfewException.of(
                                        ErrorCode.WRONG_STATE,
                                        "The recording is not on legal hold"))));
  }

  private static String json(Initiator by) {
    return LogEntry.initiator(by).encode();
  }

  private static boolean one(RowSet<Row> rows) {
    return rows.iterator().next().getLong(0) == 1;
  }

  private record State(
      RecordingStage stage, @Nullable LegalHold hold, @Nullable Deletion deletion) {}

  private static final String STATE =
      "SELECT r.stage, " + CustodyRows.COLUMNS + " FROM recording r WHERE r.session_id = $1";

  private Future<State> state(UUID sessionId) {
    return database
        .query(STATE, Tuple.of(sessionId))
        .map(
            rows -> {
              for (Row row : rows) {
                return new State(
                    RecordingStage.ofCode(row.getShort("stage")),
                    CustodyRows.hold(row),
                    CustodyRows.deletion(row));
              }
              throw CurfewException.notFound("The recording");
            });
  }

  // Deletion

  /** From then on its text is not taken into the search any more. */
  private static final String DECIDE =
      """
      UPDATE recording
      SET deletion_at = clock_timestamp(), deletion_by = $2::text::jsonb, deletion_reason = $3,
          text_indexed_at = COALESCE(text_indexed_at, clock_timestamp()),
          updated_at = clock_timestamp()
      WHERE session_id = $1 AND stage IN (6, 7) AND held_at IS NULL AND deletion_at IS NULL
      RETURNING session_id
      """;

  /**
   * Decides that a recording is deleted; once that is so, deciding it again changes nothing.
   *
   * @return fails with NOT_FOUND; WRONG_STATE when it is on legal hold or not at its end
   */
  public Future<Void> decide(UUID sessionId, Initiator by, String reason) {
    return database
        .query(DECIDE, Tuple.of(sessionId, json(by), reason))
        .compose(
            rows ->
                rows.rowCount() == 1
                    ? Future.succeededFuture()
                    : state(sessionId).compose(CustodyStore::undecided));
  }

  private static Future<Void> undecided(State state) {
    if (state.deletion != null) {
      return Future.succeededFuture();
    }
    return Future.failedFuture(
        CurfewException.of(
            ErrorCode.WRONG_STATE,
            state.hold != null
                ? state.hold.describe()
                : "Only a recording that is Done-Uploaded or Failed can be deleted; it is "
                    + state.stage.wireName()));
  }

  /** By policy, so that what is kept for ever is never looked at. */
  private static final String DECIDE_DUE =
      """
      WITH kept AS (
        SELECT p.id, COALESCE(p.recording_retention_ms, realm.recording_retention_ms, $1) AS millis
        FROM policy p JOIN realm ON realm.id = p.realm_id
      ), due AS (
        SELECT found.session_id, kept.millis
        FROM kept CROSS JOIN LATERAL (
          SELECT r.session_id, r.uploaded_at FROM recording r
          WHERE r.policy_id = kept.id AND r.stage = 6
            AND r.held_at IS NULL AND r.deletion_at IS NULL
            AND r.uploaded_at <= statement_timestamp() - kept.millis * interval '1 millisecond'
          ORDER BY r.uploaded_at
          LIMIT $2) AS found
        WHERE kept.millis > 0
        ORDER BY found.uploaded_at
        LIMIT $2
      )
      UPDATE recording r
      SET deletion_at = clock_timestamp(), deletion_by = $3::text::jsonb,
          deletion_reason = 'its retention of ' || (due.millis / 1000) || ' s is over',
          text_indexed_at = COALESCE(r.text_indexed_at, clock_timestamp()),
          updated_at = clock_timestamp()
      FROM due
      WHERE r.session_id = due.session_id AND r.held_at IS NULL AND r.deletion_at IS NULL
      RETURNING r.session_id
      """;

  /** Decides that recordings are deleted whose retention is over, the longest kept first. */
  public Future<List<UUID>> decideDue(int most) {
    return database
        .query(DECIDE_DUE, Tuple.of(retention.millis(), most, json(Initiator.POLICY)))
        .map(CustodyStore::ids);
  }

  private static final String DECIDED =
      """
      SELECT session_id FROM recording
      WHERE deletion_at IS NOT NULL AND deleted_at IS NULL
      ORDER BY updated_at
      LIMIT $1
      """;

  /** Recordings whose deletion is decided and not done, those first that were not tried lately. */
  public Future<List<UUID>> decided(int most) {
    return database.query(DECIDED, Tuple.of(most)).map(CustodyStore::ids);
  }

  private static final String PUT_OFF =
      """
      UPDATE recording SET updated_at = clock_timestamp()
      WHERE session_id = $1 AND deletion_at IS NOT NULL AND deleted_at IS NULL
      """;

  /** A deletion came to nothing this time; others have their turn before it is tried again. */
  public Future<Void> putOff(UUID sessionId) {
    return database.query(PUT_OFF, Tuple.of(sessionId)).mapEmpty();
  }

  private static final String DELETED =
      """
      WITH gone AS (
        UPDATE recording
        SET deleted_at = clock_timestamp(), clearing_at = NULL,
            cleared_at = COALESCE(cleared_at, clock_timestamp()), updated_at = clock_timestamp()
        WHERE session_id = $1 AND deletion_at IS NOT NULL AND deleted_at IS NULL
        RETURNING session_id, realm_id, user_id, destination, deletion_by, deletion_reason
      ), emptied AS (
        UPDATE chunk c SET content = NULL, extension = NULL
        FROM gone
        WHERE c.session_id = gone.session_id
          AND (c.content IS NOT NULL OR c.extension IS NOT NULL)
        RETURNING c.size
      ), removed AS (
        DELETE FROM artefact a USING gone WHERE a.session_id = gone.session_id
        RETURNING a.kind, a.size, a.sha256
      ), forgotten AS (
        DELETE FROM recording_text t USING gone WHERE t.session_id = gone.session_id
      ), sizes AS (
        SELECT size FROM emptied UNION ALL SELECT size FROM removed
      ), logged AS (
        INSERT INTO event (type, realm_id, session_id, user_id, at, data)
        SELECT $2, realm_id, session_id, user_id, clock_timestamp(),
          jsonb_build_object(
            'sessionId', session_id, 'userId', user_id, 'reason', deletion_reason,
            'count', (SELECT count(*) FROM sizes),
            'bytes', (SELECT COALESCE(sum(size), 0) FROM sizes),
            'destination', destination,
            'artifacts', (
              SELECT COALESCE(
                jsonb_agg(
                  jsonb_build_object(
                    'kind', kind, 'size', size, 'sha256', encode(sha256, 'hex'))
                  ORDER BY kind),
                '[]')
              FROM removed),
            'by', deletion_by)
        FROM gone
      )
      SELECT count(*) FROM gone
      """;

  /**
   * Every object of the recording is gone: so is its text now. What stays is the row and the lines
   * of the manifest.
   *
   * @return false when that was known already
   */
  public Future<Boolean> deleted(UUID sessionId) {
    return database
        .query(DELETED, Tuple.of(sessionId, EventType.RECORDING_DELETED.wireName()))
        .map(CustodyStore::one);
  }

  // Chunks of what was delivered

  /**
   * Only recordings of which everything captured lies at the destination in some form, read back
   * there by Curfew itself, and whose text was taken in where it may be searched.
   */
  private static final String TO_CLEAR =
      """
      SELECT r.session_id FROM recording r
      WHERE r.cleared_at IS NULL AND r.stage = 6
        AND r.held_at IS NULL AND r.deletion_at IS NULL
        AND (r.text_indexed_at IS NOT NULL
          OR NOT EXISTS (SELECT FROM realm WHERE id = r.realm_id AND recording_search))
        AND r.uploaded_at <= clock_timestamp() - $1::bigint * interval '1 millisecond'
        AND NOT EXISTS (
          SELECT FROM chunk c WHERE c.session_id = r.session_id AND c.spooled_on IS NOT NULL)
        AND NOT EXISTS (
          SELECT FROM (VALUES (1, 'video'), (2, 'timeline'), (3, 'timeline'), (4, 'raw'))
            AS made (chunk, artefact)
          WHERE EXISTS (
              SELECT FROM chunk c WHERE c.session_id = r.session_id AND c.kind = made.chunk)
            AND NOT EXISTS (
              SELECT FROM artefact a
              WHERE a.session_id = r.session_id AND a.kind = made.artefact
                AND a.destination IS NOT NULL))
      ORDER BY r.uploaded_at
      LIMIT $2
      """;

  /**
   * Uploaded recordings whose chunks need not be kept here any longer.
   *
   * @param retention how long they stay after the upload
   */
  public Future<List<UUID>> toClear(Duration retention, int most) {
    return database.query(TO_CLEAR, Tuple.of(retention.toMillis(), most)).map(CustodyStore::ids);
  }

  private static final String CLEARING =
      """
      UPDATE recording SET clearing_at = clock_timestamp()
      WHERE session_id = $1 AND stage = 6 AND cleared_at IS NULL
        AND held_at IS NULL AND deletion_at IS NULL
      RETURNING session_id
      """;

  /**
   * Decides that the chunks of a recording are removed here.
   *
   * @return false when they have to stay
   */
  public Future<Boolean> clearing(UUID sessionId) {
    return database.query(CLEARING, Tuple.of(sessionId)).map(rows -> rows.rowCount() == 1);
  }

  private static final String NOT_CLEARED =
      "UPDATE recording SET clearing_at = NULL WHERE session_id = $1 AND cleared_at IS NULL";

  /** The chunks could not all be removed: nobody is at it any more. */
  public Future<Void> notCleared(UUID sessionId) {
    return database.query(NOT_CLEARED, Tuple.of(sessionId)).mapEmpty();
  }

  private static final String CLEARED =
      """
      WITH cleared AS (
        UPDATE recording SET cleared_at = clock_timestamp(), clearing_at = NULL
        WHERE session_id = $1 AND stage = 6 AND cleared_at IS NULL AND held_at IS NULL
        RETURNING session_id
      )
      UPDATE chunk c SET content = NULL, extension = NULL
      FROM cleared WHERE c.session_id = cleared.session_id
      """;

  /** The chunks' contents are gone; the manifest's lines stay. */
  public Future<Void> cleared(UUID sessionId) {
    return database.query(CLEARED, Tuple.of(sessionId)).mapEmpty();
  }

  private static List<UUID> ids(RowSet<Row> rows) {
    List<UUID> ids = new ArrayList<>(rows.size());
    rows.forEach(row -> ids.add(row.getUUID(0)));
    return ids;
  }
}
