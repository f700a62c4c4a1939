package dev.curfew.store;

import dev.curfew.realm.ApprovalScope;
import dev.curfew.realm.Policy;
import dev.curfew.realm.TermSource;
import dev.curfew.session.Initiator;
import dev.curfew.session.RecordingRetention;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Policies. */
public final class PolicyStore {
  private static final String COLUMNS =
      """
      p.id, p.realm_id, r.name AS realm, p.name, p.is_default,
      COALESCE(p.max_duration_ms, 0) AS max_duration, p.max_idle_ms, p.stale_after_ms,
      COALESCE(p.warn_before_ms, r.warn_before_ms) AS warn_before_ms,
      p.warn_before_ms IS NOT NULL AS warns_itself,
      COALESCE(p.recording_retention_ms, r.recording_retention_ms) AS recording_retention_ms,
      p.recording_retention_ms IS NOT NULL AS retains_itself,
      COALESCE(p.quota, 0) AS quota, p.approval_required,
      p.approval_max_duration_ms, p.approval_scope
      """;

  private final Database database;
  private final List<Long> warnBefore;
  private final RecordingRetention recordingRetention;

  /**
   * @param warnBefore the configuration's thresholds, for policies whose realm has none either
   * @param recordingRetention the configuration's, in the same way
   */
  public PolicyStore(
      Database database, List<Long> warnBefore, RecordingRetention recordingRetention) {
    this.database = database;
    this.warnBefore = List.copyOf(warnBefore);
    this.recordingRetention = recordingRetention;
  }

  private static final String INSERT =
      "WITH p AS ("
          + """
            INSERT INTO policy (realm_id, is_default, name, max_duration_ms, max_idle_ms,
              stale_after_ms, warn_before_ms, quota, approval_required, approval_max_duration_ms,
              recording_retention_ms)
            VALUES ($1, $2, $3, NULLIF($4::bigint, 0), $5, $6, $7, NULLIF($8::integer, 0), $9, $10, $11)
            RETURNING *
          """
          + ") SELECT "
          + COLUMNS
          + " FROM p JOIN realm r ON r.id = p.realm_id";

  static Future<RowSet<Row>> insert(SqlClient on, int realmId, boolean isDefault, PolicyRow row) {
    return Database.query(
        on,
        INSERT,
        Tuple.from(
            new Object[] {
              realmId,
              isDefault,
              row.name(),
              row.maxDuration(),
              row.maxIdle(),
              row.staleAfter(),
              array(row.warnBefore()),
              row.quota(),
              row.approvalRequired(),
              row.approvalMaxDuration(),
              millis(row.recordingRetention())
            }));
  }

  static @Nullable Long millis(@Nullable RecordingRetention retention) {
    return retention == null ? null : retention.millis();
  }

  static @Nullable RecordingRetention retention(@Nullable Long millis) {
    return millis == null ? null : new RecordingRetention(millis);
  }

  static Long @Nullable [] array(@Nullable List<Long> thresholds) {
    return thresholds == null ? null : thresholds.toArray(Long[]::new);
  }

  /**
   * @return fails with ALREADY_EXISTS
   */
  public Future<Policy> insert(int realmId, PolicyRow row, Initiator by) {
    return database
        .<Policy>transaction(
            on ->
                insert(on, realmId, false, row)
                    .map(rows -> policy(rows.iterator().next()))
                    .compose(
                        policy ->
                            AdminChange.CREATED
                                .write(on, realmId, "policy", policy.id(), policy.name(), by)
                                .map(policy)))
        .recover(exists(row.name()));
  }

  private static <T> Function<Throwable, Future<T>> exists(String name) {
    return Database.orExists("name", "A policy of the name " + name + " exists already");
  }

  private static final String FROM = " FROM policy p JOIN realm r ON r.id = p.realm_id ";

  private static final String BY_ID =
      "SELECT " + COLUMNS + FROM + "WHERE p.id = $1 AND p.deleted_at IS NULL";

  public Future<Optional<Policy>> find(int id) {
    return database.query(BY_ID, Tuple.of(id)).map(rows -> policies(rows).stream().findFirst());
  }

  private static final String NAME = "SELECT name FROM policy WHERE id = $1";

  /** The name of a policy, deleted or not. */
  public Future<Optional<String>> nameOf(int id) {
    return database
        .query(NAME, Tuple.of(id))
        .map(
            rows -> {
              for (Row row : rows) {
                return Optional.of(row.getString(0));
              }
              return Optional.empty();
            });
  }

  private static final String DEFAULT_OF =
      "SELECT " + COLUMNS + FROM + "WHERE p.realm_id = $1 AND p.is_default";

  public Future<Policy> defaultOf(int realmId) {
    return database
        .query(DEFAULT_OF, Tuple.of(realmId))
        .map(rows -> policy(rows.iterator().next()));
  }

  private static final String LIST =
      "SELECT "
          + COLUMNS
          + FROM
          + """
          WHERE p.deleted_at IS NULL AND ($1::integer IS NULL OR p.realm_id = $1) AND p.id > $2
          ORDER BY p.id
          LIMIT $3
          """;

  /**
   * By id.
   *
   * @param realmId null for all realms
   * @param after id of the last one that is known
   */
  public Future<List<Policy>> list(@Nullable Integer realmId, int after, int limit) {
    return database.query(LIST, Tuple.of(realmId, after, limit)).map(this::policies);
  }

  private static final String REPLACE =
      "WITH p AS ("
          + """
            UPDATE policy
            SET name = $2, max_duration_ms = NULLIF($3::bigint, 0), max_idle_ms = $4,
                stale_after_ms = $5, warn_before_ms = $6, quota = NULLIF($7::integer, 0),
                approval_required = $8, approval_max_duration_ms = $9,
                recording_retention_ms = $10
            WHERE id = $1 AND deleted_at IS NULL
            RETURNING *
          """
          + ") SELECT "
          + COLUMNS
          + " FROM p JOIN realm r ON r.id = p.realm_id";

  /**
   * @return fails with ALREADY_EXISTS when another policy has the name
   */
  public Future<Optional<Policy>> replace(int id, PolicyRow row, Initiator by) {
    return database
        .<Optional<Policy>>transaction(
            on ->
                Database.query(
                        on,
                        REPLACE,
                        Tuple.from(
                            new Object[] {
                              id,
                              row.name(),
                              row.maxDuration(),
                              row.maxIdle(),
                              row.staleAfter(),
                              array(row.warnBefore()),
                              row.quota(),
                              row.approvalRequired(),
                              row.approvalMaxDuration(),
                              millis(row.recordingRetention())
                            }))
                    .compose(
                        rows -> {
                          Optional<Policy> changed = policies(rows).stream().findFirst();
                          return changed.isEmpty()
                              ? Future.succeededFuture(changed)
                              : AdminChange.CHANGED
                                  .write(
                                      on,
                                      changed.get().realmId(),
                                      "policy",
                                      id,
                                      changed.get().name(),
                                      by)
                                  .map(changed);
                        }))
        .recover(exists(row.name()));
  }

  private static final String CHANGE_APPROVAL =
      "WITH p AS ("
          + """
            UPDATE policy
            SET approval_required = COALESCE($2, approval_required),
                approval_max_duration_ms = COALESCE($3, approval_max_duration_ms),
                approval_scope = COALESCE($4, approval_scope),
                warn_before_ms = COALESCE($5, warn_before_ms)
            WHERE id = $1 AND deleted_at IS NULL
            RETURNING *
          """
          + ") SELECT "
          + COLUMNS
          + " FROM p JOIN realm r ON r.id = p.realm_id";

  /**
   * Changes how sessions under a policy are approved and warned of. A null leaves what is there.
   *
   * @param maxDuration milliseconds
   * @param warnBefore milliseconds, descending
   */
  public Future<Optional<Policy>> changeApproval(
      int id,
      @Nullable Boolean required,
      @Nullable Long maxDuration,
      @Nullable ApprovalScope scope,
      @Nullable List<Long> warnBefore,
      Initiator by) {
    return database.transaction(
        on ->
            Database.query(
                    on,
                    CHANGE_APPROVAL,
                    Tuple.of(
                        id,
                        required,
                        maxDuration,
                        scope == null ? null : scope.wireName(),
                        array(warnBefore)))
                .compose(
                    rows -> {
                      Optional<Policy> changed = policies(rows).stream().findFirst();
                      return changed.isEmpty()
                          ? Future.succeededFuture(changed)
                          : AdminChange.CHANGED
                              .write(
                                  on,
                                  changed.get().realmId(),
                                  "policy",
                                  id,
                                  changed.get().name(),
                                  by)
                              .map(changed);
                    }));
  }

  private List<Policy> policies(RowSet<Row> rows) {
    List<Policy> policies = new ArrayList<>(rows.size());
    rows.forEach(row -> policies.add(policy(row)));
    return policies;
  }

  private Policy policy(Row row) {
    Long[] found = row.getArrayOfLongs("warn_before_ms");
    RecordingRetention retained = retention(row.getLong("recording_retention_ms"));
    return new Policy(
        row.getInteger("id"),
        row.getInteger("realm_id"),
        row.getString("realm"),
        row.getString("name"),
        row.getBoolean("is_default"),
        row.getLong("max_duration"),
        row.getLong("max_idle_ms"),
        row.getLong("stale_after_ms"),
        found == null ? warnBefore : List.of(found),
        source(row.getBoolean("warns_itself"), found),
        retained == null ? recordingRetention : retained,
        source(row.getBoolean("retains_itself"), retained),
        row.getInteger("quota"),
        row.getBoolean("approval_required"),
        row.getLong("approval_max_duration_ms"),
        ApprovalScope.valueOf(row.getString("approval_scope").toUpperCase(Locale.ROOT)));
  }

  private static TermSource source(boolean itself, @Nullable Object found) {
    if (itself) {
      return TermSource.POLICY;
    }
    return found == null ? TermSource.CONFIGURATION : TermSource.REALM;
  }
}
