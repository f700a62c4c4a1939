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
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.flywaydb.core.Flyway;

/** The PostgreSQL server that holds the truth: migrated, and reached through one pool a node. */
public final class Database {
  /** How long to wait for a connection before the database counts as away. */
  private static final int CONNECT_SECONDS = 8;

  /** How many commits of a node may be under way at once. */
  public static final int CONCURRENT_COMMITS = 4;

  /** What the server's sessions of a member are called begins so and ends with its id. */
  static final String SESSIONS_OF = "curfew/";

  private final Pool pool;

  /** For the batches of the shards alone: decisions never queue behind questions. */
  private final Pool commits;

  /** So that the clock is measured and not the queue. */
  private final Line clock;

  /** So that a member never seems to be silent because its node is busy. */
  private final Line beats;

  private final Vertx vertx;
  private final DatabaseEndpoint endpoint;
  private final UUID member;

  private Database(Vertx vertx, DatabaseEndpoint endpoint, int poolSize, UUID member) {
    this.vertx = vertx;
    this.endpoint = endpoint;
    this.member = member;
    this.pool = pool(poolSize, "curfew-postgres");
    this.commits = pool(CONCURRENT_COMMITS, "curfew-postgres-commits");
    this.clock = new Line(this::dedicated);
    // What beats write is of no use after a crash, and so need not wait for the disk.
    this.beats =
        new Line(() -> dedicated(connectOptions().addProperty("synchronous_commit", "off")));
  }

  /**
   * Migrates the schema, then opens the pool. Several nodes may do this at once.
   *
   * @param poolSize most connections of this node
   * @param member this life of the node; the server's sessions are named after it, so that the
   *     others see there whether it is still connected
   */
  public static Future<Database> open(
      Vertx vertx, DatabaseEndpoint endpoint, int poolSize, UUID member) {
    return vertx
        .<Void>executeBlocking(
            () -> {
              migrate(endpoint);
              return null;
            })
        .map(migrated -> new Database(vertx, endpoint, poolSize, member));
  }

  private static void migrate(DatabaseEndpoint endpoint) {
    Flyway.configure()
        .dataSource(endpoint.dataSource())
        .locations("classpath:db/migration")
        .load()
        .migrate();
  }

  private PgConnectOptions connectOptions() {
    return endpoint
        .connectOptions()
        .addProperty("application_name", SESSIONS_OF + member)
        .setCachePreparedStatements(true)
        .setPreparedStatementCacheMaxSize(256)
        .setPipeliningLimit(1)
        // A transaction left open would hold back the event log's horizon for every reader.
        .addProperty("idle_in_transaction_session_timeout", "15s")
        .addProperty("statement_timeout", "30s");
  }

  private Pool pool(int poolSize, String name) {
    return PgBuilder.pool()
        .with(
            new PoolOptions()
                .setMaxSize(poolSize)
                .setConnectionTimeout(CONNECT_SECONDS)
                .setConnectionTimeoutUnit(TimeUnit.SECONDS)
                .setName(name)
                .setShared(true))
        .connectingTo(connectOptions())
        .using(vertx)
        .build();
  }

  public Future<Void> close() {
    return pool.close()
        .eventually(commits::close)
        .eventually(clock::close)
        .eventually(beats::close);
  }

  private static final String CLOCK =
      "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

  /** The server's clock, in epoch microseconds. Not to be asked again before it has answered. */
  public Future<Long> clockMicros(Duration patience) {
    return clock.ask(CLOCK, Tuple.tuple(), patience).map(rows -> rows.iterator().next().getLong(0));
  }

  /** Asked by one at a time, never behind other questions. */
  Future<RowSet<Row>> beat(String sql, Tuple parameters, Duration patience) {
    return beats.ask(sql, parameters, patience);
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
    return dedicated(connectOptions());
  }

  private Future<SqlConnection> dedicated(PgConnectOptions options) {
    options
        .addProperty("tcp_keepalives_idle", "10")
        .addProperty("tcp_keepalives_interval", "5")
        .addProperty("tcp_keepalives_count", "3");
    Future<PgConnection> connecting = PgConnection.connect(vertx, options);
    return connecting
        .timeout(CONNECT_SECONDS, TimeUnit.SECONDS)
        .onFailure(late -> connecting.onSuccess(PgConnection::close))
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

  static Throwable unavailable(Throwable failure) {
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
