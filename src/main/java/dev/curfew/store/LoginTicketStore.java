package dev.curfew.store;

import dev.curfew.auth.TakenTickets;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;

/** The tickets of logins that were taken, for as long as they would be good. */
public final class LoginTicketStore implements TakenTickets {
  private final Database database;

  public LoginTicketStore(Database database) {
    this.database = database;
  }

  /** With each that is taken, some are forgotten that nobody would take any more. */
  private static final String TAKE =
      """
      WITH old AS (
        SELECT id FROM login_ticket_taken
        WHERE expires_at < clock_timestamp() - interval '1 minute'
        ORDER BY id LIMIT 20
        FOR UPDATE SKIP LOCKED),
      forgotten AS (
        DELETE FROM login_ticket_taken t USING old WHERE t.id = old.id)
      INSERT INTO login_ticket_taken (id, expires_at)
      VALUES ($1, to_timestamp($2::bigint / 1000.0))
      ON CONFLICT DO NOTHING
      """;

  @Override
  public Future<Boolean> take(UUID ticket, long expiresAt) {
    return database.query(TAKE, Tuple.of(ticket, expiresAt)).map(rows -> rows.rowCount() > 0);
  }
}
