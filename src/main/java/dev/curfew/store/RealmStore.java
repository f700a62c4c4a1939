package dev.curfew.store;

import dev.curfew.fault.CurfewException;
import dev.curfew.realm.Realm;
import dev.curfew.session.Initiator;
import dev.curfew.session.Tier;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Realms. */
public final class RealmStore {
  private static final String COLUMNS =
      "id, name, tier, warn_before_ms, recording_search, ms(created_at) AS created_at";

  private final Database database;

  public RealmStore(Database database) {
    this.database = database;
  }

  private static final String INSERT =
      "INSERT INTO realm (name, tier, warn_before_ms) VALUES ($1, $2, $3) RETURNING " + COLUMNS;

  /**
   * Makes a realm together with its default policy.
   *
   * @param warnBefore milliseconds, descending; null for what the configuration says
   * @return fails with ALREADY_EXISTS
   */
  public Future<Realm> insert(
      String name, Tier tier, @Nullable List<Long> warnBefore, PolicyRow defaults, Initiator by) {
    return database
        .<Realm>transaction(
            on ->
                Database.query(
                        on, INSERT, Tuple.of(name, tier.wireName(), PolicyStore.array(warnBefore)))
                    .map(rows -> realm(rows.iterator().next()))
                    .compose(
                        realm ->
                            PolicyStore.insert(on, realm.id(), true, defaults)
                                .compose(
                                    policy ->
                                        AdminChange.CREATED.write(
                                            on, realm.id(), "realm", realm.id(), name, by))
                                .map(realm)))
        .recover(Database.orExists("name", "A realm of the name " + name + " exists already"));
  }

  private static final String BY_NAME = "SELECT " + COLUMNS + " FROM realm WHERE name = $1";

  public Future<Optional<Realm>> find(String name) {
    return database.query(BY_NAME, Tuple.of(name)).map(rows -> realms(rows).stream().findFirst());
  }

  private static final String BY_ID = "SELECT " + COLUMNS + " FROM realm WHERE id = $1";

  /**
   * @return fails with NOT_FOUND
   */
  public Future<Realm> get(int id) {
    return database
        .query(BY_ID, Tuple.of(id))
        .map(
            rows ->
                realms(rows).stream()
                    .findFirst()
                    .orElseThrow(() -> CurfewException.notFound("Realm " + id)));
  }

  private static final String LIST =
      "SELECT "
          + COLUMNS
          + """
           FROM realm
          WHERE ($1::integer IS NULL OR id = $1) AND name > $2
          ORDER BY name
          LIMIT $3
          """;

  /**
   * By name.
   *
   * @param only the one realm to show; null for all
   * @param after name of the last one that is known
   */
  public Future<List<Realm>> list(@Nullable Integer only, String after, int limit) {
    return database.query(LIST, Tuple.of(only, after, limit)).map(RealmStore::realms);
  }

  private static final String CHANGE =
      """
      UPDATE realm
      SET tier = COALESCE($2, tier),
          warn_before_ms = CASE WHEN $3 THEN $4 ELSE warn_before_ms END,
          recording_search = COALESCE($5, recording_search)
      WHERE id = $1
      RETURNING
      """
          + COLUMNS;

  /**
   * Changes what is given.
   *
   * @param id of a realm that exists
   * @param tier null to leave it
   * @param setsWarnBefore whether the thresholds change
   * @param warnBefore milliseconds, descending; null for what the configuration says
   * @param recordingSearch null to leave it
   */
  public Future<Realm> change(
      int id,
      @Nullable Tier tier,
      boolean setsWarnBefore,
      @Nullable List<Long> warnBefore,
      @Nullable Boolean recordingSearch,
      Initiator by) {
    return database.transaction(
        on ->
            Database.query(
                    on,
                    CHANGE,
                    Tuple.of(
                        id,
                        tier == null ? null : tier.wireName(),
                        setsWarnBefore,
                        PolicyStore.array(warnBefore),
                        recordingSearch))
                .map(rows -> realm(rows.iterator().next()))
                .compose(
                    changed ->
                        AdminChange.CHANGED
                            .write(on, id, "realm", id, changed.name(), by)
                            .map(changed)));
  }

  private static List<Realm> realms(RowSet<Row> rows) {
    List<Realm> realms = new ArrayList<>(rows.size());
    rows.forEach(row -> realms.add(realm(row)));
    return realms;
  }

  private static Realm realm(Row row) {
    Long[] warnBefore = row.getArrayOfLongs("warn_before_ms");
    return new Realm(
        row.getInteger("id"),
        row.getString("name"),
        Tier.ofWireName(row.getString("tier")).orElseThrow(),
        warnBefore == null ? null : List.of(warnBefore),
        row.getBoolean("recording_search"),
        row.getLong("created_at"));
  }
}
