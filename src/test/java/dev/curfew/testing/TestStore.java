package dev.curfew.testing;

import dev.curfew.store.Database;
import dev.curfew.store.DatabaseEndpoint;
import io.vertx.core.Vertx;
import java.util.UUID;

/** A migrated database of a test's own, reached as a node reaches it. */
public final class TestStore implements AutoCloseable {
  private static final int POOL = 6;

  private final DatabaseEndpoint endpoint;
  private final Vertx vertx;
  private final Database database;

  private TestStore(DatabaseEndpoint endpoint, Vertx vertx, Database database) {
    this.endpoint = endpoint;
    this.vertx = vertx;
    this.database = database;
  }

  /** A new database. */
  public static TestStore open() throws Exception {
    return open(TestDatabase.fresh("migrated", TestStore::migrate));
  }

  /** The same database once more, as another node sees it. */
  public static TestStore open(DatabaseEndpoint endpoint) {
    return open(endpoint, UUID.randomUUID());
  }

  /** The same database once more, as this member sees it. */
  public static TestStore open(DatabaseEndpoint endpoint, UUID member) {
    Vertx vertx = Vertx.vertx();
    return new TestStore(
        endpoint, vertx, Await.result(Database.open(vertx, endpoint, POOL, member)));
  }

  private static void migrate(DatabaseEndpoint endpoint) {
    open(endpoint).close();
  }

  public DatabaseEndpoint endpoint() {
    return endpoint;
  }

  public Vertx vertx() {
    return vertx;
  }

  public Database database() {
    return database;
  }

  @Override
  public void close() {
    Await.result(database.close());
    Await.result(vertx.close());
  }
}
