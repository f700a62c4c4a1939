package dev.curfew.store;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Seals, and the events that they are made of.
 *
 * <p>An event's digest is SHA-256 over its columns one after the other: {@code xid} and {@code id}
 * (8 bytes each, as all numbers with the highest byte first), {@code recorded_at} (8 bytes:
 * microseconds since 2000-01-01 in UTC), {@code realm_id} (4 bytes), {@code session_id} and {@code
 * user_id} (a byte 1 and 16 or 8 bytes, or a byte 0 for none), {@code at} (as recorded_at), {@code
 * type} (its length in 4 bytes, then UTF-8) and {@code data} (the text that PostgreSQL gives for
 * it, in UTF-8). No two events have the same bytes.
 */
public final class SealStore {
  private static final HexFormat HEX = HexFormat.of();

  /** As in {@link EventStore}: how much older than its place the time of a row may be. */
  private static final long LONGEST_TRANSACTION = 24 * 3600;

  private final Database database;

  public SealStore(Database database) {
    this.database = database;
  }

  // Events

  private static final String DIGESTED =
      """
      SELECT e.xid::text AS xid, e.id, e.realm_id, e.type,
        CASE WHEN isfinite(e.recorded_at) THEN floor(extract(epoch FROM e.recorded_at))::bigint
          ELSE 0 END AS recorded_at,
        CASE WHEN isfinite(e.at) THEN ms(e.at) ELSE 0 END AS at,
        pg_catalog.sha256(
          pg_catalog.xid8send(e.xid)
          || pg_catalog.int8send(e.id)
          || pg_catalog.timestamptz_send(e.recorded_at)
          || pg_catalog.int4send(e.realm_id)
          || COALESCE('\\x01'::bytea || pg_catalog.uuid_send(e.session_id), '\\x00'::bytea)
          || COALESCE('\\x01'::bytea || pg_catalog.int8send(e.user_id), '\\x00'::bytea)
          || pg_catalog.timestamptz_send(e.at)
          || pg_catalog.int4send(pg_catalog.octet_length(pg_catalog.convert_to(e.type, 'UTF8')))
          || pg_catalog.convert_to(e.type, 'UTF8')
          || pg_catalog.convert_to(e.data::text, 'UTF8')) AS digest
      FROM event e
      WHERE (e.xid, e.id) > ($1::text::xid8, $2::bigint)
      """;

  /** Stops short of the oldest transaction still open, as whoever reads the log does. */
  private static final String UNSEALED =
      DIGESTED
          + """
              AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
              AND e.recorded_at >= to_timestamp($3::bigint)
            ORDER BY e.xid, e.id
            LIMIT $4::bigint
            """;

  /** The next events of the log, of every realm, in its order. */
  public Future<List<DigestedEvent>> unsealed(EventCursor after, int most) {
    return database
        .query(
            UNSEALED,
            Tuple.of(
                Long.toUnsignedString(after.xid()),
                after.id(),
                after.recordedAt() - LONGEST_TRANSACTION,
                (long) most))
        .map(SealStore::events);
  }

  private static final String BETWEEN =
      DIGESTED
          + """
              AND (e.xid, e.id) <= ($3::text::xid8, $4::bigint)
              AND ($5::integer IS NULL OR e.realm_id = $5)
            ORDER BY e.xid, e.id
            LIMIT $6::bigint
            """;

  /**
   * Events of a stretch of the log, whenever they say they were recorded.
   *
   * @param realmId null for every realm
   */
  public Future<List<DigestedEvent>> between(
      EventCursor after, EventCursor last, @Nullable Integer realmId, long most) {
    return database
        .query(
            BETWEEN,
            Tuple.of(
                Long.toUnsignedString(after.xid()),
                after.id(),
                Long.toUnsignedString(last.xid()),
                last.id(),
                realmId,
                most))
        .map(SealStore::events);
  }

  private static List<DigestedEvent> events(RowSet<Row> rows) {
    List<DigestedEvent> events = new ArrayList<>(rows.size());
    for (Row row : rows) {
      events.add(
          new DigestedEvent(
              cursor(row, ""),
              row.getInteger("realm_id"),
              row.getString("type"),
              row.getLong("at"),
              row.getBuffer("digest")));
    }
    return events;
  }

  private static EventCursor cursor(Row row, String prefix) {
    return new EventCursor(
        Long.parseUnsignedLong(row.getString(prefix + "xid")),
        row.getLong(prefix + "id"),
        row.getLong(prefix + "recorded_at"));
  }

  private static final String WAITING =
      """
      SELECT count(*) AS events
      FROM (
        SELECT FROM event e
        WHERE (e.xid, e.id) > ($1::text::xid8, $2::bigint)
          AND ($3::integer IS NULL OR e.realm_id = $3)
        LIMIT $4::bigint) waiting
      """;

  /** How many events there are after a place, counting no further than that. */
  public Future<Long> waiting(EventCursor after, @Nullable Integer realmId, long most) {
    return database
        .query(WAITING, Tuple.of(Long.toUnsignedString(after.xid()), after.id(), realmId, most))
        .map(rows -> rows.iterator().next().getLong("events"));
  }

  // Sealing

  /**
   * How far the log is sealed.
   *
   * @param last the last batch; null before the first
   * @param now the database's time, in epoch milliseconds
   */
  public record Progress(@Nullable SealBatch last, long now) {
    public EventCursor place() {
      return last == null ? EventCursor.START : last.last();
    }
  }

  private static final String BATCH_COLUMNS =
      """
      b.number, b.day, b.last_xid::text AS last_xid, b.last_id, b.last_recorded_at, b.events,
        ms(b.sealed_at) AS sealed_at, b.hash, b.mac
      """;

  private static final String PROGRESS =
      "SELECT ms(clock_timestamp()) AS now, "
          + BATCH_COLUMNS
          + """
            FROM (SELECT) always
              LEFT JOIN (SELECT * FROM seal_batch ORDER BY number DESC LIMIT 1) b ON true
            """;

  public Future<Progress> progress() {
    return database
        .query(PROGRESS, Tuple.tuple())
        .map(
            rows -> {
              Row row = rows.iterator().next();
              return new Progress(
                  row.getLong("number") == null ? null : batch(row), row.getLong("now"));
            });
  }

  private static final String HEADS =
      "SELECT s.* FROM unnest($1::integer[]) AS r (id) CROSS JOIN LATERAL (SELECT "
          + sealColumns()
          + "FROM seal s WHERE s.realm_id = r.id ORDER BY s.number DESC LIMIT 1) s";

  /** The last seals of realms, by realm; nothing for a realm without a seal. */
  public Future<Map<Integer, Seal>> heads(Collection<Integer> realms) {
    return database
        .query(HEADS, Tuple.of(realms.toArray(Integer[]::new)))
        .map(
            rows -> {
              Map<Integer, Seal> heads = new HashMap<>();
              rows.forEach(row -> heads.put(row.getInteger("realm_id"), seal(row)));
              return heads;
            });
  }

  private static final String APPEND =
      """
      WITH batch AS (
        INSERT INTO seal_batch (
          number, day, last_xid, last_id, last_recorded_at, events, sealed_at, hash, mac)
        VALUES ($1, $2, $3::text::xid8, $4, $5, $6, at_ms($7), $8, $9)
        RETURNING number
      )
      INSERT INTO seal (
        realm_id, number, batch, events, first_xid, first_id, first_recorded_at,
        last_xid, last_id, last_recorded_at, marks, hash, mac)
      SELECT s.realm_id, s.number, batch.number, s.events, s.first_xid::xid8, s.first_id,
        s.first_recorded_at, s.last_xid::xid8, s.last_id, s.last_recorded_at, s.marks, s.hash, s.mac
      FROM batch, unnest(
        $10::integer[], $11::bigint[], $12::bigint[], $13::text[], $14::bigint[], $15::bigint[],
        $16::text[], $17::bigint[], $18::bigint[], $19::bytea[], $20::bytea[], $21::bytea[])
        AS s (realm_id, number, events, first_xid, first_id, first_recorded_at,
              last_xid, last_id, last_recorded_at, marks, hash, mac)
      """;

  /**
   * Writes a batch with its seals, all or nothing.
   *
   * @return false, and nothing is changed, when somebody else has sealed since
   */
  public Future<Boolean> append(SealBatch batch, List<Seal> seals) {
    Tuple row =
        Tuple.tuple()
            .addLong(batch.number())
            .addLong(batch.day())
            .addString(Long.toUnsignedString(batch.last().xid()))
            .addLong(batch.last().id())
            .addLong(batch.last().recordedAt())
            .addLong(batch.events())
            .addLong(batch.sealedAt())
            .addBuffer(bytes(batch.hash()))
            .addBuffer(bytes(batch.mac()))
            .addArrayOfInteger(seals.stream().map(Seal::realmId).toArray(Integer[]::new))
            .addArrayOfLong(seals.stream().map(Seal::number).toArray(Long[]::new))
            .addArrayOfLong(seals.stream().map(Seal::events).toArray(Long[]::new));
    addPlaces(row, seals.stream().map(Seal::first).toList());
    addPlaces(row, seals.stream().map(Seal::last).toList());
    row.addArrayOfBuffer(seals.stream().map(Seal::marks).toArray(Buffer[]::new))
        .addArrayOfBuffer(seals.stream().map(seal -> bytes(seal.hash())).toArray(Buffer[]::new))
        .addArrayOfBuffer(seals.stream().map(seal -> bytes(seal.mac())).toArray(Buffer[]::new));
    return database
        .query(APPEND, row)
        .map(true)
        .recover(
            failure ->
                Database.isDuplicate(failure)
                    ? Future.succeededFuture(false)
                    : Future.failedFuture(failure));
  }

  private static void addPlaces(Tuple row, List<EventCursor> places) {
    row.addArrayOfString(
            places.stream().map(place -> Long.toUnsignedString(place.xid())).toArray(String[]::new))
        .addArrayOfLong(places.stream().map(EventCursor::id).toArray(Long[]::new))
        .addArrayOfLong(places.stream().map(EventCursor::recordedAt).toArray(Long[]::new));
  }

  // Reading

  private static String sealColumns() {
    return """
        s.realm_id, s.number, s.batch, s.events,
          s.first_xid::text AS first_xid, s.first_id, s.first_recorded_at,
          s.last_xid::text AS last_xid, s.last_id, s.last_recorded_at, s.marks, s.hash, s.mac
        """;
  }

  private static final String BATCHES =
      "SELECT "
          + BATCH_COLUMNS
          + "FROM seal_batch b WHERE b.number >= $1 ORDER BY b.number LIMIT $2::bigint";

  /** Batches from a number on. */
  public Future<List<SealBatch>> batches(long from, int most) {
    return database
        .query(BATCHES, Tuple.of(from, (long) most))
        .map(
            rows -> {
              List<SealBatch> batches = new ArrayList<>(rows.size());
              rows.forEach(row -> batches.add(batch(row)));
              return batches;
            });
  }

  private static final String BEFORE =
      "SELECT COALESCE(max(number), 0) FROM seal_batch WHERE sealed_at < at_ms($1)";

  /**
   * The number of the last batch sealed before a time; 0 for none.
   *
   * @param time epoch milliseconds
   */
  public Future<Long> lastBefore(long time) {
    return database.query(BEFORE, Tuple.of(time)).map(rows -> rows.iterator().next().getLong(0));
  }

  /**
   * A seal and the hash of the one before in its realm.
   *
   * @param previous null when that one is not there
   */
  public record ChainedSeal(Seal seal, @Nullable String previous) {}

  private static final String OF_BATCHES =
      "SELECT "
          + sealColumns()
          + """
            , p.hash AS previous
            FROM seal s LEFT JOIN seal p ON p.realm_id = s.realm_id AND p.number = s.number - 1
            WHERE s.batch >= $1 AND s.batch <= $2
            ORDER BY s.batch, s.realm_id, s.number
            LIMIT $3::bigint
            """;

  /** The seals of batches, by batch and realm. */
  public Future<List<ChainedSeal>> seals(long firstBatch, long lastBatch, long most) {
    return database
        .query(OF_BATCHES, Tuple.of(firstBatch, lastBatch, most))
        .map(
            rows -> {
              List<ChainedSeal> seals = new ArrayList<>(rows.size());
              for (Row row : rows) {
                Buffer previous = row.getBuffer("previous");
                seals.add(new ChainedSeal(seal(row), previous == null ? null : hex(previous)));
              }
              return seals;
            });
  }

  private static final String OF_REALM =
      "SELECT "
          + sealColumns()
          + """
            , ms(b.sealed_at) AS sealed_at
            FROM seal s LEFT JOIN seal_batch b ON b.number = s.batch
            WHERE s.realm_id = $1 AND s.number < $2
            ORDER BY s.number DESC
            LIMIT $3::bigint
            """;

  /**
   * A seal and when it was made.
   *
   * @param sealedAt epoch milliseconds; 0 when its batch is not there
   */
  public record TimedSeal(Seal seal, long sealedAt) {}

  /** The seals of a realm below a number, the newest first. */
  public Future<List<TimedSeal>> ofRealm(int realmId, long below, int most) {
    return database
        .query(OF_REALM, Tuple.of(realmId, below, (long) most))
        .map(
            rows -> {
              List<TimedSeal> seals = new ArrayList<>(rows.size());
              for (Row row : rows) {
                Long sealedAt = row.getLong("sealed_at");
                seals.add(new TimedSeal(seal(row), sealedAt == null ? 0 : sealedAt));
              }
              return seals;
            });
  }

  private static final String HASH_OF_SEAL =
      "SELECT hash FROM seal WHERE realm_id = $1 AND number = $2";
  private static final String HASH_OF_BATCH = "SELECT hash FROM seal_batch WHERE number = $1";

  /**
   * The hash of a seal.
   *
   * @param realmId null for the batch of that number
   */
  public Future<Optional<String>> hash(@Nullable Integer realmId, long number) {
    Future<RowSet<Row>> found =
        realmId == null
            ? database.query(HASH_OF_BATCH, Tuple.of(number))
            : database.query(HASH_OF_SEAL, Tuple.of(realmId, number));
    return found.map(
        rows -> {
          for (Row row : rows) {
            return Optional.of(hex(row.getBuffer("hash")));
          }
          return Optional.empty();
        });
  }

  private static SealBatch batch(Row row) {
    return new SealBatch(
        row.getLong("number"),
        row.getLong("day"),
        cursor(row, "last_"),
        row.getLong("events"),
        row.getLong("sealed_at"),
        hex(row.getBuffer("hash")),
        hex(row.getBuffer("mac")));
  }

  private static Seal seal(Row row) {
    return new Seal(
        row.getInteger("realm_id"),
        row.getLong("number"),
        row.getLong("batch"),
        row.getLong("events"),
        cursor(row, "first_"),
        cursor(row, "last_"),
        row.getBuffer("marks"),
        hex(row.getBuffer("hash")),
        hex(row.getBuffer("mac")));
  }

  // Retention

  private static final String FLOOR = "SELECT day, mac FROM seal_floor";

  /** What has been dropped; empty when nothing ever was. */
  public Future<Optional<SealFloor>> floor() {
    return database
        .query(FLOOR, Tuple.tuple())
        .map(
            rows -> {
              for (Row row : rows) {
                return Optional.of(new SealFloor(row.getLong("day"), hex(row.getBuffer("mac"))));
              }
              return Optional.empty();
            });
  }

  private static final String UNSEALED_BEFORE =
      """
      SELECT EXISTS (
        SELECT FROM event e
        WHERE e.recorded_at < $1
          AND (e.xid, e.id) > ($2::text::xid8, $3::bigint))
      """;

  /** Whether any event recorded before that day lies behind that place. */
  public Future<Boolean> anyBefore(long day, EventCursor place) {
    return database
        .query(
            UNSEALED_BEFORE,
            Tuple.of(
                LocalDate.ofEpochDay(day).atStartOfDay().atOffset(ZoneOffset.UTC),
                Long.toUnsignedString(place.xid()),
                place.id()))
        .map(rows -> rows.iterator().next().getBoolean(0));
  }

  private static final String RAISE =
      """
      INSERT INTO seal_floor (day, mac) VALUES ($1, $2)
      ON CONFLICT (one) DO UPDATE SET day = EXCLUDED.day, mac = EXCLUDED.mac
      WHERE seal_floor.day < EXCLUDED.day
      """;

  /** What was there to find an event by is of no more use without the events. */
  private static final String FORGET_MARKS =
      """
      UPDATE seal s SET marks = ''
      FROM seal_batch b
      WHERE b.day >= $1 AND b.day < $2 AND s.batch = b.number AND s.marks <> ''
      """;

  /**
   * Says, durably, that what was recorded before a day may be missing from now on.
   *
   * @param before what was said before; a day long ago for nothing
   */
  public Future<Void> raise(long before, SealFloor floor) {
    return database
        .transaction(
            on ->
                Database.query(on, RAISE, Tuple.of(floor.day(), bytes(floor.mac())))
                    .compose(
                        raised -> Database.query(on, FORGET_MARKS, Tuple.of(before, floor.day()))))
        .mapEmpty();
  }

  private static String hex(Buffer bytes) {
    return HEX.formatHex(bytes.getBytes());
  }

  private static Buffer bytes(String hex) {
    return Buffer.buffer(HEX.parseHex(hex));
  }
}
