package dev.curfew.store;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.Claimant;
import dev.curfew.lease.RecordingStage;
import dev.curfew.session.EventType;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Recordings as clients see them, and what was made of them. */
public final class RecordingStore {
  private final Database database;

  public RecordingStore(Database database) {
    this.database = database;
  }

  // Reading

  private static final String COLUMNS =
      """
      SELECT r.session_id, r.realm_id, COALESCE(realm.name, '') AS realm, r.user_id, r.stage,
        CASE WHEN r.stage = 1 THEN s.owner ELSE r.owner END AS owner, r.attempt,
        COALESCE(ms(r.lease_until), 0) AS lease_until, ms(r.started_at) AS started_at,
        COALESCE(ms(r.ended_at), 0) AS ended_at, r.chunk_count, r.chunk_bytes, r.raw_bytes,
        r.format, r.ssh_logs_uploaded, r.destination, r.failure
      FROM recording r
        LEFT JOIN session s ON s.id = r.session_id
        LEFT JOIN realm ON realm.id = r.realm_id
      """;

  private static final String BY_ID = COLUMNS + "WHERE r.session_id = $1";

  /** Fails with NOT_FOUND. */
  public Future<RecordingRow> find(UUID sessionId) {
    return database
        .query(BY_ID, Tuple.of(sessionId))
        .compose(this::withArtefacts)
        .map(
            found ->
                found.stream()
                    .findFirst()
                    .orElseThrow(() -> CurfewException.notFound("The recording")));
  }

  private static final String BY_IDS =
      COLUMNS + "WHERE r.session_id = ANY($1) ORDER BY r.session_id DESC";

  /** Those of these that exist, the newest sessions first. */
  public Future<List<RecordingRow>> findAll(List<UUID> sessionIds) {
    return database
        .query(BY_IDS, Tuple.of(sessionIds.toArray(UUID[]::new)))
        .compose(this::withArtefacts);
  }

  private static final String LIST =
      COLUMNS
          + """
          WHERE ($1::uuid IS NULL OR r.session_id = $1)
            AND ($2::smallint IS NULL OR r.stage = $2)
            AND ($3::bigint IS NULL OR r.user_id = $3)
            AND ($4::integer IS NULL OR r.realm_id = $4)
            AND ($5::uuid IS NULL OR r.session_id < $5)
          ORDER BY r.session_id DESC
          LIMIT $6
          """;

  /**
   * The newest sessions first.
   *
   * @param after the {@code next} of the page before; null for the first
   * @return fails with BAD_CURSOR
   */
  public Future<RecordingPage> list(RecordingFilter filter, @Nullable String after, int limit) {
    RecordingStage stage = filter.stage();
    Tuple parameters =
        Tuple.of(
            filter.sessionId(),
            stage == null ? null : stage.code(),
            filter.userId(),
            filter.realmId(),
            after == null ? null : sessionAfter(after),
            limit + 1);
    return database
        .query(LIST, parameters)
        .compose(this::withArtefacts)
        .map(
            found -> {
              if (found.size() <= limit) {
                return new RecordingPage(found, null);
              }
              List<RecordingRow> page = found.subList(0, limit);
              return new RecordingPage(page, page.get(limit - 1).sessionId().toString());
            });
  }

  /**
   * The session that a page of recordings ended with.
   *
   * @throws CurfewException BAD_CURSOR
   */
  public static UUID sessionAfter(String cursor) {
    try {
      return UUID.fromString(cursor);
    } catch (IllegalArgumentException e) {
      throw CurfewException.of(ErrorCode.BAD_CURSOR, "after", "after is not a cursor of this list");
    }
  }

  private static final String TITLE =
      """
      SELECT concat_ws(
        ' ', 'Session', s.numeric_id, COALESCE('on ' || k.target_host, 'with ' || c.name))
      FROM session s
        LEFT JOIN checkout k ON k.session_id = s.id
        LEFT JOIN credential c ON c.id = k.credential_id
      WHERE s.id = $1
      """;

  /** What people call the recording of a session. */
  public Future<String> title(UUID sessionId) {
    return database
        .query(TITLE, Tuple.of(sessionId))
        .map(
            rows -> {
              for (Row row : rows) {
                return row.getString(0);
              }
              return "Session " + sessionId;
            });
  }

  private static final String STAGES =
      "SELECT session_id, stage FROM recording WHERE session_id = ANY($1)";

  /** The stages of these sessions' recordings; those without one are left out. */
  public Future<Map<UUID, RecordingStage>> stages(List<UUID> sessionIds) {
    return database
        .query(STAGES, Tuple.of(sessionIds.toArray(UUID[]::new)))
        .map(
            rows -> {
              Map<UUID, RecordingStage> stages = new HashMap<>();
              rows.forEach(
                  row -> stages.put(row.getUUID(0), RecordingStage.ofCode(row.getShort(1))));
              return stages;
            });
  }

  private Future<List<RecordingRow>> withArtefacts(RowSet<Row> rows) {
    List<UUID> ids = new ArrayList<>(rows.size());
    rows.forEach(row -> ids.add(row.getUUID("session_id")));
    if (ids.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    return artefacts(ids)
        .map(
            artefacts -> {
              List<RecordingRow> found = new ArrayList<>(ids.size());
              for (Row row : rows) {
                UUID id = row.getUUID("session_id");
                found.add(recording(row, artefacts.getOrDefault(id, List.of())));
              }
              return found;
            });
  }

  private static RecordingRow recording(Row row, List<ArtefactRow> artefacts) {
    return new RecordingRow(
        row.getUUID("session_id"),
        row.getInteger("realm_id"),
        row.getString("realm"),
        row.getLong("user_id"),
        RecordingStage.ofCode(row.getShort("stage")),
        row.getString("owner"),
        row.getInteger("attempt"),
        row.getLong("lease_until"),
        row.getLong("started_at"),
        row.getLong("ended_at"),
        row.getLong("chunk_count"),
        row.getLong("chunk_bytes"),
        row.getLong("raw_bytes"),
        artefacts,
        row.getString("format"),
        row.getBoolean("ssh_logs_uploaded"),
        row.getString("destination"),
        row.getString("failure"));
  }

  // What was made of them

  private static final String ARTEFACTS =
      """
      SELECT session_id, kind, content_type, size, sha256, location, destination
      FROM artefact WHERE session_id = ANY($1)
      ORDER BY session_id, array_position(
        ARRAY['video', 'captions', 'timeline', 'thumbnail', 'raw'], kind)
      """;

  private Future<Map<UUID, List<ArtefactRow>>> artefacts(List<UUID> sessionIds) {
    return database
        .query(ARTEFACTS, Tuple.of(sessionIds.toArray(UUID[]::new)))
        .map(
            rows -> {
              Map<UUID, List<ArtefactRow>> found = new HashMap<>();
              for (Row row : rows) {
                kind(row)
                    .ifPresent(
                        kind ->
                            found
                                .computeIfAbsent(row.getUUID("session_id"), id -> new ArrayList<>())
                                .add(artefact(row, kind)));
              }
              return found;
            });
  }

  private static Optional<ArtefactKind> kind(Row row) {
    return ArtefactKind.ofWireName(row.getString("kind"));
  }

  private static ArtefactRow artefact(Row row, ArtefactKind kind) {
    return new ArtefactRow(
        kind,
        row.getString("content_type"),
        row.getLong("size"),
        HexFormat.of().formatHex(row.getBuffer("sha256").getBytes()),
        row.getString("location"),
        row.getString("destination"));
  }

  private static final String PUT =
      """
      WITH held AS MATERIALIZED (
        SELECT session_id FROM recording
        WHERE session_id = $1 AND stage = 3
          AND owner = COALESCE($2, owner) AND token = COALESCE($3, token)
        FOR UPDATE
      ), before AS MATERIALIZED (
        SELECT location FROM artefact WHERE session_id = $1 AND kind = $4
      ), put AS (
        INSERT INTO artefact (session_id, kind, content_type, size, sha256, location)
        SELECT session_id, $4, $5, $6, $7, $8 FROM held
        ON CONFLICT (session_id, kind) DO UPDATE
        SET content_type = EXCLUDED.content_type, size = EXCLUDED.size,
            sha256 = EXCLUDED.sha256, location = EXCLUDED.location, destination = NULL
        RETURNING kind
      )
      SELECT (SELECT location FROM before) AS before FROM put
      """;

  /**
   * Notes an encoder's result, in place of an earlier one of its kind, if the claimant holds the
   * claim. What has been encoded is not altered any more.
   *
   * @return where the earlier one lies, which nothing refers to any more; fails with NOT_OWNER
   */
  public Future<Optional<String>> putArtefact(UUID sessionId, Claimant who, ArtefactRow artefact) {
    return database
        .query(
            PUT,
            Tuple.of(
                sessionId,
                who.instance(),
                who.token(),
                artefact.kind().wireName(),
                artefact.contentType(),
                artefact.size(),
                Buffer.buffer(HexFormat.of().parseHex(artefact.sha256())),
                artefact.location()))
        .map(
            rows -> {
              for (Row row : rows) {
                return Optional.ofNullable(row.getString(0));
              }
              throw notHeld();
            });
  }

  private static final String AT_DESTINATION =
      """
      WITH held AS MATERIALIZED (
        SELECT session_id FROM recording
        WHERE session_id = $1 AND stage = 5
          AND owner = COALESCE($2, owner) AND token = COALESCE($3, token)
        FOR UPDATE
      )
      UPDATE artefact a SET destination = $5
      FROM held
      WHERE a.session_id = held.session_id AND a.kind = $4
      RETURNING a.kind
      """;

  /** Notes where a result was uploaded to and read back from. Fails with NOT_OWNER. */
  public Future<Void> putDestination(
      UUID sessionId, Claimant who, ArtefactKind kind, String destination) {
    return database
        .query(
            AT_DESTINATION,
            Tuple.of(sessionId, who.instance(), who.token(), kind.wireName(), destination))
        .map(
            rows -> {
              if (rows.rowCount() == 0) {
                throw notHeld();
              }
              return null;
            });
  }

  private static CurfewException notHeld() {
    return CurfewException.of(ErrorCode.NOT_OWNER, "The process holds no claim on the recording");
  }

  // Audit

  private static final String NOTE_READ =
      """
      INSERT INTO event (type, realm_id, session_id, user_id, at, data)
      SELECT $2, realm_id, session_id, user_id, clock_timestamp(),
        jsonb_build_object(
          'sessionId', session_id, 'userId', user_id, 'artefact', $3::text,
          'by', jsonb_build_object(
            'kind', $4::text, 'userId', $5::bigint, 'name', $6::text))
      FROM recording WHERE session_id = $1
      """;

  /** Notes that somebody is given a recording to see. Fails with NOT_FOUND. */
  public Future<Void> noteRead(UUID sessionId, ArtefactKind kind, Initiator by) {
    return database
        .query(
            NOTE_READ,
            Tuple.of(
                sessionId,
                EventType.RECORDING_READ.wireName(),
                kind.wireName(),
                by.kind().wireName(),
                by.userId(),
                by.name()))
        .map(
            rows -> {
              if (rows.rowCount() == 0) {
                throw CurfewException.notFound("The recording");
              }
              return null;
            });
  }

  // Retention

  /**
   * Only recordings of which everything captured lies at the destination in some form, read back
   * there by Curfew itself, and whose text was taken in where it may be searched.
   */
  private static final String TO_CLEAR =
      """
      SELECT r.session_id FROM recording r
      WHERE r.cleared_at IS NULL AND r.stage = 6
        AND r.uploaded_at <= clock_timestamp() - $1::bigint * interval '1 millisecond'
        AND (r.text_indexed_at IS NOT NULL
          OR NOT EXISTS (SELECT FROM realm WHERE id = r.realm_id AND recording_search))
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
    return database
        .query(TO_CLEAR, Tuple.of(retention.toMillis(), most))
        .map(
            rows -> {
              List<UUID> ids = new ArrayList<>(rows.size());
              rows.forEach(row -> ids.add(row.getUUID(0)));
              return ids;
            });
  }

  private static final String CLEARED =
      """
      WITH cleared AS (
        UPDATE recording SET cleared_at = clock_timestamp()
        WHERE session_id = $1 AND stage = 6 AND cleared_at IS NULL
        RETURNING session_id
      )
      UPDATE chunk c SET content = NULL, extension = NULL
      FROM cleared WHERE c.session_id = cleared.session_id
      """;

  /** The chunks' contents are gone; the manifest's lines stay. */
  public Future<Void> cleared(UUID sessionId) {
    return database.query(CLEARED, Tuple.of(sessionId)).mapEmpty();
  }
}
