package dev.curfew.store;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ChunkKind;
import dev.curfew.session.EventType;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What was typed and copied in recordings, to be searched with PostgreSQL's full text search. Only
 * of realms that have it switched on, and only what has been taken in whole.
 */
public final class RecordingTextStore {
  private final Database database;

  public RecordingTextStore(Database database) {
    this.database = database;
  }

  // Taking in

  private static final String WAITING =
      """
      SELECT r.session_id FROM recording r JOIN realm ON realm.id = r.realm_id
      WHERE r.text_indexed_at IS NULL AND r.stage <> 1 AND realm.recording_search
      ORDER BY r.ended_at
      LIMIT $1
      """;

  /** Ended recordings whose text has not been taken in, the longest waiting first. */
  public Future<List<UUID>> waiting(int most) {
    return database
        .query(WAITING, Tuple.of(most))
        .map(
            rows -> {
              List<UUID> ids = new ArrayList<>(rows.size());
              rows.forEach(row -> ids.add(row.getUUID(0)));
              return ids;
            });
  }

  private static final String ORIGIN =
      """
      SELECT ms(COALESCE(
        min(c.captured_at) FILTER (WHERE c.kind = 1), min(c.captured_at), r.started_at))
      FROM recording r LEFT JOIN chunk c ON c.session_id = r.session_id
      WHERE r.session_id = $1
      GROUP BY r.started_at
      """;

  /** When the video begins, or would: the first screenshot, else the first thing captured. */
  public Future<Long> origin(UUID sessionId) {
    return database
        .query(ORIGIN, Tuple.of(sessionId))
        .map(
            rows -> {
              for (Row row : rows) {
                return row.getLong(0);
              }
              return 0L;
            });
  }

  private static final String ADD =
      """
      INSERT INTO recording_text (session_id, position, kind, at, offset_ms, content)
      SELECT $1, $2 + line.number::integer, line.kind, at_ms(line.at), line.ahead, line.content
      FROM unnest($3::smallint[], $4::bigint[], $5::bigint[], $6::text[])
        WITH ORDINALITY AS line (kind, at, ahead, content, number)
      WHERE EXISTS (SELECT FROM recording WHERE session_id = $1 AND text_indexed_at IS NULL)
      ON CONFLICT (session_id, position) DO NOTHING
      """;

  /**
   * Takes in lines; those that are there already are left as they are, so that it may be repeated.
   *
   * @param after how many lines of the recording come before these
   */
  public Future<Void> add(UUID sessionId, int after, List<TextLine> lines) {
    Short[] kinds = new Short[lines.size()];
    Long[] times = new Long[lines.size()];
    Long[] offsets = new Long[lines.size()];
    String[] texts = new String[lines.size()];
    for (int i = 0; i < texts.length; i++) {
      TextLine line = lines.get(i);
      kinds[i] = line.kind().code();
      times[i] = line.at();
      offsets[i] = line.offset();
      texts[i] = line.text();
    }
    return database.query(ADD, Tuple.of(sessionId, after, kinds, times, offsets, texts)).mapEmpty();
  }

  private static final String COMPLETE =
      """
      UPDATE recording r SET text_indexed_at = clock_timestamp()
      FROM realm
      WHERE r.session_id = $1 AND realm.id = r.realm_id AND realm.recording_search
        AND r.text_indexed_at IS NULL
      """;

  /** Everything was taken in: from now on it is found, if the realm still wants that. */
  public Future<Void> complete(UUID sessionId) {
    return database.query(COMPLETE, Tuple.of(sessionId)).mapEmpty();
  }

  private static final String FORGET =
      """
      WITH unwanted AS (
        SELECT t.session_id, t.position
        FROM realm
          JOIN recording r ON r.realm_id = realm.id
          JOIN recording_text t ON t.session_id = r.session_id
        WHERE NOT realm.recording_search
        LIMIT $1
      ), forgotten AS (
        UPDATE recording r SET text_indexed_at = NULL
        WHERE r.text_indexed_at IS NOT NULL
          AND r.session_id IN (SELECT session_id FROM unwanted)
      )
      DELETE FROM recording_text t USING unwanted u
      WHERE t.session_id = u.session_id AND t.position = u.position
      """;

  /**
   * Forgets text of realms that do not want it kept for searching.
   *
   * @return how many lines went; repeat while that is {@code most}
   */
  public Future<Integer> forgetUnwanted(int most) {
    return database.query(FORGET, Tuple.of(most)).map(rows -> rows.rowCount());
  }

  // Searching

  private static final String SWITCHED_ON =
      "SELECT recording_search, name FROM realm WHERE id = $1";

  /** Whether the recordings of a realm may be searched at all. Fails with FORBIDDEN. */
  public Future<Void> requireSwitchedOn(int realmId) {
    return database
        .query(SWITCHED_ON, Tuple.of(realmId))
        .map(
            rows -> {
              for (Row row : rows) {
                if (!row.getBoolean("recording_search")) {
                  throw CurfewException.of(
                      ErrorCode.FORBIDDEN,
                      "The search of recordings is switched off in realm " + row.getString("name"));
                }
              }
              return null;
            });
  }

  private static final String SEARCH =
      """
      WITH wanted AS (
        SELECT websearch_to_tsquery('simple', $1) AS words
      ), found AS (
        SELECT t.session_id, count(*) AS hits
        FROM wanted
          JOIN recording_text t ON t.words @@ wanted.words
          JOIN recording r ON r.session_id = t.session_id AND r.text_indexed_at IS NOT NULL
          JOIN realm ON realm.id = r.realm_id AND realm.recording_search
        WHERE ($2::uuid IS NULL OR r.session_id = $2)
          AND ($3::smallint IS NULL OR r.stage = $3)
          AND ($4::bigint IS NULL OR r.user_id = $4)
          AND ($5::integer IS NULL OR r.realm_id = $5)
          AND ($6::uuid IS NULL OR r.session_id < $6)
        GROUP BY t.session_id
        ORDER BY t.session_id DESC
        LIMIT $7
      )
      SELECT found.session_id, found.hits, line.kind, ms(line.at) AS at, line.offset_ms, line.content
      FROM wanted, found
        CROSS JOIN LATERAL (
          SELECT * FROM recording_text t
          WHERE t.session_id = found.session_id AND t.words @@ wanted.words
          ORDER BY t.at, t.position
          LIMIT $8
        ) line
      ORDER BY found.session_id DESC, line.at, line.position
      """;

  /**
   * Recordings one line of which holds what is looked for, the newest session first.
   *
   * @param words as a web search has them: all must occur, {@code "…"} in this order, {@code or},
   *     {@code -without}; letters, digits, quotes and hyphens only
   * @param after the last session that is known; null for the first page
   * @param most recordings
   * @param mostLines of each recording
   */
  public Future<List<TextHits>> search(
      String words, RecordingFilter filter, @Nullable UUID after, int most, int mostLines) {
    return database
        .query(
            SEARCH,
            Tuple.of(
                words,
                filter.sessionId(),
                filter.stage() == null ? null : filter.stage().code(),
                filter.userId(),
                filter.realmId(),
                after,
                most,
                mostLines))
        .map(
            rows -> {
              List<TextHits> found = new ArrayList<>();
              List<TextLine> lines = new ArrayList<>();
              UUID current = null;
              long count = 0;
              for (Row row : rows) {
                UUID id = row.getUUID("session_id");
                if (current != null && !current.equals(id)) {
                  found.add(new TextHits(current, count, lines));
                  lines = new ArrayList<>();
                }
                current = id;
                count = row.getLong("hits");
                lines.add(
                    new TextLine(
                        ChunkKind.ofCode(row.getShort("kind")),
                        row.getLong("at"),
                        row.getLong("offset_ms"),
                        row.getString("content")));
              }
              if (current != null) {
                found.add(new TextHits(current, count, lines));
              }
              return found;
            });
  }

  /**
   * Notes that somebody searched what people typed, and which recordings they were shown.
   *
   * @param realmId of whoever searched
   * @param text as they gave it
   */
  public Future<Void> noteSearch(int realmId, String text, List<UUID> shown, Initiator by) {
    JsonArray sessions = new JsonArray();
    shown.forEach(id -> sessions.add(id.toString()));
    LogEntry entry =
        new LogEntry(
            EventType.AUDIT_SEARCHED,
            realmId,
            null,
            by.userId(),
            new JsonObject()
                .put("userId", by.userId())
                .put("text", text)
                .put("sessions", sessions)
                .put("by", LogEntry.initiator(by)));
    return database.transaction(on -> EventWriter.write(on, entry));
  }
}
