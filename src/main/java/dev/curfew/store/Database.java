package dev.curfew.store;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.flywaydb.core.Flyway;

/** The PostgreSQL server that holds the truth: migrated, and reached through one pool a node. */
public final class Database {
  /** How long to wait for a connection before the database counts as away. */
  private static final int CONNECT_SECONDS = 8;

  /** How many commits of a node may be under way at once. */
  public static final int CONCURRENT_COMMITS = 4;

  private final Pool pool;

  /** For the batches of the shards alone: decisions never queue behind questions. */
  private final Pool commits;

  /** One connection apart from the others, so that the clock is measured and not the queue. */
  private final Pool control;

  private final Vertx vertx;
  private final DatabaseEndpoint endpoint;

  private Database(Vertx vertx, DatabaseEndpoint endpoint, Pool pool, Pool commits, Pool control) {
    this.vertx = vertx;
    this.endpoint = endpoint;
    this.pool = pool;
    this.commits = commits;
    this.control = control;
  }

  /**
   * Migrates the schema, then opens the pool. Several nodes may do this at once.
   *
   * @param poolSize most connections of this node
   */
  public static Future<Database> open(Vertx vertx, DatabaseEndpoint endpoint, int poolSize) {
    return vertx
        .<Void>executeBlocking(
            () -> {
              migrate(endpoint);
              return null;
            })
        .map(
            migrated ->
                new Database(
                    vertx,
                    endpoint,
                    pool(vertx, endpoint, poolSize, "curfew-postgres"),
                    pool(vertx, endpoint, CONCURRENT_COMMITS, "curfew-postgres-commits"),
                    pool(vertx, endpoint, 1, "curfew-postgres-control")));
  }

  private static void migrate(DatabaseEndpoint endpoint) {
    Flyway.configure()
        .dataSource(endpoint.dataSource())
        .locations("classpath:db/migration")
        .load()
        .migrate();
  }

  private static PgConnectOptions connectOptions(DatabaseEndpoint endpoint) {
    return endpoint
        .connectOptions()
        .setCachePreparedStatements(true)
        .setPreparedStatementCacheMaxSize(256)
        .setPipeliningLimit(1)
        // A transaction left open would hold back the event log's horizon for every reader.
        .addProperty("idle_in_transaction_session_timeout", "15s")
        .addProperty("statement_timeout", "30s");
  }

  private static Pool pool(Vertx vertx, DatabaseEndpoint endpoint, int poolSize, String name) {
    return PgBuilder.pool()
        .with(
            new PoolOptions()
                .setMaxSize(poolSize)
                .setConnectionTimeout(CONNECT_SECONDS)
                .setConnectionTimeoutUnit(TimeUnit.SECONDS)
                .setName(name)
                .setShared(true))
        .connectingTo(connectOptions(endpoint))
        .using(vertx)
        .build();
  }

  public Future<Void> close() {
    return pool.close().eventually(commits::close).eventually(control::close);
  }

  /** The server's clock, in epoch microseconds. */
  public Future<Long> clockMicros() {
    return query(
            control,
            "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
            Tuple.tuple())
        .map(rows -> rows.iterator().next().getLong(0));
  }

  Future<RowSet<Row>> query(String sql, Tuple parameters) {
    return query(pool, sql, parameters);
  }

  Future<RowSet<Row>> commit(String sql, Tuple parameters) {
    return query(commits, sql, parameters);
  }

  static Future<RowSet<Row>> query(SqlClient on, String sql, Tuple parameters) {
    return on.preparedQuery(sql)
        .execute(parameters)
        .recover(failure -> Future.failedFuture(unavailable(failure)));
  }

  /**
   * A connection of its own, outside the pools, for whoever holds on to its session. The server
   * looks soon whether the node is still there, since others wait for what the session holds.
   */
  Future<SqlConnection> dedicated() {
    PgConnectOptions options =
        connectOptions(endpoint)
            .addProperty("tcp_keepalives_idle", "10")
            .addProperty("tcp_keepalives_interval", "5")
            .addProperty("tcp_keepalives_count", "3");
    return PgConnection.connect(vertx, options)
        .timeout(CONNECT_SECONDS, TimeUnit.SECONDS)
        .<SqlConnection>map(connection -> connection)
        .recover(failure -> Future.failedFuture(unavailable(failure)));
  }

  /** Runs several statements in one transaction. */
  <T> Future<T> transaction(Function<SqlConnection, Future<T>> work) {
    return pool.withTransaction(work).recover(failure -> Future.failedFuture(unavailable(failure)));
  }

  /** Whether the server itself refused the statement for its content, and would do so again. */
  static boolean refusesContent(Throwable failure) {
    Throwable cause = failure instanceof CurfewException wrapped ? wrapped.getCause() : failure;
    if (!(cause instanceof PgException refusal)) {
      return false;
    }
    String state = refusal.getSqlState();
    return state != null && (state.startsWith("22") || state.startsWith("23"));
  }

  /** What the server said, in one line. */
  static String reason(Throwable failure) {
    Throwable cause = failure.getCause();
    return String.valueOf((cause == null ? failure : cause).getMessage());
  }

  /** Whether a unique constraint stood in the way. */
  static boolean isDuplicate(Throwable failure) {
    Throwable cause = failure instanceof CurfewException wrapped ? wrapped.getCause() : failure;
    return cause instanceof PgException refusal && "23505".equals(refusal.getSqlState());
  }

  /** What is left of a failure once a unique constraint has been given its name. */
  static <T> Function<Throwable, Future<T>> orExists(String field, String message) {
    return failure ->
        Future.failedFuture(
            isDuplicate(failure)
                ? CurfewException.of(ErrorCode.ALREADY_EXISTS, field, message)
                : failure);
  }

  private static Throwable unavailable(Throwable failure) {
    if (failure instanceof CurfewException) {
      return failure;
    }
    return refusesContent(failure)
        ? CurfewException.causedBy(
            ErrorCode.INTERNAL, "The database refuses what it was given", failure)
        : CurfewException.causedBy(
            ErrorCode.UNAVAILABLE, "The database does not answer; try again", failure);
  }
}
