package dev.curfew.store;

import dev.curfew.auth.SealedSecret;
import dev.curfew.realm.Resource;
import dev.curfew.realm.ResourceSettings;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Resources and who may reach them. */
public final class ResourceStore {
  private static final String COLUMNS =
      """
      x.id, x.realm_id, x.name, x.provider, x.settings, x.secret IS NOT NULL AS has_secret, ms(x.created_at) AS created_at,
      ARRAY(
        SELECT u.id FROM resource_user ru JOIN users u ON u.numeric_id = ru.user_id
        WHERE ru.resource_id = x.id AND u.deleted_at IS NULL
        ORDER BY u.numeric_id) AS users
      FROM resource x
      """;

  private final Database database;

  public ResourceStore(Database database) {
    this.database = database;
  }

  private static final String INSERT =
      """
      INSERT INTO resource (id, realm_id, name, provider, settings, secret)
      VALUES ($1, $2, $3, $4, $5::text::jsonb, $6)
      """;

  private static final String ALLOW =
      """
      INSERT INTO resource_user (resource_id, user_id)
      SELECT $1, unnest($2::integer[])
      ON CONFLICT DO NOTHING
      """;

  private static final String BY_ID = "SELECT " + COLUMNS + " WHERE x.id = $1";

  /**
   * @param secret of the settings, where there is one
   * @param users numeric ids of those who may reach it; empty for everybody of the realm
   * @return fails with ALREADY_EXISTS
   */
  public Future<Resource> insert(
      UUID id,
      int realmId,
      String name,
      ResourceSettings settings,
      @Nullable SealedSecret secret,
      Set<Integer> users,
      Initiator by) {
    return database
        .<Resource>transaction(
            on ->
                Database.query(
                        on,
                        INSERT,
                        Tuple.of(
                            id,
                            realmId,
                            name,
                            settings.provider().wireName(),
                            SettingsJson.write(settings).encode(),
                            secret == null ? null : Buffer.buffer(secret.bytes())))
                    .compose(
                        made ->
                            Database.query(
                                on, ALLOW, Tuple.of(id, (Object) users.toArray(Integer[]::new))))
                    .compose(
                        allowed -> AdminChange.CREATED.write(on, realmId, "resource", id, name, by))
                    .compose(logged -> Database.query(on, BY_ID, Tuple.of(id)))
                    .map(rows -> resources(rows).get(0)))
        .recover(Database.orExists("name", "A resource of the name " + name + " exists already"));
  }

  private static final String LIST =
      "SELECT "
          + COLUMNS
          + """
          WHERE x.deleted_at IS NULL AND ($1::integer IS NULL OR x.realm_id = $1)
            AND ($2::uuid IS NULL OR x.id < $2)
          ORDER BY x.id DESC
          LIMIT $3
          """;

  /**
   * Newest first.
   *
   * @param realmId null for all realms
   * @param after the last one that is known; null for the first page
   */
  public Future<List<Resource>> list(@Nullable Integer realmId, @Nullable UUID after, int limit) {
    return database.query(LIST, Tuple.of(realmId, after, limit)).map(ResourceStore::resources);
  }

  private static final String REACHABLE =
      "SELECT "
          + COLUMNS
          + """
          WHERE x.deleted_at IS NULL AND x.realm_id = $1
            AND (NOT EXISTS (SELECT FROM resource_user ru WHERE ru.resource_id = x.id)
              OR EXISTS (
                SELECT FROM resource_user ru WHERE ru.resource_id = x.id AND ru.user_id = $2))
          ORDER BY x.id
          LIMIT $3
          """;

  /** The resources of a realm that a user of it may reach, oldest first. */
  public Future<List<Resource>> reachable(int realmId, int userId, int limit) {
    return database
        .query(REACHABLE, Tuple.of(realmId, userId, limit))
        .map(ResourceStore::resources);
  }

  private static List<Resource> resources(RowSet<Row> rows) {
    List<Resource> resources = new ArrayList<>(rows.size());
    for (Row row : rows) {
      resources.add(
          new Resource(
              row.getUUID("id"),
              row.getInteger("realm_id"),
              row.getString("name"),
              SettingsJson.read(
                  row.getString("provider"),
                  row.get(JsonObject.class, "settings"),
                  row.getBoolean("has_secret")),
              List.of(row.getArrayOfUUIDs("users")),
              row.getLong("created_at")));
    }
    return resources;
  }
}
