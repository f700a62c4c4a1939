package dev.curfew.store;

import dev.curfew.fault.CurfewException;
import dev.curfew.lease.Claimant;
import dev.curfew.lease.Lease;
import dev.curfew.lease.RecordingStage;
import dev.curfew.lease.Work;
import dev.curfew.session.EventType;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Leases as the database holds them: read without locking, written over what was read. */
final class LeaseRows {
  private final Database database;

  LeaseRows(Database database) {
    this.database = database;
  }

  /**
   * A lease as it was read.
   *
   * @param gateway the process that owned the session when it ended
   * @param now the database's clock at that moment, epoch milliseconds
   */
  record State(UUID sessionId, Lease lease, @Nullable String gateway, long now) {}

  private static final String COLUMNS =
      """
      SELECT session_id, stage, owner, token, COALESCE(ms(lease_until), 0) AS lease_until,
        COALESCE(ms(reported_at), 0) AS reported_at, attempt, encoded_by, encoded_token,
        failed_stage, last_gateway, ms(clock_timestamp()) AS now
      FROM recording
      """;

  private static final String BY_ID = COLUMNS + "WHERE session_id = $1";

  /** Fails with NOT_FOUND. */
  Future<State> read(UUID sessionId) {
    return database
        .query(BY_ID, Tuple.of(sessionId))
        .map(
            rows ->
                states(rows).stream()
                    .findFirst()
                    .orElseThrow(() -> CurfewException.notFound("The recording")));
  }

  private static final String RUN_OUT_ENCODE = runOut(Work.ENCODE);
  private static final String RUN_OUT_UPLOAD = runOut(Work.UPLOAD);
  private static final String OWNED =
      COLUMNS + "WHERE stage = $1 AND stage IN (3, 5) AND starts_with(owner, $2)";

  /** With its stage written out: the index is for these stages. */
  private static String runOut(Work work) {
    return COLUMNS
        + "WHERE stage = "
        + work.underWay().code()
        + " AND lease_until < clock_timestamp() ORDER BY lease_until LIMIT $1";
  }

  /** Claimed recordings whose lease has run out, the longest ago first. */
  Future<List<State>> runOut(Work work, int most) {
    return database
        .query(work == Work.ENCODE ? RUN_OUT_ENCODE : RUN_OUT_UPLOAD, Tuple.of(most))
        .map(LeaseRows::states);
  }

  /** Claimed recordings whose owner's name begins so. */
  Future<List<State>> owned(Work work, String prefix) {
    return database.query(OWNED, Tuple.of(work.underWay().code(), prefix)).map(LeaseRows::states);
  }

  private static List<State> states(RowSet<Row> rows) {
    List<State> states = new ArrayList<>(rows.size());
    for (Row row : rows) {
      states.add(
          new State(
              row.getUUID("session_id"),
              lease(row),
              row.getString("last_gateway"),
              row.getLong("now")));
    }
    return states;
  }

  private static Lease lease(Row row) {
    String encodedBy = row.getString("encoded_by");
    Short failedStage = row.getShort("failed_stage");
    return new Lease(
        RecordingStage.ofCode(row.getShort("stage")),
        row.getString("owner"),
        row.getLong("token"),
        row.getLong("lease_until"),
        row.getLong("reported_at"),
        row.getInteger("attempt"),
        encodedBy == null ? null : new Claimant(encodedBy, row.getLong("encoded_token")),
        failedStage == null ? null : RecordingStage.ofCode(failedStage));
  }

  /**
   * Writes the lease as it shall be over the one that it was decided on, and no other. Whoever
   * gives an owner up also names the lease that it had: a renewed one stays.
   */
  private static final String WRITE =
      """
      WITH moved AS (
        UPDATE recording
        SET stage = $5::smallint, owner = $6, lease_until = NULL, reported_at = NULL, attempt = $7,
            ready_at = CASE WHEN $5::smallint IN (2, 4)
              THEN clock_timestamp() + $24::bigint * interval '1 millisecond' END,
            encoded_by = $8, encoded_token = $9, failed_stage = $10,
            format = COALESCE($11, format),
            ssh_logs_uploaded = COALESCE($12, ssh_logs_uploaded),
            destination = COALESCE($13, destination),
            uploaded_at = CASE WHEN $5::smallint = 6 THEN clock_timestamp() END,
            failure = CASE WHEN $15::boolean THEN NULL ELSE COALESCE($14, failure) END,
            updated_at = clock_timestamp()
        WHERE session_id = $1 AND stage = $2 AND token = $3
          AND ($4::bigint IS NULL OR ms(lease_until) = $4)
        RETURNING session_id, realm_id, user_id
      ), logged AS (
        INSERT INTO event (type, realm_id, session_id, user_id, at, data)
        SELECT $16, realm_id, session_id, user_id, clock_timestamp(),
          jsonb_strip_nulls(
            jsonb_build_object(
              'sessionId', session_id, 'userId', user_id, 'from', $17::text, 'stage', $18::text,
              'owner', $19::text, 'attempt', $20::integer, 'reason', $14::text,
              'destination', $13::text, 'skipped', $25::bigint,
              'by', jsonb_build_object(
                'kind', $21::text, 'userId', $22::bigint, 'name', $23::text)))
        FROM moved
      )
      SELECT count(*) FROM moved
      """;

  /**
   * @param onlyIfUntil the lease of the owner that is given up; null when the owner itself writes
   * @param rest how long it rests before it can be claimed, if it is put back
   * @return false when the recording has moved since the lease was read
   */
  Future<Boolean> write(
      UUID sessionId,
      Lease before,
      Lease after,
      @Nullable Long onlyIfUntil,
      Duration rest,
      StageDetails details,
      Initiator by) {
    Claimant encoded = after.encoded();
    RecordingStage failedFrom = after.failedFrom();
    Object[] parameters = {
      sessionId,
      before.stage().code(),
      before.token(),
      onlyIfUntil,
      after.stage().code(),
      after.owner(),
      after.attempt(),
      encoded == null ? null : encoded.instance(),
      encoded == null ? null : encoded.token(),
      failedFrom == null ? null : failedFrom.code(),
      details.format(),
      details.sshLogsUploaded(),
      details.destination(),
      details.failure(),
      finishes(before, after),
      event(before, after).wireName(),
      before.stage().wireName(),
      after.stage().wireName(),
      before.owner(),
      before.attempt(),
      by.kind().wireName(),
      by.userId(),
      by.name(),
      finishes(before, after) ? 0L : rest.toMillis(),
      details.skipped()
    };
    return database
        .query(WRITE, Tuple.from(parameters))
        .map(rows -> rows.iterator().next().getLong(0) == 1);
  }

  private static boolean finishes(Lease before, Lease after) {
    return before.stage().claimed() && after.stage() == Work.of(before.stage()).done();
  }

  private static EventType event(Lease before, Lease after) {
    if (after.stage() == RecordingStage.FAILED) {
      return EventType.RECORDING_FAILED;
    }
    if (!finishes(before, after)) {
      return EventType.RECORDING_REQUEUED;
    }
    return Work.of(before.stage()) == Work.ENCODE
        ? EventType.RECORDING_ENCODED
        : EventType.RECORDING_UPLOADED;
  }
}
