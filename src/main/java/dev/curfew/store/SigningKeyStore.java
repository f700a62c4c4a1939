package dev.curfew.store;

import dev.curfew.auth.SealedSecret;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys that access tokens are signed with, encrypted. */
public final class SigningKeyStore {
  private final Database database;

  public SigningKeyStore(Database database) {
    this.database = database;
  }

  /**
   * @param signsFrom epoch milliseconds
   */
  public record KeyRow(String id, SealedSecret sealed, long signsFrom) {}

  private static final String ALL =
      "SELECT id, sealed, ms(signs_from) AS signs_from FROM signing_key ORDER BY signs_from, id";

  /** All keys, in the order in which their time comes. */
  public Future<List<KeyRow>> all() {
    return database.query(ALL, Tuple.tuple()).map(SigningKeyStore::keys);
  }

  private static final String ONE_AT_A_TIME =
      "SELECT pg_advisory_xact_lock(hashtext('curfew signing keys'))";

  private static final String INSERT =
      "INSERT INTO signing_key (id, sealed, signs_from) VALUES ($1, $2, at_ms($3))";

  /** A key is done with once nothing that it signed can be valid any more. */
  private static final String REMOVE_OUTDATED =
      """
      DELETE FROM signing_key k
      WHERE EXISTS (
        SELECT FROM signing_key later
        WHERE later.signs_from > k.signs_from
          AND later.signs_from < at_ms($1))
      """;

  /**
   * Adds a key, unless another node has added one since, and removes those that are done with.
   *
   * @param newest id of the newest key that the caller knows; null for none
   * @param validSince when the oldest thing was signed that may still be valid, in epoch
   *     milliseconds
   * @return all keys as they are now
   */
  public Future<List<KeyRow>> add(KeyRow key, @Nullable String newest, long validSince) {
    return database.transaction(
        on ->
            Database.query(on, ONE_AT_A_TIME, Tuple.tuple())
                .compose(locked -> Database.query(on, ALL, Tuple.tuple()))
                .compose(
                    rows -> {
                      List<KeyRow> there = keys(rows);
                      String last = there.isEmpty() ? null : there.get(there.size() - 1).id();
                      boolean same = newest == null ? last == null : newest.equals(last);
                      return same ? add(on, key, validSince) : Future.succeededFuture(there);
                    }));
  }

  private static Future<List<KeyRow>> add(SqlConnection on, KeyRow key, long validSince) {
    Tuple row = Tuple.of(key.id(), Buffer.buffer(key.sealed().bytes()), key.signsFrom());
    return Database.query(on, INSERT, row)
        .compose(added -> Database.query(on, REMOVE_OUTDATED, Tuple.of(validSince)))
        .compose(removed -> Database.query(on, ALL, Tuple.tuple()))
        .map(SigningKeyStore::keys);
  }

  private static List<KeyRow> keys(RowSet<Row> rows) {
    List<KeyRow> keys = new ArrayList<>(rows.size());
    rows.forEach(
        row ->
            keys.add(
                new KeyRow(
                    row.getString("id"),
                    SealedSecret.of(row.getBuffer("sealed").getBytes()),
                    row.getLong("signs_from"))));
    return keys;
  }
}
