package dev.curfew.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection apart from the pools, for one question at a time that must not wait behind others.
 * It is made when it is needed. One that leaves a question unanswered is given up for a new one:
 * nothing more may ever come out of it when the server's machine has vanished.
 */
final class Line {
  private final Supplier<Future<SqlConnection>> connect;
  private @Nullable Future<SqlConnection> connection;
  private boolean closed;

  /**
   * @param connect makes a connection, or fails after a while
   */
  Line(Supplier<Future<SqlConnection>> connect) {
    this.connect = connect;
  }

  /**
   * @param patience how long the answer may take, a new connection included; one that takes longer
   *     to be made is there for the next question
   */
  Future<RowSet<Row>> ask(String sql, Tuple parameters, Duration patience) {
    Future<SqlConnection> on = connection();
    return on.compose(open -> Database.query(open, sql, parameters))
        .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .recover(failure -> Future.failedFuture(Database.unavailable(failure)))
        .onFailure(
            failure -> {
              if (on.isComplete() && !Database.refusesContent(failure)) {
                drop(on);
              }
            });
  }

  private synchronized Future<SqlConnection> connection() {
    if (closed) {
      return Future.failedFuture("The connection is closed for good");
    }
    Future<SqlConnection> present = connection;
    if (present != null) {
      return present;
    }
    Future<SqlConnection> made = connect.get();
    connection = made;
    made.onSuccess(open -> open.closeHandler(ended -> drop(made))).onFailure(none -> drop(made));
    return made;
  }

  private synchronized void drop(Future<SqlConnection> lost) {
    if (connection == lost) {
      connection = null;
      lost.onSuccess(SqlConnection::close);
    }
  }

  synchronized Future<Void> close() {
    closed = true;
    Future<SqlConnection> last = connection;
    connection = null;
    return last == null
        ? Future.succeededFuture()
        : last.compose(SqlConnection::close).otherwiseEmpty();
  }
}
