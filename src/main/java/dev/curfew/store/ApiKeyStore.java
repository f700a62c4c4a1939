package dev.curfew.store;

import dev.curfew.auth.ApiKeyFormat;
import dev.curfew.auth.CredentialLookup;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Scope;
import dev.curfew.auth.TokenHash;
import dev.curfew.realm.ApiKey;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** API keys, by their hashes. */
public final class ApiKeyStore implements CredentialLookup {
  private static final String COLUMNS =
      """
      k.id, k.realm_id, k.name, k.description, k.prefix, k.scopes,
      ms(k.created_at) AS created_at, COALESCE(ms(k.expires_at), 0) AS expires_at,
      """
          + UserStore.REFERENCE_COLUMNS;

  private final Database database;

  public ApiKeyStore(Database database) {
    this.database = database;
  }

  private static final String HOLDER =
      """
      SELECT k.id AS key_id, k.scopes, COALESCE(ms(k.expires_at), 0) AS expires_at,
      """
          + HolderRow.COLUMNS
          + """
      FROM api_key k
        JOIN users u ON u.numeric_id = k.user_id
        JOIN realm r ON r.id = u.realm_id
      WHERE k.hash = $1 AND k.revoked_at IS NULL AND u.deleted_at IS NULL
        AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())
      """;

  @Override
  public Future<Optional<Principal>> find(String credential, TokenHash hash) {
    if (credential.length() > ApiKeyFormat.LONGEST) {
      return Future.succeededFuture(Optional.empty());
    }
    return database
        .query(HOLDER, Tuple.of(Buffer.buffer(hash.bytes())))
        .map(
            rows -> {
              for (Row row : rows) {
                return Optional.of(
                    HolderRow.principal(
                        row, scopes(row), row.getUUID("key_id"), row.getLong("expires_at")));
              }
              return Optional.empty();
            });
  }

  /**
   * A key to be written.
   *
   * @param expiresAt 0 for never
   */
  public record NewRow(
      UUID id,
      int realmId,
      int userId,
      String name,
      @Nullable String description,
      String prefix,
      TokenHash hash,
      Set<Scope> scopes,
      long expiresAt) {
    public NewRow {
      scopes = Set.copyOf(scopes);
    }
  }

  private static final String INSERT =
      "WITH k AS ("
          + """
            INSERT INTO api_key (id, realm_id, user_id, name, description, prefix, hash, scopes,
              expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, at_ms(NULLIF($9::bigint, 0)))
            RETURNING *
          """
          + ") SELECT "
          + COLUMNS
          + " FROM k JOIN users u ON u.numeric_id = k.user_id";

  public Future<ApiKey> insert(NewRow row, Initiator by) {
    return database.transaction(
        on ->
            Database.query(
                    on,
                    INSERT,
                    Tuple.from(
                        new Object[] {
                          row.id(),
                          row.realmId(),
                          row.userId(),
                          row.name(),
                          row.description(),
                          row.prefix(),
                          Buffer.buffer(row.hash().bytes()),
                          names(row.scopes()),
                          row.expiresAt()
                        }))
                .map(rows -> key(rows.iterator().next()))
                .compose(
                    key ->
                        AdminChange.CREATED
                            .write(on, row.realmId(), "api-key", key.id(), key.name(), by)
                            .map(key)));
  }

  private static final String FROM = " FROM api_key k JOIN users u ON u.numeric_id = k.user_id ";

  private static final String LIST =
      "SELECT "
          + COLUMNS
          + FROM
          + """
          WHERE k.realm_id = $1 AND k.revoked_at IS NULL AND ($2::uuid IS NULL OR k.id < $2)
          ORDER BY k.id DESC
          LIMIT $3
          """;

  /**
   * Keys that have not been revoked, newest first.
   *
   * @param after the last one that is known; null for the first page
   */
  public Future<List<ApiKey>> list(int realmId, @Nullable UUID after, int limit) {
    return database.query(LIST, Tuple.of(realmId, after, limit)).map(ApiKeyStore::keys);
  }

  private static final String BY_ID =
      "SELECT " + COLUMNS + FROM + "WHERE k.id = $1 AND k.revoked_at IS NULL";

  public Future<Optional<ApiKey>> find(UUID id) {
    return database.query(BY_ID, Tuple.of(id)).map(rows -> keys(rows).stream().findFirst());
  }

  private static final String REVOKE =
      "UPDATE api_key SET revoked_at = clock_timestamp() WHERE id = $1 AND revoked_at IS NULL";

  /**
   * @return whether it was valid until now
   */
  public Future<Boolean> revoke(ApiKey key, Initiator by) {
    return database.transaction(
        on ->
            Database.query(on, REVOKE, Tuple.of(key.id()))
                .compose(
                    rows ->
                        rows.rowCount() == 0
                            ? Future.succeededFuture(false)
                            : AdminChange.REVOKED
                                .write(on, key.realmId(), "api-key", key.id(), key.name(), by)
                                .map(true)));
  }

  static String[] names(Set<Scope> scopes) {
    return scopes.stream().sorted().map(Scope::wireName).toArray(String[]::new);
  }

  static Set<Scope> scopes(Row row) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String name : row.getArrayOfStrings("scopes")) {
      Scope.ofWireName(name).ifPresent(scopes::add);
    }
    return scopes;
  }

  private static List<ApiKey> keys(RowSet<Row> rows) {
    List<ApiKey> keys = new ArrayList<>(rows.size());
    rows.forEach(row -> keys.add(key(row)));
    return keys;
  }

  private static ApiKey key(Row row) {
    return new ApiKey(
        row.getUUID("id"),
        row.getInteger("realm_id"),
        UserStore.reference(row),
        row.getString("name"),
        row.getString("description"),
        row.getString("prefix"),
        scopes(row),
        row.getLong("created_at"),
        row.getLong("expires_at"));
  }
}
