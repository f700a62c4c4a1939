package dev.curfew.bench;

import dev.curfew.kernel.IdHash;
import dev.curfew.testing.DirectSql;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Live sessions by the million, made in the database as copies of one that was opened, each with an
 * id of its own and in the shard of that id.
 */
final class SessionCopies {
  /** Those that are opened have smaller ones. */
  static final long FIRST_NUMERIC_ID = 1_000_000_000L;

  private static final int SHARDS = 256;
  private static final int AT_ONCE = 10_000;

  private SessionCopies() {}

  /** While no node runs, or it would know nothing of them. */
  static void of(UUID session, int count, DirectSql sql) throws Exception {
    List<String> columns = columns("session", sql);
    String into = String.join(", ", columns);
    String from =
        columns.stream()
            .map(
                column ->
                    switch (column) {
                      case "id", "numeric_id", "shard" -> "c." + column;
                      default -> "s." + column;
                    })
            .collect(Collectors.joining(", "));
    for (int done = 0; done < count; done += AT_ONCE) {
      int some = Math.min(AT_ONCE, count - done);
      UUID[] ids = new UUID[some];
      Long[] numbers = new Long[some];
      Short[] shards = new Short[some];
      for (int i = 0; i < some; i++) {
        ids[i] = UUID.randomUUID();
        numbers[i] = FIRST_NUMERIC_ID + done + i;
        shards[i] = (short) IdHash.shard(ids[i], SHARDS);
      }
      sql.run(
          "WITH c AS (SELECT * FROM unnest(?::uuid[], ?::bigint[], ?::smallint[])"
              + " AS c (id, numeric_id, shard)), made AS (INSERT INTO session ("
              + into
              + ") SELECT "
              + from
              + " FROM c, session s WHERE s.id = ? RETURNING id, started_at)"
              + " INSERT INTO session_pulse SELECT id, started_at, started_at FROM made",
          ids,
          numbers,
          shards,
          session);
    }
    sql.run("ANALYZE session, session_pulse");
  }

  private static List<String> columns(String table, DirectSql sql) throws Exception {
    return sql.column(
        "SELECT column_name FROM information_schema.columns WHERE table_name = ?"
            + " AND is_generated = 'NEVER' ORDER BY ordinal_position",
        table);
  }
}
