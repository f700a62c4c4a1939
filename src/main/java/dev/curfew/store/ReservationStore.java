package dev.curfew.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Places in the quotas of users. Whoever opens a session under a quota reserves a place first; the
 * commit that creates the session uses the place up, and without one creates nothing. So two
 * concurrent openings cannot both take the last place, whatever fails in between.
 */
public final class ReservationStore {
  /** Stands in the place of a policy for the quota of session tokens. */
  public static final int TOKENS = 0;

  /** For a quota that refuses what is too much. */
  public static final String DENY = "DENY_ACCESS";

  /**
   * How long a place is held. Longer than an opening takes, since later the session cannot begin;
   * what a node that died has left behind is in the way of others for so long.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Database database;

  public ReservationStore(Database database) {
    this.database = database;
  }

  /** What became of a wish for a place. */
  public sealed interface Answer {
    /**
     * A place is held.
     *
     * @param displaced sessions that must have ended before the new one is created
     */
    record Granted(List<UUID> displaced) implements Answer {
      public Granted {
        displaced = List.copyOf(displaced);
      }
    }

    /** Others hold the places and have not used them yet; ask again. */
    record Waits() implements Answer {}

    /** There is no place. */
    record Full() implements Answer {}
  }

  private static final String RESERVE =
      "SELECT granted, waits, displaced FROM reserve_session($1, $2, $3, $4, $5, $6)";

  /**
   * Asks for a place; see {@code reserve_session} in the schema for how it is decided.
   *
   * @param policyId whose quota it is; {@link #TOKENS} for that of session tokens
   * @param action the name of a {@link dev.curfew.realm.QuotaAction}
   */
  public Future<Answer> reserve(
      UUID sessionId, long userId, int policyId, int quota, String action) {
    return database
        .query(RESERVE, Tuple.of(sessionId, userId, policyId, quota, action, PATIENCE.toMillis()))
        .map(
            rows -> {
              Row row = rows.iterator().next();
              if (row.getBoolean("granted")) {
                return new Answer.Granted(List.of(row.getArrayOfUUIDs("displaced")));
              }
              return row.getBoolean("waits") ? new Answer.Waits() : new Answer.Full();
            });
  }

  private static final String RELEASE = "DELETE FROM session_reservation WHERE session_id = $1";

  /** Gives a place back that will not be used. */
  public Future<Void> release(UUID sessionId) {
    return database.query(RELEASE, Tuple.of(sessionId)).mapEmpty();
  }
}
