package dev.curfew.store;

import dev.curfew.fault.CurfewException;
import dev.curfew.lease.ChunkKind;
import dev.curfew.lease.Manifest;
import dev.curfew.lease.RecordingStage;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The manifests of recordings: what was captured, line by line. {@link Manifest} decides on the end
 * of the manifest as it was read; the statement that adds the line moves that end on, and adds
 * nothing when it is no longer there, in which case it is to be decided anew. The recording's row
 * is locked for that one statement only, since the end of the session waits for it.
 */
public final class ManifestStore {
  private final Database database;

  public ManifestStore(Database database) {
    this.database = database;
  }

  /**
   * A chunk to be listed.
   *
   * @param capturedAt epoch milliseconds; null for the time of arrival
   * @param content the text; null for what is in the chunk store
   * @param extension of its name in the chunk store; null for text
   * @param encryptionKey id of the key under which it is encrypted there; null for what is plain
   * @param offset where a raw piece shall begin; null to append
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record NewChunk(
      UUID sessionId,
      ChunkKind kind,
      @Nullable Long capturedAt,
      long size,
      byte[] sha256,
      @Nullable String content,
      @Nullable String extension,
      @Nullable String encryptionKey,
      @Nullable Long offset) {

    /** Text, or what is stored as it is. */
    public NewChunk(
        UUID sessionId,
        ChunkKind kind,
        @Nullable Long capturedAt,
        long size,
        byte[] sha256,
        @Nullable String content,
        @Nullable String extension,
        @Nullable Long offset) {
      this(sessionId, kind, capturedAt, size, sha256, content, extension, null, offset);
    }
  }

  /** What is to become of a chunk. */
  public sealed interface Plan {
    /**
     * It is the next line.
     *
     * @param line complete but for its own {@code chain}
     * @param previous the {@code chain} of the line before; empty for the first
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Next(ChunkRow line, byte[] previous, long rawBytesBefore) implements Plan {
      /** Length of the raw recording with this line. */
      public long rawBytes() {
        return rawBytesBefore + (line.kind() == ChunkKind.RAW ? line.size() : 0);
      }
    }

    /** It is listed already, under this number. */
    record Repeated(long sequence, long rawBytes) implements Plan {}

    /** The session is over; nothing is listed any more. */
    record Closed() implements Plan {}
  }

  // Appending

  private static final String END =
      """
      SELECT r.stage, ms(r.started_at) AS started_at,
        COALESCE(ms(s.expires_at), 9223372036854775807) AS expires_at, r.chunk_count, r.raw_bytes,
        r.latest_captured_ms, r.chain, ms(clock_timestamp()) AS now
      FROM recording r LEFT JOIN session s ON s.id = r.session_id
      WHERE r.session_id = $1
      """;

  @SuppressWarnings("ArrayRecordComponent")
  private record End(Manifest manifest, byte[] chain, long now) {}

  private Future<End> end(UUID sessionId) {
    return database
        .query(END, Tuple.of(sessionId))
        .map(
            rows -> {
              for (Row row : rows) {
                return new End(
                    new Manifest(
                        RecordingStage.ofCode(row.getShort("stage")),
                        row.getLong("started_at"),
                        row.getLong("expires_at"),
                        row.getLong("chunk_count"),
                        row.getLong("raw_bytes"),
                        List.of(row.getArrayOfLongs("latest_captured_ms"))),
                    row.getBuffer("chain").getBytes(),
                    row.getLong("now"));
              }
              throw CurfewException.notFound("The recording");
            });
  }

  /**
   * Where a chunk would be listed now, if the session still lives.
   *
   * @return fails as {@link Manifest#capturedAt} and {@link Manifest#place} say; NOT_FOUND
   */
  public Future<Plan> plan(NewChunk chunk) {
    return end(chunk.sessionId)
        .compose(
            end -> {
              Manifest manifest = end.manifest;
              if (!manifest.open()) {
                return Future.succeededFuture(new Plan.Closed());
              }
              long capturedAt = manifest.capturedAt(chunk.kind, chunk.capturedAt, end.now);
              if (chunk.kind == ChunkKind.RAW) {
                return manifest.place(chunk.offset, chunk.size) == Manifest.Place.BEFORE
                    ? repeatedRaw(chunk, manifest)
                    : Future.succeededFuture(next(chunk, end, capturedAt));
              }
              return manifest.mayRepeat(chunk.kind, chunk.capturedAt)
                  ? repeated(chunk, capturedAt)
                      .map(
                          listed ->
                              listed
                                  .<Plan>map(
                                      sequence -> new Plan.Repeated(sequence, manifest.rawBytes()))
                                  .orElseGet(() -> next(chunk, end, capturedAt)))
                  : Future.succeededFuture(next(chunk, end, capturedAt));
            });
  }

  private static Plan next(NewChunk chunk, End end, long capturedAt) {
    Manifest manifest = end.manifest;
    return new Plan.Next(
        new ChunkRow(
            chunk.sessionId,
            manifest.nextSequence(),
            chunk.kind,
            capturedAt,
            end.now,
            chunk.size,
            chunk.sha256,
            new byte[0],
            chunk.content,
            chunk.extension,
            chunk.encryptionKey,
            chunk.kind == ChunkKind.RAW ? manifest.rawBytes() : null,
            null),
        end.chain,
        manifest.rawBytes());
  }

  private static final String SAME_RAW =
      """
      SELECT sequence FROM chunk
      WHERE session_id = $1 AND kind = 4 AND raw_offset = $2 AND size = $3 AND sha256 = $4
      """;

  private Future<Plan> repeatedRaw(NewChunk chunk, Manifest manifest) {
    return database
        .query(
            SAME_RAW,
            Tuple.of(chunk.sessionId, chunk.offset, chunk.size, Buffer.buffer(chunk.sha256)))
        .map(
            rows -> {
              for (Row row : rows) {
                return new Plan.Repeated(row.getLong(0), manifest.rawBytes());
              }
              throw manifest.gap();
            });
  }

  private static final String SAME_CAPTURE =
      """
      SELECT sequence FROM chunk
      WHERE session_id = $1 AND kind = $2 AND captured_at = at_ms($3) AND sha256 = $4
      LIMIT 1
      """;

  /** A capture of the same kind, moment and content is the same capture, sent again. */
  private Future<Optional<Long>> repeated(NewChunk chunk, long capturedAt) {
    return database
        .query(
            SAME_CAPTURE,
            Tuple.of(chunk.sessionId, chunk.kind.code(), capturedAt, Buffer.buffer(chunk.sha256)))
        .map(
            rows -> {
              for (Row row : rows) {
                return Optional.of(row.getLong(0));
              }
              return Optional.empty();
            });
  }

  private static final String APPEND =
      """
      WITH moved AS (
        UPDATE recording
        SET chunk_count = chunk_count + 1, chunk_bytes = chunk_bytes + $6,
            raw_bytes = raw_bytes + CASE WHEN $3 = 4 THEN $6 ELSE 0 END, chain = $8,
            latest_captured_ms[$3] = GREATEST(latest_captured_ms[$3], $4),
            updated_at = clock_timestamp()
        WHERE session_id = $1 AND stage = 1 AND chunk_count = $2 - 1
        RETURNING session_id
      )
      INSERT INTO chunk (
        session_id, sequence, kind, captured_at, received_at, size, sha256, chain, content,
        extension, encryption_key, raw_offset, spooled_on)
      SELECT session_id, $2, $3, at_ms($4), at_ms($5), $6, $7, $8, $9, $10, $11, $12, $13 FROM moved
      RETURNING sequence
      """;

  /**
   * Lists a chunk as planned.
   *
   * @param chain the hash of the line
   * @param spooledOn the node that holds the content for the store; null for none
   * @return false when the session has ended since, or another chunk has taken the place: nothing
   *     was listed
   */
  public Future<Boolean> append(Plan.Next planned, byte[] chain, @Nullable String spooledOn) {
    ChunkRow line = planned.line;
    Object[] parameters = {
      line.sessionId(),
      line.sequence(),
      line.kind().code(),
      line.capturedAt(),
      line.receivedAt(),
      line.size(),
      Buffer.buffer(line.sha256()),
      Buffer.buffer(chain),
      line.content(),
      line.extension(),
      line.encryptionKey(),
      line.rawOffset(),
      spooledOn
    };
    return database.query(APPEND, Tuple.from(parameters)).map(rows -> rows.rowCount() == 1);
  }

  // Reading

  private static final String COLUMNS =
      """
      session_id, sequence, kind, ms(captured_at) AS captured_at,
        ms(received_at) AS received_at, size, sha256, chain, content, extension, encryption_key,
        raw_offset, spooled_on
      """;

  private static final String LINES = "SELECT " + COLUMNS + "FROM chunk\n";

  private static final String LIST =
      LINES + "WHERE session_id = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3";

  private static final String OF_KIND =
      LINES + "WHERE session_id = $1 AND kind = $2 AND sequence >= $3 ORDER BY sequence LIMIT $4";

  /** The lines from this number on. */
  public Future<List<ChunkRow>> list(UUID sessionId, long from, int limit) {
    return database.query(LIST, Tuple.of(sessionId, from, limit)).map(ManifestStore::lines);
  }

  /** The lines of one kind, from this number on. */
  public Future<List<ChunkRow>> list(UUID sessionId, ChunkKind kind, long from, int limit) {
    return database
        .query(OF_KIND, Tuple.of(sessionId, kind.code(), from, limit))
        .map(ManifestStore::lines);
  }

  /** A page ends behind the line with which its texts pass the last parameter's bytes. */
  private static final String CAPTURED =
      "SELECT "
          + COLUMNS
          + """
      FROM (
        SELECT *, COALESCE(
          sum(CASE WHEN content IS NULL THEN 0 ELSE size END) OVER (
            ORDER BY captured_at, sequence
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS text_before
        FROM (
          SELECT * FROM chunk
          WHERE session_id = $1 AND kind = $2 AND (captured_at, sequence) > (at_ms($3), $4)
          ORDER BY captured_at, sequence
          LIMIT $5) next
      ) page
      WHERE text_before < $6
      ORDER BY captured_at, sequence
      """;

  /**
   * The lines of one kind by the time at which they were captured, within one millisecond by
   * number; those that come after the given time and number.
   *
   * @param limit the most lines; fewer, but at least one if there is one, where their texts are
   *     long
   * @param textBytes how long the texts may be together before the page ends
   */
  public Future<List<ChunkRow>> listCaptured(
      UUID sessionId, ChunkKind kind, long capturedAt, long sequence, int limit, long textBytes) {
    return database
        .query(CAPTURED, Tuple.of(sessionId, kind.code(), capturedAt, sequence, limit, textBytes))
        .map(ManifestStore::lines);
  }

  private static List<ChunkRow> lines(RowSet<Row> rows) {
    List<ChunkRow> lines = new ArrayList<>(rows.size());
    for (Row row : rows) {
      lines.add(
          new ChunkRow(
              row.getUUID("session_id"),
              row.getLong("sequence"),
              ChunkKind.ofCode(row.getShort("kind")),
              row.getLong("captured_at"),
              row.getLong("received_at"),
              row.getLong("size"),
              row.getBuffer("sha256").getBytes(),
              row.getBuffer("chain").getBytes(),
              row.getString("content"),
              row.getString("extension"),
              row.getString("encryption_key"),
              row.getLong("raw_offset"),
              row.getString("spooled_on")));
    }
    return lines;
  }

  private static final String NOTED =
      """
      SELECT chunk_count, chunk_bytes, chain, cleared_at IS NOT NULL AS cleared,
        clearing_at IS NOT NULL OR deletion_at IS NOT NULL AS clearing
      FROM recording WHERE session_id = $1
      """;

  /** Where the recording says that its manifest ends. Fails with NOT_FOUND. */
  public Future<ManifestEnd> noted(UUID sessionId) {
    return database
        .query(NOTED, Tuple.of(sessionId))
        .map(
            rows -> {
              for (Row row : rows) {
                return new ManifestEnd(
                    row.getLong("chunk_count"),
                    row.getLong("chunk_bytes"),
                    row.getBuffer("chain").getBytes(),
                    row.getBoolean("cleared"),
                    row.getBoolean("clearing"));
              }
              throw CurfewException.notFound("The recording");
            });
  }

  // Spooled chunks

  /** A line by its place and content. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Line(UUID sessionId, long sequence, byte[] sha256) {}

  /** Whether a manifest has a line, or ever will. */
  public enum Listing {
    /** It has, and the content is wanted. */
    LISTED,
    /** Not now; whoever asked for it may yet be served. */
    PERHAPS,
    /** The place is taken or the session over, or the content is wanted no longer. */
    NEVER
  }

  private static final String LISTINGS =
      """
      SELECT CASE
          WHEN c.sha256 = l.sha256 AND c.extension IS NOT NULL THEN 'LISTED'
          WHEN c.session_id IS NULL AND r.stage = 1 AND r.chunk_count < l.sequence THEN 'PERHAPS'
          ELSE 'NEVER' END
      FROM unnest($1::uuid[], $2::bigint[], $3::bytea[]) WITH ORDINALITY
          AS l (session_id, sequence, sha256, position)
        LEFT JOIN recording r ON r.session_id = l.session_id
        LEFT JOIN chunk c ON c.session_id = l.session_id AND c.sequence = l.sequence
      ORDER BY l.position
      """;

  /** What manifests say of these lines, in their order. */
  public Future<List<Listing>> listings(List<Line> lines) {
    return database
        .query(LISTINGS, arrays(lines))
        .map(
            rows -> {
              List<Listing> listings = new ArrayList<>(lines.size());
              rows.forEach(row -> listings.add(Listing.valueOf(row.getString(0))));
              return listings;
            });
  }

  private static final String IN_STORE =
      """
      UPDATE chunk c SET spooled_on = NULL
      FROM unnest($1::uuid[], $2::bigint[], $3::bytea[]) AS l (session_id, sequence, sha256)
      WHERE c.session_id = l.session_id AND c.sequence = l.sequence AND c.sha256 = l.sha256
        AND c.spooled_on IS NOT NULL
      """;

  /** The contents of these lines have come from a spool to the store. */
  public Future<Void> inStore(List<Line> lines) {
    return lines.isEmpty()
        ? Future.succeededFuture()
        : database.query(IN_STORE, arrays(lines)).mapEmpty();
  }

  private static Tuple arrays(List<Line> lines) {
    return Tuple.of(
        lines.stream().map(Line::sessionId).toArray(UUID[]::new),
        lines.stream().map(Line::sequence).toArray(Long[]::new),
        lines.stream().map(line -> Buffer.buffer(line.sha256)).toArray(Buffer[]::new));
  }
}
