package dev.curfew.store;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.ExpectedRevision;
import dev.curfew.realm.Stored;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The services that were added to realms, each with settings of its own. */
public final class RealmServiceStore {
  private final Database database;

  public RealmServiceStore(Database database) {
    this.database = database;
  }

  /** A service as it is stored. */
  public record ServiceRow(JsonObject settings, String revision) {}

  private static final String FIND =
      "SELECT settings, revision FROM realm_service WHERE realm_id = $1 AND service = $2";

  public Future<Optional<ServiceRow>> find(int realmId, String service) {
    return database.query(FIND, Tuple.of(realmId, service)).map(RealmServiceStore::first);
  }

  /** Those who write to the services of one realm do so one after the other. */
  private static final String LOCK = "SELECT id FROM realm WHERE id = $1 FOR NO KEY UPDATE";

  private static final String PUT =
      """
      INSERT INTO realm_service (realm_id, service, settings, revision)
      VALUES ($1, $2, $3::text::jsonb, nextval('realm_service_revision'))
      ON CONFLICT (realm_id, service)
        DO UPDATE SET settings = EXCLUDED.settings, revision = EXCLUDED.revision
      RETURNING settings, revision
      """;

  /**
   * Adds a service or replaces its settings.
   *
   * @return fails with REVISION_MISMATCH, NOT_FOUND when there is no such realm
   */
  public Future<Stored<ServiceRow>> put(
      int realmId, String service, JsonObject settings, ExpectedRevision expected, Initiator by) {
    return database.transaction(
        on ->
            locked(on, realmId, service, expected)
                .compose(
                    before ->
                        Database.query(on, PUT, Tuple.of(realmId, service, settings.encode()))
                            .map(rows -> first(rows).orElseThrow())
                            .compose(
                                after ->
                                    (before.isEmpty() ? AdminChange.CREATED : AdminChange.CHANGED)
                                        .write(on, realmId, "service", service, service, by)
                                        .map(new Stored<>(after, before.isEmpty())))));
  }

  private static final String DELETE =
      "DELETE FROM realm_service WHERE realm_id = $1 AND service = $2";

  /**
   * @return what was there; fails with REVISION_MISMATCH, NOT_FOUND when there is no such realm
   */
  public Future<Optional<ServiceRow>> delete(
      int realmId, String service, ExpectedRevision expected, Initiator by) {
    return database.transaction(
        on ->
            locked(on, realmId, service, expected)
                .compose(
                    before ->
                        before.isEmpty()
                            ? Future.succeededFuture(before)
                            : Database.query(on, DELETE, Tuple.of(realmId, service))
                                .compose(
                                    deleted ->
                                        AdminChange.DELETED.write(
                                            on, realmId, "service", service, service, by))
                                .map(before)));
  }

  /** What is stored, once nobody else writes and it is what the writer believes. */
  private static Future<Optional<ServiceRow>> locked(
      SqlClient on, int realmId, String service, ExpectedRevision expected) {
    return Database.query(on, LOCK, Tuple.of(realmId))
        .compose(
            realm -> {
              if (realm.size() == 0) {
                throw CurfewException.notFound("Realm " + realmId);
              }
              return Database.query(on, FIND, Tuple.of(realmId, service));
            })
        .map(
            rows -> {
              Optional<ServiceRow> found = first(rows);
              @Nullable String stored = found.map(ServiceRow::revision).orElse(null);
              if (!expected.isMetBy(stored)) {
                throw CurfewException.of(
                    ErrorCode.REVISION_MISMATCH, "The service is not at the expected revision");
              }
              return found;
            });
  }

  private static Optional<ServiceRow> first(RowSet<Row> rows) {
    for (Row row : rows) {
      return Optional.of(
          new ServiceRow(row.getJsonObject("settings"), row.getLong("revision").toString()));
    }
    return Optional.empty();
  }
}
