package dev.curfew.store;

import dev.curfew.session.Batch;
import dev.curfew.session.BatchResult;
import dev.curfew.session.EndReason;
import dev.curfew.session.SecretDigest;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionRecord;
import dev.curfew.session.SessionState;
import dev.curfew.session.Terms;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The sessions of the shards, their batches and their heartbeats. */
public final class SessionStore {
  private final Database database;

  public SessionStore(Database database) {
    this.database = database;
  }

  // Batches

  /**
   * The batches of several shards, each all or nothing. Their owners' rows are locked first:
   * whoever takes a shard over waits for this statement, and this statement changes nothing of the
   * shard once they have.
   *
   * <p>A change finds no room when its row has ended already, or is there already and should be
   * created, or should be created in a place that is no longer reserved. Its events are left out
   * with it. A reservation is used up by the session that it was made for.
   */
  private static final String COMMIT =
      """
      WITH owner AS MATERIALIZED (
        SELECT o.shard, b.sequence
        FROM shard_owner o
          JOIN unnest($1::smallint[], $2::bigint[], $3::bigint[]) AS b (shard, epoch, sequence)
          USING (shard)
        WHERE o.epoch = b.epoch AND o.batch = b.sequence - 1
        ORDER BY o.shard
        FOR UPDATE OF o
      ), changed AS (
        SELECT * FROM unnest(
          $4::smallint[], $5::uuid[], $6::smallint[], $7::smallint[], $8::bigint[], $9::bigint[],
          $10::integer[], $11::bigint[], $12::text[], $13::bigint[], $14::bigint[], $15::bigint[],
          $16::bigint[], $17::bigint[])
          AS c (shard, id, state, reason, started_at, expires_at,
                generation, warned_down_to, owner, last_seen_at, ending_at, ended_at,
                last_access, last_reported)
          JOIN owner USING (shard)
      ), created AS (
        SELECT * FROM unnest(
          $18::uuid[], $19::bigint[], $20::integer[], $21::bigint[], $22::smallint[],
          $23::integer[], $24::bigint[], $25::bigint[], $26::bigint[], $27::text[],
          $28::boolean[], $29::text[], $30::text[], $31::text[], $32::bigint[], $33::integer[],
          $34::text[], $35::bigint[], $42::bytea[], $43::text[], $44::boolean[])
          AS n (id, numeric_id, realm_id, user_id, kind,
                policy_id, max_duration, max_idle, stale_after, warn_before,
                effects, attributes, ipv4, ipv6, checkout_id, credential_id,
                target_host, created_by, token_hash, properties, reserved)
      ), placed AS (
        DELETE FROM session_reservation r
        USING created n JOIN changed c USING (id)
        WHERE r.session_id = n.id AND n.reserved
        RETURNING r.session_id
      ), updated AS (
        UPDATE session s
        SET state = c.state,
            reason = c.reason,
            expires_at = at_ms(c.expires_at),
            generation = c.generation,
            warned_down_to_ms = c.warned_down_to,
            owner = c.owner,
            last_seen_at = COALESCE(at_ms(c.last_seen_at), s.last_seen_at),
            ending_at = COALESCE(at_ms(c.ending_at), s.ending_at),
            ended_at = COALESCE(at_ms(c.ended_at), s.ended_at)
        FROM changed c
        WHERE s.id = c.id AND s.state < 4 AND s.state <= c.state
          AND NOT EXISTS (SELECT FROM created n WHERE n.id = c.id)
        RETURNING s.id
      ), inserted AS (
        INSERT INTO session (
          id, numeric_id, shard, realm_id, user_id, kind, state, reason,
          policy_id, max_duration_ms, max_idle_ms, stale_after_ms, warn_before_ms,
          started_at, expires_at, generation, warned_down_to_ms, owner, effects,
          last_seen_at, ending_at, ended_at, attributes, ipv4_address, ipv6_address, created_by)
        SELECT
          n.id, n.numeric_id, c.shard, n.realm_id, n.user_id, n.kind, c.state, c.reason,
          n.policy_id, n.max_duration, n.max_idle, n.stale_after, n.warn_before::bigint[],
          at_ms(c.started_at), at_ms(c.expires_at), c.generation, c.warned_down_to, c.owner,
          n.effects, at_ms(c.last_seen_at), at_ms(c.ending_at), at_ms(c.ended_at),
          n.attributes::jsonb, n.ipv4, n.ipv6, n.created_by
        FROM created n JOIN changed c USING (id)
        WHERE NOT n.reserved OR n.id IN (SELECT session_id FROM placed)
        ON CONFLICT (id) DO NOTHING
        RETURNING id
      ), tokens AS (
        INSERT INTO session_token (session_id, hash, properties)
        SELECT n.id, n.token_hash, n.properties::jsonb
        FROM created n JOIN inserted USING (id)
        WHERE n.token_hash IS NOT NULL
        ON CONFLICT DO NOTHING
      ), pulses AS (
        INSERT INTO session_pulse (session_id, last_access_at, last_reported_at)
        SELECT c.id, at_ms(c.last_access), at_ms(c.last_reported)
        FROM changed c JOIN inserted USING (id)
        ON CONFLICT DO NOTHING
      ), checkouts AS (
        INSERT INTO checkout (id, realm_id, credential_id, user_id, session_id, target_host)
        SELECT n.checkout_id, n.realm_id, n.credential_id, n.user_id, n.id, n.target_host
        FROM created n JOIN inserted USING (id)
        WHERE n.checkout_id IS NOT NULL
      ), recordings AS (
        INSERT INTO recording (
          session_id, realm_id, policy_id, user_id, shard, started_at, stage, ended_at, ready_at)
        SELECT n.id, n.realm_id, n.policy_id, n.user_id, c.shard, at_ms(c.started_at),
          CASE WHEN c.state >= 3 THEN 2 ELSE 1 END, at_ms(c.ending_at), at_ms(c.ending_at)
        FROM created n JOIN changed c USING (id) JOIN inserted USING (id)
        WHERE n.kind = 2
        ON CONFLICT DO NOTHING
      ), captured AS (
        UPDATE recording r
        SET stage = 2, ended_at = at_ms(c.ending_at), ready_at = clock_timestamp(),
            last_gateway = c.owner, updated_at = clock_timestamp()
        FROM changed c JOIN updated USING (id)
        WHERE r.session_id = c.id AND c.state >= 3 AND c.ending_at IS NOT NULL AND r.stage = 1
      ), applied AS (
        SELECT id FROM updated UNION ALL SELECT id FROM inserted
      ), logged AS (
        INSERT INTO event (type, realm_id, session_id, user_id, at, data)
        SELECT e.type, e.realm_id, e.session_id, e.user_id, at_ms(e.at), e.data::jsonb
        FROM unnest($36::text[], $37::integer[], $38::uuid[], $39::bigint[], $40::bigint[],
                    $41::text[])
          WITH ORDINALITY AS e (type, realm_id, session_id, user_id, at, data, position)
          JOIN applied ON applied.id = e.session_id
        ORDER BY e.position
      ), refused AS (
        SELECT c.shard, array_agg(c.id) AS ids
        FROM changed c LEFT JOIN applied a USING (id)
        WHERE a.id IS NULL
        GROUP BY c.shard
      )
      UPDATE shard_owner o
      SET batch = owner.sequence, refused = COALESCE(refused.ids, '{}')
      FROM owner LEFT JOIN refused USING (shard)
      WHERE o.shard = owner.shard
      RETURNING o.shard, o.refused
      """;

  private static final String PROGRESS =
      """
      SELECT o.shard, o.epoch, o.batch, o.refused, o.voided
      FROM shard_owner o WHERE o.shard = ANY ($1::smallint[])
      """;

  /**
   * Commits batches of different shards together, or finds that an earlier sending of one was
   * committed.
   *
   * @return the answer to each batch, in order; fails when there is no definite answer: send the
   *     same batches again. A single batch that is refused for its content is answered so, and its
   *     number is used up, so that an earlier sending that is still under way finds no place any
   *     more; of several, each is sent alone then
   */
  public Future<List<BatchResult>> commit(List<Batch> batches) {
    return database
        .commit(COMMIT, BatchParameters.of(batches))
        .compose(
            rows -> {
              Map<Integer, BatchResult> results = new HashMap<>();
              for (Row row : rows) {
                results.put(row.getInteger("shard"), committed(row.getArrayOfUUIDs("refused")));
              }
              return results.size() == batches.size()
                  ? Future.succeededFuture(results)
                  : progress(batches, results);
            })
        .map(results -> batches.stream().map(batch -> result(results, batch)).toList())
        .recover(
            failure ->
                Database.refusesContent(failure)
                    ? refused(batches, failure)
                    : Future.failedFuture(failure));
  }

  private static BatchResult result(Map<Integer, BatchResult> results, Batch batch) {
    return results.getOrDefault(batch.shard(), new BatchResult.Deposed());
  }

  /** Nothing of the statement was applied: find out whose content it was. */
  private Future<List<BatchResult>> refused(List<Batch> batches, Throwable failure) {
    if (batches.size() == 1) {
      return giveUp(batches.get(0), Database.reason(failure)).map(List::of);
    }
    Future<List<BatchResult>> results = Future.succeededFuture(List.of());
    for (Batch batch : batches) {
      results =
          results.compose(
              before ->
                  commit(List.of(batch))
                      .map(
                          one -> {
                            List<BatchResult> all = new ArrayList<>(before);
                            all.addAll(one);
                            return all;
                          }));
    }
    return results;
  }

  private static final String GIVE_UP =
      """
      UPDATE shard_owner
      SET batch = $3, voided = $3, refused = '{}'
      WHERE shard = $1 AND epoch = $2 AND batch = $3 - 1
      RETURNING batch
      """;

  /**
   * Uses up the number of a batch that was refused. Without that an earlier sending, whose answer
   * was lost, could be applied later under a number that stands for something else by then.
   */
  private Future<BatchResult> giveUp(Batch batch, String why) {
    return database
        .commit(GIVE_UP, Tuple.of((short) batch.shard(), batch.epoch(), batch.sequence()))
        .compose(
            rows ->
                rows.rowCount() > 0
                    ? Future.succeededFuture(new BatchResult.Rejected(why))
                    : progress(List.of(batch), new HashMap<>())
                        .map(results -> result(results, batch)));
  }

  /** Adds the answers of batches that were not applied now: applied before, or deposed. */
  private Future<Map<Integer, BatchResult>> progress(
      List<Batch> batches, Map<Integer, BatchResult> known) {
    Map<Integer, Batch> asked = new HashMap<>();
    for (Batch batch : batches) {
      if (!known.containsKey(batch.shard())) {
        asked.put(batch.shard(), batch);
      }
    }
    Short[] shards = asked.keySet().stream().map(Integer::shortValue).toArray(Short[]::new);
    return database
        .commit(PROGRESS, Tuple.of(shards))
        .map(
            rows -> {
              for (Row row : rows) {
                Batch batch = Objects.requireNonNull(asked.get(row.getInteger("shard")));
                boolean passed =
                    row.getLong("epoch") == batch.epoch()
                        && row.getLong("batch") >= batch.sequence();
                if (passed && row.getLong("voided") == batch.sequence()) {
                  known.put(batch.shard(), new BatchResult.Rejected("refused before"));
                } else if (passed) {
                  known.put(batch.shard(), committed(row.getArrayOfUUIDs("refused")));
                }
              }
              return known;
            });
  }

  private static BatchResult committed(UUID[] refused) {
    return refused.length == 0
        ? BatchResult.Committed.WHOLE
        : new BatchResult.Committed(Set.of(refused));
  }

  // Rows

  private static final String COLUMNS =
      """
      s.id, s.numeric_id, s.kind, s.state, s.reason, s.realm_id, s.user_id, s.policy_id,
      s.max_duration_ms, s.max_idle_ms, s.stale_after_ms, s.warn_before_ms,
      ms(s.started_at) AS started_at, ms(s.expires_at) AS expires_at,
      s.generation, s.warned_down_to_ms, s.owner, s.effects,
      COALESCE(ms(p.last_access_at), ms(s.started_at)) AS last_access,
      COALESCE(ms(p.last_reported_at), ms(s.started_at)) AS last_reported,
      COALESCE(ms(s.last_seen_at), 0) AS last_seen_at,
      COALESCE(ms(s.ending_at), 0) AS ending_at, COALESCE(ms(s.ended_at), 0) AS ended_at,
      t.hash AS token_hash
      FROM session s
        LEFT JOIN session_pulse p ON p.session_id = s.id
        LEFT JOIN session_token t ON t.session_id = s.id
      """;

  private static final String LIVE_OF_SHARD =
      "SELECT " + COLUMNS + " WHERE s.shard = $1 AND s.state < 4";

  private static final String BY_ID = "SELECT " + COLUMNS + " WHERE s.id = $1";

  /** The sessions of a shard that have not ended. */
  public Future<List<SessionRecord>> live(int shard) {
    return database.query(LIVE_OF_SHARD, Tuple.of((short) shard)).map(SessionStore::records);
  }

  public Future<Optional<SessionRecord>> find(UUID id) {
    return database.query(BY_ID, Tuple.of(id)).map(rows -> records(rows).stream().findFirst());
  }

  private static final String OVERDUE =
      """
      SELECT s.id FROM session s
      WHERE s.state < 3 AND s.expires_at < at_ms(ms(clock_timestamp()) - $1)
      ORDER BY s.expires_at
      LIMIT $2
      """;

  /**
   * Live sessions whose hard deadline passed long ago: none, unless something went wrong.
   *
   * @param lateness by how much, in milliseconds
   */
  public Future<List<UUID>> overdue(long lateness, int limit) {
    return database
        .query(OVERDUE, Tuple.of(lateness, limit))
        .map(
            rows -> {
              List<UUID> ids = new ArrayList<>(rows.size());
              rows.forEach(row -> ids.add(row.getUUID(0)));
              return ids;
            });
  }

  private static List<SessionRecord> records(RowSet<Row> rows) {
    List<SessionRecord> records = new ArrayList<>(rows.size());
    for (Row row : rows) {
      records.add(record(row));
    }
    return records;
  }

  private static SessionRecord record(Row row) {
    Short reason = row.getShort("reason");
    Long warned = row.getLong("warned_down_to_ms");
    Buffer hash = row.getBuffer("token_hash");
    return new SessionRecord(
        row.getUUID("id"),
        row.getLong("numeric_id"),
        SessionKind.ofCode(row.getShort("kind")),
        SessionState.ofCode(row.getShort("state")),
        reason == null ? null : EndReason.ofCode(reason),
        row.getLong("user_id"),
        terms(row),
        row.getLong("started_at"),
        row.getLong("expires_at"),
        row.getInteger("generation"),
        warned == null ? Long.MAX_VALUE : warned,
        row.getString("owner"),
        row.getBoolean("effects"),
        row.getLong("last_access"),
        row.getLong("last_reported"),
        row.getLong("last_seen_at"),
        row.getLong("ending_at"),
        row.getLong("ended_at"),
        hash == null ? null : SecretDigest.of(hash.getBytes()));
  }

  private static Terms terms(Row row) {
    return new Terms(
        row.getInteger("policy_id"),
        row.getInteger("realm_id"),
        row.getLong("max_duration_ms"),
        row.getLong("max_idle_ms"),
        row.getLong("stale_after_ms"),
        ThresholdStore.thresholds(row.getArrayOfLongs("warn_before_ms")));
  }

  // Heartbeats

  private static final String PULSE =
      """
      UPDATE session_pulse p
      SET last_access_at = GREATEST(p.last_access_at, at_ms(i.last_access)),
          last_reported_at = GREATEST(p.last_reported_at, at_ms(i.last_reported))
      FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS i (id, last_access, last_reported)
      WHERE p.session_id = i.id
      """;

  /** Writes heartbeats; a later one is never replaced by an earlier. Arrays are parallel. */
  public Future<Void> pulse(UUID[] ids, Long[] lastAccess, Long[] lastReported) {
    return database.query(PULSE, Tuple.of(ids, lastAccess, lastReported)).mapEmpty();
  }

  // Ids

  private static final String SESSION_IDS =
      "SELECT nextval('session_numeric_id') FROM generate_series(1, $1)";

  /** A block of numeric ids that no one else gets. */
  public Future<List<Long>> numericIds(int count) {
    return database
        .query(SESSION_IDS, Tuple.of(count))
        .map(
            rows -> {
              List<Long> ids = new ArrayList<>(count);
              rows.forEach(row -> ids.add(row.getLong(0)));
              return ids;
            });
  }
}
