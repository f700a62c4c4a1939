package dev.curfew.store;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
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
 * nothing when it is no longer there, in which case it is decided anew. The recording's row is
 * locked for that one statement only, since the end of the session waits for it.
 */
public final class ManifestStore {
  /** How often a line is fitted anew when another one was quicker. */
  private static final int TRIES = 20;

  private final Database database;

  public ManifestStore(Database database) {
    this.database = database;
  }

  /** The hash of a line, given that of the line before; empty before the first. */
  @FunctionalInterface
  public interface Link {
    /**
     * @param line complete but for its own {@code chain}
     */
    byte[] after(byte[] previous, ChunkRow line);
  }

  /**
   * A chunk to be listed.
   *
   * @param capturedAt epoch milliseconds; null for the time of arrival
   * @param content the text; null for what is in the chunk store
   * @param location where the chunk store keeps it; null for text
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
      @Nullable String location,
      @Nullable Long offset) {}

  /** What became of it. */
  public sealed interface Appended {
    /** It is listed. */
    record Listed(long sequence, long rawBytes) implements Appended {}

    /** It is listed already, under this number. */
    record Repeated(long sequence, long rawBytes) implements Appended {}

    /** The session is over; nothing was listed. */
    record Closed() implements Appended {}
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

  private static final String APPEND =
      """
      WITH moved AS (
        UPDATE recording
        SET chunk_count = chunk_count + 1, chunk_bytes = chunk_bytes + $6,
            raw_bytes = raw_bytes + CASE WHEN $3 = 4 THEN $6 ELSE 0 END, chain = $8,
            latest_captured_ms[$3] = GREATEST(latest_captured_ms[$3], $4),
            updated_at = clock_timestamp()
        WHERE session_id = $1 AND stage = 1 AND chunk_count = $2
        RETURNING session_id
      )
      INSERT INTO chunk (
        session_id, sequence, kind, captured_at, received_at, size, sha256, chain, content,
        location, raw_offset)
      SELECT session_id, $2, $3, at_ms($4), at_ms($5), $6, $7, $8, $9, $10, $11 FROM moved
      RETURNING sequence
      """;

  /**
   * Lists a chunk after those that are there, if the session still lives.
   *
   * @return fails as {@link Manifest#capturedAt} and {@link Manifest#place} say; NOT_FOUND
   */
  public Future<Appended> append(NewChunk chunk, Link link) {
    return append(chunk, link, TRIES);
  }

  private Future<Appended> append(NewChunk chunk, Link link, int triesLeft) {
    return end(chunk.sessionId)
        .compose(
            end -> {
              Manifest manifest = end.manifest;
              if (!manifest.open()) {
                return Future.succeededFuture(new Appended.Closed());
              }
              long capturedAt = manifest.capturedAt(chunk.kind, chunk.capturedAt, end.now);
              if (chunk.kind == ChunkKind.RAW) {
                return manifest.place(chunk.offset, chunk.size) == Manifest.Place.BEFORE
                    ? repeatedRaw(chunk, manifest)
                    : insert(chunk, end, capturedAt, link, triesLeft);
              }
              return manifest.mayRepeat(chunk.kind, chunk.capturedAt)
                  ? repeated(chunk, capturedAt)
                      .compose(
                          sequence ->
                              sequence.isPresent()
                                  ? Future.succeededFuture(
                                      new Appended.Repeated(sequence.get(), manifest.rawBytes()))
                                  : insert(chunk, end, capturedAt, link, triesLeft))
                  : insert(chunk, end, capturedAt, link, triesLeft);
            });
  }

  private Future<Appended> insert(
      NewChunk chunk, End end, long capturedAt, Link link, int triesLeft) {
    Manifest manifest = end.manifest;
    boolean raw = chunk.kind == ChunkKind.RAW;
    ChunkRow line =
        new ChunkRow(
            chunk.sessionId,
            manifest.chunkCount(),
            chunk.kind,
            capturedAt,
            end.now,
            chunk.size,
            chunk.sha256,
            new byte[0],
            chunk.content,
            chunk.location,
            raw ? manifest.rawBytes() : null);
    Object[] parameters = {
      line.sessionId(),
      line.sequence(),
      line.kind().code(),
      line.capturedAt(),
      line.receivedAt(),
      line.size(),
      Buffer.buffer(line.sha256()),
      Buffer.buffer(link.after(end.chain, line)),
      line.content(),
      line.location(),
      line.rawOffset()
    };
    return database
        .query(APPEND, Tuple.from(parameters))
        .compose(
            rows -> {
              if (rows.rowCount() == 1) {
                return Future.succeededFuture(
                    new Appended.Listed(
                        line.sequence(), manifest.rawBytes() + (raw ? line.size() : 0)));
              }
              return triesLeft == 0
                  ? Future.failedFuture(
                      CurfewException.of(ErrorCode.UNAVAILABLE, "The recording is busy; try again"))
                  : append(chunk, link, triesLeft - 1);
            });
  }

  private static final String SAME_RAW =
      """
      SELECT sequence FROM chunk
      WHERE session_id = $1 AND kind = 4 AND raw_offset = $2 AND size = $3 AND sha256 = $4
      """;

  private Future<Appended> repeatedRaw(NewChunk chunk, Manifest manifest) {
    return database
        .query(
            SAME_RAW,
            Tuple.of(chunk.sessionId, chunk.offset, chunk.size, Buffer.buffer(chunk.sha256)))
        .map(
            rows -> {
              for (Row row : rows) {
                return new Appended.Repeated(row.getLong(0), manifest.rawBytes());
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

  // Reading

  private static final String COLUMNS =
      """
      SELECT session_id, sequence, kind, ms(captured_at) AS captured_at,
        ms(received_at) AS received_at, size, sha256, chain, content, location, raw_offset
      FROM chunk
      """;

  private static final String LIST =
      COLUMNS + "WHERE session_id = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3";

  private static final String OF_KIND =
      COLUMNS + "WHERE session_id = $1 AND kind = $2 AND sequence >= $3 ORDER BY sequence LIMIT $4";

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
              row.getString("location"),
              row.getLong("raw_offset")));
    }
    return lines;
  }
}
