package dev.curfew.store;

import dev.curfew.auth.TokenHash;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;
import java.util.UUID;

/** One-time join tokens, by their hashes. */
public final class JoinTokenStore {
  private final Database database;

  public JoinTokenStore(Database database) {
    this.database = database;
  }

  /**
   * What a token opens.
   *
   * @param width in pixels
   * @param height in pixels
   * @param expiresAt epoch milliseconds
   */
  public record JoinRow(
      UUID sessionId, String gateway, int width, int height, int dpi, long expiresAt) {}

  private static final String INSERT =
      """
      WITH outdated AS (
        DELETE FROM join_token WHERE expires_at < clock_timestamp() - interval '1 hour'
      )
      INSERT INTO join_token (hash, session_id, parameters, expires_at)
      VALUES ($1, $2, $3, at_ms($4))
      """;

  public Future<Void> insert(TokenHash hash, JoinRow row) {
    JsonObject parameters =
        new JsonObject()
            .put("gateway", row.gateway())
            .put("width", row.width())
            .put("height", row.height())
            .put("dpi", row.dpi());
    return database
        .query(
            INSERT,
            Tuple.of(Buffer.buffer(hash.bytes()), row.sessionId(), parameters, row.expiresAt()))
        .mapEmpty();
  }

  private static final String USE =
      """
      UPDATE join_token SET used_at = clock_timestamp()
      WHERE hash = $1 AND used_at IS NULL AND expires_at > clock_timestamp()
      RETURNING session_id, parameters, ms(expires_at) AS expires_at
      """;

  /** Uses a token up; empty when it is unknown, used or expired. */
  public Future<Optional<JoinRow>> use(TokenHash hash) {
    return database
        .query(USE, Tuple.of(Buffer.buffer(hash.bytes())))
        .map(
            rows -> {
              for (Row row : rows) {
                JsonObject parameters = row.getJsonObject("parameters");
                return Optional.of(
                    new JoinRow(
                        row.getUUID("session_id"),
                        parameters.getString("gateway"),
                        parameters.getInteger("width"),
                        parameters.getInteger("height"),
                        parameters.getInteger("dpi"),
                        row.getLong("expires_at")));
              }
              return Optional.empty();
            });
  }
}
