package dev.curfew.store;

import dev.curfew.auth.Role;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Token sessions: who has them, and the properties that are kept with them. */
public final class TokenStore {
  private final Database database;

  public TokenStore(Database database) {
    this.database = database;
  }

  /**
   * A live token session. Times are epoch milliseconds, durations milliseconds.
   *
   * @param lastAccess as far as it has been written
   */
  public record TokenRow(
      UUID id,
      int realmId,
      String realm,
      int userId,
      UUID userUuid,
      String username,
      Set<Role> roles,
      long startedAt,
      long expiresAt,
      long maxDuration,
      long maxIdle,
      long lastAccess) {
    public TokenRow {
      roles = Set.copyOf(roles);
    }
  }

  private static final String OF_REALM =
      """
      FROM session s
        JOIN users u ON u.numeric_id = s.user_id
      WHERE s.realm_id = $1 AND s.kind = 6 AND s.state < 3 AND u.deleted_at IS NULL
        AND ($2::text IS NULL OR lower(u.username) = lower($2))
      """;

  private static final String LIVE =
      """
      WITH live AS (
        SELECT s.id, s.realm_id, s.started_at, s.expires_at, s.max_duration_ms, s.max_idle_ms,
          u.numeric_id AS user_id, u.id AS user_uuid, u.username, u.roles
      """
          + OF_REALM
          + """
        ORDER BY s.id
        LIMIT $3
      )
      SELECT l.id, l.realm_id, r.name AS realm, l.user_id, l.user_uuid, l.username, l.roles,
        ms(l.started_at) AS started_at, ms(l.expires_at) AS expires_at,
        l.max_duration_ms, l.max_idle_ms,
        COALESCE(ms(p.last_access_at), ms(l.started_at)) AS last_access
      FROM live l
        JOIN realm r ON r.id = l.realm_id
        LEFT JOIN session_pulse p ON p.session_id = l.id
      ORDER BY l.id
      """;

  /**
   * Live token sessions of a realm, oldest first.
   *
   * @param username null for all users
   */
  public Future<List<TokenRow>> live(int realmId, @Nullable String username, int limit) {
    return database
        .query(LIVE, Tuple.of(realmId, username, limit))
        .map(
            rows -> {
              List<TokenRow> tokens = new ArrayList<>(rows.size());
              rows.forEach(row -> tokens.add(token(row)));
              return tokens;
            });
  }

  private static TokenRow token(Row row) {
    return new TokenRow(
        row.getUUID("id"),
        row.getInteger("realm_id"),
        row.getString("realm"),
        row.getInteger("user_id"),
        row.getUUID("user_uuid"),
        row.getString("username"),
        UserStore.roles(row),
        row.getLong("started_at"),
        row.getLong("expires_at"),
        row.getLong("max_duration_ms"),
        row.getLong("max_idle_ms"),
        row.getLong("last_access"));
  }

  private static final String COUNT = "SELECT count(*) " + OF_REALM;

  /** How many {@link #live} would show without a limit. */
  public Future<Long> count(int realmId, @Nullable String username) {
    return database
        .query(COUNT, Tuple.of(realmId, username))
        .map(rows -> rows.iterator().next().getLong(0));
  }

  private static final String AMONG =
      """
      SELECT id FROM session
      WHERE id = ANY($1) AND kind = 6 AND state < 3 AND ($2::integer IS NULL OR realm_id = $2)
      """;

  /**
   * Which of these are live token sessions of a realm.
   *
   * @param realmId null for any
   */
  public Future<List<UUID>> among(Collection<UUID> ids, @Nullable Integer realmId) {
    return database.query(AMONG, Tuple.of(ids.toArray(new UUID[0]), realmId)).map(TokenStore::ids);
  }

  private static final String OF_USER =
      "SELECT id FROM session WHERE user_id = $1 AND kind = 6 AND state < 3";

  /** The live token sessions of a user. */
  public Future<List<UUID>> ofUser(long userId) {
    return database.query(OF_USER, Tuple.of(userId)).map(TokenStore::ids);
  }

  private static List<UUID> ids(RowSet<Row> rows) {
    List<UUID> ids = new ArrayList<>(rows.size());
    rows.forEach(row -> ids.add(row.getUUID(0)));
    return ids;
  }

  // Properties

  private static final String PROPERTIES =
      """
      SELECT t.properties FROM session_token t JOIN session s ON s.id = t.session_id
      WHERE t.session_id = $1 AND s.state < 3
      """;

  /** Empty when the session is over. */
  public Future<Optional<Map<String, String>>> properties(UUID id) {
    return database
        .query(PROPERTIES, Tuple.of(id))
        .map(
            rows -> {
              for (Row row : rows) {
                Map<String, String> properties = new TreeMap<>();
                row.getJsonObject("properties")
                    .forEach(entry -> properties.put(entry.getKey(), (String) entry.getValue()));
                return Optional.of(properties);
              }
              return Optional.empty();
            });
  }

  /** What became of a change to the properties of a session. */
  public enum Change {
    DONE,
    TOO_MANY,
    NOT_LIVE
  }

  private static final String SET =
      """
      UPDATE session_token t SET properties = t.properties || $2::text::jsonb
      FROM session s
      WHERE t.session_id = $1 AND s.id = t.session_id AND s.state < 3
        AND (SELECT count(*) FROM jsonb_object_keys(t.properties || $2::text::jsonb)) <= $3
      """;

  /**
   * Adds or replaces properties, all or none.
   *
   * @param most how many there may be afterwards
   */
  public Future<Change> setProperties(UUID id, Map<String, String> properties, int most) {
    return database
        .query(SET, Tuple.of(id, json(properties), most))
        .compose(
            rows ->
                rows.rowCount() == 1
                    ? Future.succeededFuture(Change.DONE)
                    : properties(id)
                        .map(live -> live.isPresent() ? Change.TOO_MANY : Change.NOT_LIVE));
  }

  private static final String DELETE =
      """
      UPDATE session_token t SET properties = t.properties - $2::text[]
      FROM session s
      WHERE t.session_id = $1 AND s.id = t.session_id AND s.state < 3
      """;

  public Future<Change> deleteProperties(UUID id, Collection<String> names) {
    return database
        .query(DELETE, Tuple.from(new Object[] {id, names.toArray(new String[0])}))
        .map(rows -> rows.rowCount() == 1 ? Change.DONE : Change.NOT_LIVE);
  }

  /** Properties as they are stored. */
  public static String json(Map<String, String> properties) {
    JsonObject json = new JsonObject();
    properties.forEach(json::put);
    return json.encode();
  }
}
