package dev.curfew.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A task that one node of the cluster has at a time: an advisory lock of the database, held by a
 * connection of its own. When the connection ends, by whatever cause, the server gives the lock to
 * the next who asks; one whose node has vanished without ending it is ended by the server within
 * half a minute.
 */
public final class ClusterSeat {
  /** How long its connection may take to answer before it counts as gone. */
  private static final int PATIENCE_SECONDS = 5;

  private final Database database;
  private final long key;
  private volatile @Nullable SqlConnection connection;

  /**
   * @param name the task; nodes that ask for the same name compete
   */
  public ClusterSeat(Database database, String name) {
    this.database = database;
    this.key = 0x63757266L << 32 | Integer.toUnsignedLong(name.hashCode());
  }

  /**
   * Whether this node has the seat now: still, or from now on. Not to be called again before it has
   * answered.
   */
  public Future<Boolean> held() {
    SqlConnection holding = connection;
    return holding == null ? take() : stillHeld(holding);
  }

  private Future<Boolean> stillHeld(SqlConnection holding) {
    return Database.query(holding, "SELECT 1", Tuple.tuple())
        .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .map(true)
        .recover(
            lost -> {
              drop(holding);
              return Future.succeededFuture(false);
            });
  }

  private Future<Boolean> take() {
    return database
        .dedicated()
        .compose(
            candidate ->
                Database.query(candidate, "SELECT pg_try_advisory_lock($1)", Tuple.of(key))
                    .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .map(rows -> rows.iterator().next().getBoolean(0))
                    .onSuccess(
                        taken -> {
                          if (taken) {
                            connection = candidate;
                            candidate.closeHandler(closed -> drop(candidate));
                          } else {
                            candidate.close();
                          }
                        })
                    .onFailure(failure -> candidate.close()));
  }

  private void drop(SqlConnection lost) {
    if (connection == lost) {
      connection = null;
      lost.close();
    }
  }

  /** Leaves the seat to the next. */
  public Future<Void> leave() {
    SqlConnection holding = connection;
    connection = null;
    return holding == null ? Future.succeededFuture() : holding.close();
  }
}
