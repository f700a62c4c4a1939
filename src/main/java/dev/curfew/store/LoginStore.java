package dev.curfew.store;

import dev.curfew.auth.ExternalIdentity;
import dev.curfew.auth.Principal;
import dev.curfew.auth.TokenHash;
import dev.curfew.session.EventType;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * Logins and their refresh tokens, by their hashes; and whom the tokens of other issuers name.
 *
 * <p>Whatever changes a login locks its row first, so that of a refresh and a logout at the same
 * time one comes first: either the login is over when the refresh looks, or the logout takes the
 * new token with it.
 */
public final class LoginStore {
  private final Database database;

  public LoginStore(Database database) {
    this.database = database;
  }

  private static final String HOLDER =
      "SELECT "
          + HolderRow.COLUMNS
          + """
      FROM login l
        JOIN users u ON u.numeric_id = l.user_id
        JOIN realm r ON r.id = u.realm_id
      WHERE l.id = $1 AND u.id = $2 AND l.ended_at IS NULL
        AND l.expires_at > clock_timestamp() AND u.deleted_at IS NULL
      """;

  /**
   * Who is logged in by this login.
   *
   * @param expiresAt when the token expires that says so
   */
  public Future<Optional<Principal>> holder(UUID loginId, UUID userId, long expiresAt) {
    return database
        .query(HOLDER, Tuple.of(loginId, userId))
        .map(
            rows -> {
              for (Row row : rows) {
                return Optional.of(HolderRow.loggedIn(row, null, loginId, expiresAt));
              }
              return Optional.empty();
            });
  }

  private static final String NAMED =
      "SELECT "
          + HolderRow.COLUMNS
          + """
      FROM users u
        JOIN realm r ON r.id = u.realm_id
      WHERE r.name = $1 AND u.deleted_at IS NULL
        AND CASE WHEN $3 THEN lower(u.email) = lower($2)
                 ELSE lower(u.username) = lower($2) END
      LIMIT 2
      """;

  /** The user whom another issuer's token names; an address of several users is nobody's. */
  public Future<Optional<Principal>> holder(ExternalIdentity identity) {
    return database
        .query(NAMED, Tuple.of(identity.realm(), identity.name(), identity.byEmail()))
        .map(
            rows -> {
              for (Row row : rows) {
                if (rows.size() == 1) {
                  return Optional.of(
                      HolderRow.loggedIn(
                          row, identity.roles(), identity.credentialId(), identity.expiresAt()));
                }
              }
              return Optional.empty();
            });
  }

  /**
   * A login as its tokens need to know it.
   *
   * @param expiresAt epoch milliseconds
   */
  public record LoginRow(UUID id, UUID userId, long expiresAt) {}

  private static final String OPEN =
      """
      WITH old AS (
        SELECT id FROM login WHERE expires_at < clock_timestamp() - interval '1 hour'
        ORDER BY expires_at LIMIT 20
        FOR UPDATE SKIP LOCKED
      ), forgotten AS (
        DELETE FROM login l USING old WHERE l.id = old.id
      )
      INSERT INTO login (id, user_id, expires_at)
      SELECT $1, u.numeric_id, at_ms($3)
      FROM users u
      WHERE u.id = $2 AND u.deleted_at IS NULL
      """;

  private static final String ADD_TOKEN =
      """
      INSERT INTO refresh_token (hash, login_id, expires_at)
      VALUES ($1, $2, clock_timestamp() + $3::bigint * interval '1 ms')
      """;

  /**
   * Opens a login with its first refresh token.
   *
   * @return whether the user was still there
   */
  public Future<Boolean> open(LoginRow login, TokenHash token, Duration tokenLife) {
    return database.transaction(
        on ->
            Database.query(on, OPEN, Tuple.of(login.id(), login.userId(), login.expiresAt()))
                .compose(
                    opened ->
                        opened.rowCount() == 0
                            ? Future.succeededFuture(false)
                            : addToken(on, login.id(), token, tokenLife).map(true)));
  }

  private static Future<Void> addToken(
      SqlConnection on, UUID loginId, TokenHash token, Duration life) {
    return Database.query(on, ADD_TOKEN, Tuple.of(bytes(token), loginId, life.toMillis()))
        .mapEmpty();
  }

  private static final String LOCKED =
      """
      SELECT l.id, u.id AS user_id, u.numeric_id, u.realm_id, ms(l.expires_at) AS expires_at,
        t.used_at IS NOT NULL AS used,
        l.ended_at IS NULL AND l.expires_at > clock_timestamp() AND u.deleted_at IS NULL AS live,
        t.expires_at > clock_timestamp() AS fresh
      FROM refresh_token t
        JOIN login l ON l.id = t.login_id
        JOIN users u ON u.numeric_id = l.user_id
      WHERE t.hash = $1
      FOR UPDATE OF l, t
      """;

  private static final String USE =
      "UPDATE refresh_token SET used_at = clock_timestamp() WHERE hash = $1";

  private static final String END =
      "UPDATE login SET ended_at = clock_timestamp() WHERE id = $1 AND ended_at IS NULL";

  /** What came of a refresh token. */
  public sealed interface Refreshed {
    /** It was exchanged for the next one. */
    record Renewed(LoginRow login) implements Refreshed {}

    /** It had been used before: somebody else has it, so the login is over for everybody. */
    record Reused() implements Refreshed {}

    /** It is unknown or expired, or its login is over. */
    record Refused() implements Refreshed {}
  }

  /** Exchanges a refresh token for the next one of its login. */
  public Future<Refreshed> refresh(TokenHash token, TokenHash next, Duration nextLife) {
    return database.transaction(
        on ->
            Database.query(on, LOCKED, Tuple.of(bytes(token)))
                .compose(rows -> refresh(on, rows, token, next, nextLife)));
  }

  private static Future<Refreshed> refresh(
      SqlConnection on, RowSet<Row> rows, TokenHash token, TokenHash next, Duration nextLife) {
    for (Row row : rows) {
      if (!row.getBoolean("live")) {
        break;
      }
      UUID id = row.getUUID("id");
      if (row.getBoolean("used")) {
        return Database.query(on, END, Tuple.of(id))
            .compose(ended -> reused(on, row))
            .map(new Refreshed.Reused());
      }
      if (row.getBoolean("fresh")) {
        LoginRow login = new LoginRow(id, row.getUUID("user_id"), row.getLong("expires_at"));
        return Database.query(on, USE, Tuple.of(bytes(token)))
            .compose(used -> addToken(on, id, next, nextLife))
            .map(new Refreshed.Renewed(login));
      }
    }
    return Future.succeededFuture(new Refreshed.Refused());
  }

  private static Future<Void> reused(SqlConnection on, Row row) {
    long user = row.getInteger("numeric_id");
    return EventWriter.write(
        on,
        new LogEntry(
            EventType.AUTH_DENIED,
            row.getInteger("realm_id"),
            null,
            user,
            new JsonObject()
                .put("method", "refresh")
                .put("userId", user)
                .put("reason", "A refresh token was used twice; the login was ended")));
  }

  /**
   * Ends a login.
   *
   * @return whether there is such a login, over or not
   */
  public Future<Boolean> end(UUID loginId, UUID userId) {
    return database.query(END_OWN, Tuple.of(loginId, userId)).map(rows -> rows.rowCount() > 0);
  }

  private static final String END_OWN =
      """
      UPDATE login l SET ended_at = COALESCE(l.ended_at, clock_timestamp())
      FROM users u
      WHERE l.id = $1 AND u.numeric_id = l.user_id AND u.id = $2
      """;

  private static final String END_BY_TOKEN =
      """
      UPDATE login l SET ended_at = COALESCE(l.ended_at, clock_timestamp())
      FROM refresh_token t
      WHERE t.hash = $1 AND l.id = t.login_id
      """;

  /**
   * Ends the login that a refresh token, used or not, belongs to.
   *
   * @return whether there is such a login, over or not
   */
  public Future<Boolean> end(TokenHash token) {
    return database.query(END_BY_TOKEN, Tuple.of(bytes(token))).map(rows -> rows.rowCount() > 0);
  }

  private static Buffer bytes(TokenHash hash) {
    return Buffer.buffer(hash.bytes());
  }
}
