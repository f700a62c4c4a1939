package dev.curfew.store;

import dev.curfew.auth.SealedSecret;
import dev.curfew.realm.Checkout;
import dev.curfew.session.EventType;
import dev.curfew.session.Initiator;
import dev.curfew.session.SessionState;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntFunction;

/** Checkouts. They are opened by the commit that creates their session. */
public final class CheckoutStore {
  private final Database database;

  public CheckoutStore(Database database) {
    this.database = database;
  }

  private static final String NEXT_ID = "SELECT nextval('checkout_id')";

  public Future<Long> nextId() {
    return database.query(NEXT_ID, Tuple.tuple()).map(rows -> rows.iterator().next().getLong(0));
  }

  private static final String COLUMNS =
      """
      k.id, k.realm_id, k.credential_id, k.session_id, s.state, k.target_host,
      ms(k.opened_at) AS opened_at, ms(s.expires_at) AS expires_at,
      COALESCE(ms(k.closed_at), 0) AS closed_at,
      """
          + UserStore.REFERENCE_COLUMNS
          + """
          FROM checkout k
            JOIN session s ON s.id = k.session_id
            JOIN users u ON u.numeric_id = k.user_id
          """;

  private static final String BY_ID = "SELECT " + COLUMNS + " WHERE k.id = $1";

  public Future<Optional<Checkout>> find(long id) {
    return database
        .query(BY_ID, Tuple.of(id))
        .map(
            rows -> {
              for (Row row : rows) {
                return Optional.of(checkout(row));
              }
              return Optional.empty();
            });
  }

  private static final String OPEN =
      """
      SELECT k.id, k.realm_id, k.user_id, k.credential_id, c.rotate_on_checkin
      FROM checkout k JOIN credential c ON c.id = k.credential_id
      WHERE k.session_id = $1 AND k.closed_at IS NULL
      FOR UPDATE OF k
      """;

  private static final String CLOSE =
      "UPDATE checkout SET closed_at = clock_timestamp() WHERE id = $1 AND closed_at IS NULL";

  private static final String ROTATE =
      """
      UPDATE credential SET secret = $2, rotated_at = clock_timestamp()
      WHERE id = $1 AND deleted_at IS NULL
      """;

  /**
   * Closes the checkout of a session, if it has an open one: with its event and, where the
   * credential asks for it, the credential's new secret, in one transaction.
   *
   * @param newSecret makes a secret for the credential of this id
   * @return whether this call closed it
   */
  public Future<Boolean> close(UUID sessionId, IntFunction<SealedSecret> newSecret, Initiator by) {
    return database.transaction(
        on ->
            Database.query(on, OPEN, Tuple.of(sessionId))
                .compose(
                    rows -> {
                      for (Row row : rows) {
                        return close(on, row, sessionId, newSecret, by).map(true);
                      }
                      return Future.succeededFuture(false);
                    }));
  }

  private static Future<Void> close(
      SqlConnection on,
      Row open,
      UUID sessionId,
      IntFunction<SealedSecret> newSecret,
      Initiator by) {
    long checkout = open.getLong("id");
    int credential = open.getInteger("credential_id");
    boolean rotate = open.getBoolean("rotate_on_checkin");
    return Database.query(on, CLOSE, Tuple.of(checkout))
        .compose(
            closed ->
                rotate
                    ? Database.query(
                            on,
                            ROTATE,
                            Tuple.of(
                                credential, Buffer.buffer(newSecret.apply(credential).bytes())))
                        .<Void>mapEmpty()
                    : Future.<Void>succeededFuture())
        .compose(
            rotated ->
                EventWriter.write(
                    on,
                    new LogEntry(
                        EventType.CHECKOUT_CLOSED,
                        open.getInteger("realm_id"),
                        sessionId,
                        open.getLong("user_id"),
                        new JsonObject()
                            .put("sessionId", sessionId.toString())
                            .put("checkOutId", Long.toString(checkout))
                            .put("credentialId", credential)
                            .put("rotated", rotate)
                            .put("by", LogEntry.initiator(by)))));
  }

  private static Checkout checkout(Row row) {
    return new Checkout(
        row.getLong("id"),
        row.getInteger("realm_id"),
        row.getInteger("credential_id"),
        UserStore.reference(row),
        row.getUUID("session_id"),
        SessionState.ofCode(row.getShort("state")),
        row.getString("target_host"),
        row.getLong("opened_at"),
        row.getLong("expires_at"),
        row.getLong("closed_at"));
  }
}
