package dev.curfew.store;

import dev.curfew.auth.CredentialLookup;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Scope;
import dev.curfew.auth.TokenHash;
import dev.curfew.realm.OauthClient;
import dev.curfew.session.EventType;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Accounts of programs and their tokens, by the hashes of their secrets. */
public final class OauthStore implements CredentialLookup {
  /** How many tokens of one account are good at once; the oldest gives way to one more. */
  private static final int MOST_TOKENS = 30;

  private static final String COLUMNS =
      """
      c.id, c.realm_id, c.name, c.scopes, ms(c.created_at) AS created_at,
      """
          + UserStore.REFERENCE_COLUMNS;

  private final Database database;

  public OauthStore(Database database) {
    this.database = database;
  }

  private static final String HOLDER =
      """
      SELECT c.id AS client_id, c.scopes, ms(t.expires_at) AS expires_at,
      """
          + HolderRow.COLUMNS
          + """
      FROM oauth_token t
        JOIN oauth_client c ON c.id = t.client_id
        JOIN users u ON u.numeric_id = c.user_id
        JOIN realm r ON r.id = u.realm_id
      WHERE t.hash = $1 AND t.expires_at > clock_timestamp()
        AND c.revoked_at IS NULL AND u.deleted_at IS NULL
      """;

  /** The user who made the account, with the scopes of the account. */
  @Override
  public Future<Optional<Principal>> find(String credential, TokenHash hash) {
    return database
        .query(HOLDER, Tuple.of(bytes(hash)))
        .map(
            rows -> {
              for (Row row : rows) {
                return Optional.of(
                    HolderRow.principal(
                        row,
                        ApiKeyStore.scopes(row),
                        row.getUUID("client_id"),
                        row.getLong("expires_at")));
              }
              return Optional.empty();
            });
  }

  /** An account to be written. */
  public record NewRow(
      UUID id, int realmId, int userId, String name, TokenHash secret, Set<Scope> scopes) {
    public NewRow {
      scopes = Set.copyOf(scopes);
    }
  }

  private static final String INSERT =
      "WITH c AS ("
          + """
            INSERT INTO oauth_client (id, realm_id, user_id, name, secret_hash, scopes)
            VALUES ($1, $2, $3, $4, $5, $6)
            RETURNING *
          """
          + ") SELECT "
          + COLUMNS
          + " FROM c JOIN users u ON u.numeric_id = c.user_id";

  public Future<OauthClient> insert(NewRow row, Initiator by) {
    return database.transaction(
        on ->
            Database.query(
                    on,
                    INSERT,
                    Tuple.of(
                        row.id(),
                        row.realmId(),
                        row.userId(),
                        row.name(),
                        bytes(row.secret()),
                        ApiKeyStore.names(row.scopes())))
                .map(rows -> client(rows.iterator().next()))
                .compose(
                    client ->
                        AdminChange.CREATED
                            .write(
                                on, row.realmId(), "oauth-client", client.id(), client.name(), by)
                            .map(client)));
  }

  private static final String FROM =
      " FROM oauth_client c JOIN users u ON u.numeric_id = c.user_id ";

  private static final String LIST =
      "SELECT "
          + COLUMNS
          + FROM
          + """
          WHERE c.realm_id = $1 AND c.revoked_at IS NULL AND u.deleted_at IS NULL
            AND ($2::uuid IS NULL OR c.id < $2)
          ORDER BY c.id DESC
          LIMIT $3
          """;

  /**
   * Accounts of a realm, newest first.
   *
   * @param after the last one that is known; null for the first page
   */
  public Future<List<OauthClient>> list(int realmId, @Nullable UUID after, int limit) {
    return database.query(LIST, Tuple.of(realmId, after, limit)).map(OauthStore::clients);
  }

  private static final String BY_ID =
      "SELECT "
          + COLUMNS
          + FROM
          + "WHERE c.id = $1 AND c.revoked_at IS NULL AND u.deleted_at IS NULL";

  public Future<Optional<OauthClient>> find(UUID id) {
    return database.query(BY_ID, Tuple.of(id)).map(rows -> clients(rows).stream().findFirst());
  }

  private static final String REVOKE =
      """
      WITH tokens AS (DELETE FROM oauth_token WHERE client_id = $1)
      UPDATE oauth_client SET revoked_at = clock_timestamp()
      WHERE id = $1 AND revoked_at IS NULL
      """;

  /**
   * Ends an account and all its tokens.
   *
   * @return whether it was there until now
   */
  public Future<Boolean> revoke(OauthClient client, Initiator by) {
    return database.transaction(
        on ->
            Database.query(on, REVOKE, Tuple.of(client.id()))
                .compose(
                    rows ->
                        rows.rowCount() == 0
                            ? Future.succeededFuture(false)
                            : AdminChange.REVOKED
                                .write(
                                    on,
                                    client.realmId(),
                                    "oauth-client",
                                    client.id(),
                                    client.name(),
                                    by)
                                .map(true)));
  }

  /** The lock lets one token of an account be made at a time, so that they can be counted. */
  private static final String LOCKED =
      """
      SELECT c.secret_hash, c.realm_id, u.numeric_id
      FROM oauth_client c JOIN users u ON u.numeric_id = c.user_id
      WHERE c.id = $1 AND c.revoked_at IS NULL AND u.deleted_at IS NULL
      FOR UPDATE OF c
      """;

  private static final String EVICT =
      """
      DELETE FROM oauth_token t
      WHERE t.client_id = $1 AND (t.expires_at <= clock_timestamp() OR t.number IN (
        SELECT live.number FROM oauth_token live
        WHERE live.client_id = $1 AND live.expires_at > clock_timestamp()
        ORDER BY live.number DESC
        OFFSET $2::integer))
      RETURNING t.expires_at > clock_timestamp() AS live
      """;

  private static final String ISSUE =
      """
      INSERT INTO oauth_token (hash, client_id, expires_at)
      VALUES ($1, $2, clock_timestamp() + $3::bigint * interval '1 ms')
      """;

  /** What came of asking for a token. */
  public enum Issued {
    /** There is no such account, or this is not its secret. */
    REFUSED,
    /** The token is good. */
    ISSUED,
    /** So it is, and an older one no longer is. */
    EVICTED
  }

  /** Makes a token for the account whose secret this is. */
  public Future<Issued> issue(UUID clientId, TokenHash secret, TokenHash token, Duration life) {
    return database.transaction(
        on ->
            Database.query(on, LOCKED, Tuple.of(clientId))
                .compose(
                    rows -> {
                      for (Row row : rows) {
                        return secret.matches(row.getBuffer("secret_hash").getBytes())
                            ? issue(on, clientId, token, life)
                            : refused(on, clientId, row).map(Issued.REFUSED);
                      }
                      return Future.succeededFuture(Issued.REFUSED);
                    }));
  }

  private static Future<Issued> issue(
      SqlConnection on, UUID clientId, TokenHash token, Duration life) {
    return Database.query(on, EVICT, Tuple.of(clientId, MOST_TOKENS - 1))
        .compose(
            evicted -> {
              boolean live = false;
              for (Row row : evicted) {
                live |= row.getBoolean("live");
              }
              return Database.query(on, ISSUE, Tuple.of(bytes(token), clientId, life.toMillis()))
                  .map(live ? Issued.EVICTED : Issued.ISSUED);
            });
  }

  private static Future<Void> refused(SqlConnection on, UUID clientId, Row row) {
    long user = row.getInteger("numeric_id");
    return EventWriter.write(
        on,
        new LogEntry(
            EventType.AUTH_DENIED,
            row.getInteger("realm_id"),
            null,
            user,
            new JsonObject()
                .put("method", "client_credentials")
                .put("userId", user)
                .put("clientId", clientId.toString())));
  }

  private static List<OauthClient> clients(RowSet<Row> rows) {
    List<OauthClient> clients = new ArrayList<>(rows.size());
    rows.forEach(row -> clients.add(client(row)));
    return clients;
  }

  private static OauthClient client(Row row) {
    return new OauthClient(
        row.getUUID("id"),
        row.getInteger("realm_id"),
        UserStore.reference(row),
        row.getString("name"),
        ApiKeyStore.scopes(row),
        row.getLong("created_at"));
  }

  private static Buffer bytes(TokenHash hash) {
    return Buffer.buffer(hash.bytes());
  }
}
