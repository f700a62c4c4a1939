package dev.curfew.store;

import dev.curfew.auth.SealedSecret;
import dev.curfew.session.EndReason;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.HexFormat;
import java.util.Objects;
import java.util.UUID;

/**
 * Who is to be told of the end of token sessions. The end itself turns their rows into deliveries,
 * of which this knows how to read what they say.
 */
public final class ListenerStore {
  /** The kind of the lanes by which they are told, one for each URL of a realm. */
  public static final String LANES = "agent";

  private final Database database;

  public ListenerStore(Database database) {
    this.database = database;
  }

  /**
   * What a delivery says: that a session has ended.
   *
   * @param id of the listener
   * @param sealed the session's token
   * @param endedAt epoch milliseconds
   */
  public record Notification(
      long id, UUID sessionId, SealedSecret sealed, String url, EndReason reason, long endedAt) {}

  /** Reads what the trigger of the session's end has written. */
  public static Notification notification(DueDelivery due) {
    JsonObject payload = new JsonObject(Objects.requireNonNull(due.payload(), "no payload"));
    return new Notification(
        payload.getLong("notification"),
        UUID.fromString(payload.getString("sessionId")),
        SealedSecret.of(HexFormat.of().parseHex(payload.getString("token"))),
        payload.getString("url"),
        EndReason.ofCode(payload.getInteger("reason").shortValue()),
        payload.getLong("endedAt"));
  }

  private static final String REGISTER =
      """
      WITH live AS (
        SELECT id, realm_id FROM session WHERE id = $1 AND kind = 6 AND state < 4 FOR SHARE
      ), room AS (
        SELECT id, realm_id, agent_lane(realm_id, $2) AS lane_id FROM live
        WHERE (SELECT count(*) FROM session_listener WHERE session_id = $1) < $4
      ), lane AS (
        INSERT INTO lane (id, kind, realm_id)
        SELECT lane_id, 'agent', realm_id FROM room
        ON CONFLICT (id) DO NOTHING
      ), added AS (
        INSERT INTO session_listener (session_id, url, token, lane_id)
        SELECT id, $2, $3, lane_id FROM room
        ON CONFLICT (session_id, url) DO NOTHING
        RETURNING id
      )
      SELECT (SELECT count(*) FROM live)::integer AS live,
        (SELECT count(*) FROM added)::integer
          + (SELECT count(*) FROM session_listener WHERE session_id = $1 AND url = $2)::integer
          AS registered
      """;

  /** What became of a registration. */
  public enum Registration {
    DONE,
    TOO_MANY,
    NOT_LIVE
  }

  /**
   * Adds a listener to a session that has not ended. Registering it again changes nothing.
   *
   * @param most how many listeners a session may have
   */
  public Future<Registration> register(UUID sessionId, String url, SealedSecret token, int most) {
    Tuple listener = Tuple.of(sessionId, url, Buffer.buffer(token.bytes()), (long) most);
    return database
        .query(REGISTER, listener)
        .recover(
            failure ->
                Database.refusesContent(failure)
                    // The lane was about to be swept away; it is made anew.
                    ? database.query(REGISTER, listener)
                    : Future.failedFuture(failure))
        .map(
            rows -> {
              Row row = rows.iterator().next();
              if (row.getInteger("live") == 0) {
                return Registration.NOT_LIVE;
              }
              return row.getInteger("registered") == 0 ? Registration.TOO_MANY : Registration.DONE;
            });
  }
}
