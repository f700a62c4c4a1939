package dev.curfew.store;

import dev.curfew.auth.SealedSecret;
import dev.curfew.realm.Credential;
import dev.curfew.session.EventType;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Credentials; their secrets come and go encrypted. */
public final class CredentialStore {
  private static final String COLUMNS =
      """
      c.id, c.realm_id, c.name, c.username, c.rotate_on_checkin,
      ms(c.created_at) AS created_at, COALESCE(ms(c.rotated_at), 0) AS rotated_at
      """;

  private final Database database;

  public CredentialStore(Database database) {
    this.database = database;
  }

  private static final String NEXT_ID = "SELECT nextval('credential_id')::integer";

  /** An id that no other credential has; its secret is encrypted for that id. */
  public Future<Integer> nextId() {
    return database.query(NEXT_ID, Tuple.tuple()).map(rows -> rows.iterator().next().getInteger(0));
  }

  /** A credential to be written. */
  public record NewRow(
      int id,
      int realmId,
      String name,
      String username,
      SealedSecret sealed,
      boolean rotateOnCheckin) {}

  private static final String INSERT =
      """
      INSERT INTO credential AS c (id, realm_id, name, username, secret, rotate_on_checkin)
      VALUES ($1, $2, $3, $4, $5, $6)
      RETURNING
      """
          + COLUMNS;

  /**
   * @return fails with ALREADY_EXISTS
   */
  public Future<Credential> insert(NewRow row, Initiator by) {
    return database
        .<Credential>transaction(
            on ->
                Database.query(
                        on,
                        INSERT,
                        Tuple.of(
                            row.id(),
                            row.realmId(),
                            row.name(),
                            row.username(),
                            Buffer.buffer(row.sealed().bytes()),
                            row.rotateOnCheckin()))
                    .map(rows -> credential(rows.iterator().next()))
                    .compose(
                        credential ->
                            AdminChange.CREATED
                                .write(on, row.realmId(), "credential", row.id(), row.name(), by)
                                .map(credential)))
        .recover(
            Database.orExists(
                "name", "A credential of the name " + row.name() + " exists already"));
  }

  private static final String BY_ID =
      "SELECT " + COLUMNS + " FROM credential c WHERE c.id = $1 AND c.deleted_at IS NULL";

  public Future<Optional<Credential>> find(int id) {
    return database.query(BY_ID, Tuple.of(id)).map(rows -> credentials(rows).stream().findFirst());
  }

  private static final String LIST =
      "SELECT "
          + COLUMNS
          + """
          FROM credential c
          WHERE c.deleted_at IS NULL AND ($1::integer IS NULL OR c.realm_id = $1) AND c.id > $2
          ORDER BY c.id
          LIMIT $3
          """;

  /**
   * By id.
   *
   * @param realmId null for all realms
   * @param after id of the last one that is known
   */
  public Future<List<Credential>> list(@Nullable Integer realmId, int after, int limit) {
    return database.query(LIST, Tuple.of(realmId, after, limit)).map(CredentialStore::credentials);
  }

  private static final String DELETE =
      """
      UPDATE credential c SET deleted_at = clock_timestamp(), secret = '\\x'
      WHERE c.id = $1 AND c.deleted_at IS NULL
        AND NOT EXISTS (
          SELECT FROM checkout k WHERE k.credential_id = c.id AND k.closed_at IS NULL)
      """;

  /**
   * Marks the credential deleted and forgets its secret.
   *
   * @return false when it is checked out, or gone already
   */
  public Future<Boolean> delete(Credential credential, Initiator by) {
    return database.transaction(
        on ->
            Database.query(on, DELETE, Tuple.of(credential.id()))
                .compose(
                    rows ->
                        rows.rowCount() == 0
                            ? Future.succeededFuture(false)
                            : AdminChange.DELETED
                                .write(
                                    on,
                                    credential.realmId(),
                                    "credential",
                                    credential.id(),
                                    credential.name(),
                                    by)
                                .map(true)));
  }

  /** A secret that is lent out. */
  public record LentSecret(int credentialId, String username, SealedSecret sealed) {}

  /** The lock makes a check-in wait until the reading is in the log. */
  private static final String LENT =
      """
      SELECT c.id, c.username, c.secret, k.id AS checkout_id, k.realm_id, k.user_id
      FROM checkout k
        JOIN session s ON s.id = k.session_id
        JOIN credential c ON c.id = k.credential_id
      WHERE k.session_id = $1 AND k.closed_at IS NULL
        AND s.state = 2 AND s.expires_at > clock_timestamp()
        AND c.deleted_at IS NULL
      FOR SHARE OF k
      """;

  /**
   * Reads the secret of a session's open checkout and says so in the log, in one transaction.
   *
   * @return empty when the session is over, or its checkout closed or missing
   */
  public Future<Optional<LentSecret>> readLent(UUID sessionId, Initiator by) {
    return database.transaction(
        on ->
            Database.query(on, LENT, Tuple.of(sessionId))
                .compose(
                    rows -> {
                      for (Row row : rows) {
                        return logged(on, sessionId, row, by).map(Optional.of(lent(row)));
                      }
                      return Future.succeededFuture(Optional.empty());
                    }));
  }

  private static LentSecret lent(Row row) {
    return new LentSecret(
        row.getInteger("id"),
        row.getString("username"),
        SealedSecret.of(row.getBuffer("secret").getBytes()));
  }

  private static Future<Void> logged(SqlConnection on, UUID sessionId, Row row, Initiator by) {
    return EventWriter.write(
        on,
        new LogEntry(
            EventType.CREDENTIAL_READ,
            row.getInteger("realm_id"),
            sessionId,
            row.getLong("user_id"),
            new JsonObject()
                .put("sessionId", sessionId.toString())
                .put("checkOutId", row.getLong("checkout_id").toString())
                .put("credentialId", row.getInteger("id"))
                .put("by", LogEntry.initiator(by))));
  }

  private static List<Credential> credentials(RowSet<Row> rows) {
    List<Credential> credentials = new ArrayList<>(rows.size());
    rows.forEach(row -> credentials.add(credential(row)));
    return credentials;
  }

  private static Credential credential(Row row) {
    return new Credential(
        row.getInteger("id"),
        row.getInteger("realm_id"),
        row.getString("name"),
        row.getString("username"),
        row.getBoolean("rotate_on_checkin"),
        row.getLong("created_at"),
        row.getLong("rotated_at"));
  }
}
