package dev.curfew.store;

import dev.curfew.realm.AccessGrant;
import dev.curfew.realm.Sudo;
import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What administrators granted by hand. A grant is written before its session and counts once that
 * exists.
 */
public final class AccessGrantStore {
  private final Database database;

  public AccessGrantStore(Database database) {
    this.database = database;
  }

  private static final String INSERT =
      """
      INSERT INTO access_grant (
        session_id, realm_id, kind, remarks, sudo_enabled, sudo_without_password, updated_by)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      """;

  public Future<Void> insert(
      UUID sessionId,
      int realmId,
      SessionKind kind,
      @Nullable String remarks,
      Sudo sudo,
      int grantedBy) {
    return database
        .query(
            INSERT,
            Tuple.of(
                sessionId,
                realmId,
                kind.code(),
                remarks,
                sudo.enabled(),
                sudo.withoutPassword(),
                grantedBy))
        .mapEmpty();
  }

  private static final String WITHDRAW =
      """
      DELETE FROM access_grant a
      WHERE a.session_id = $1 AND NOT EXISTS (SELECT FROM session s WHERE s.id = a.session_id)
      """;

  /** Removes a grant whose session was refused. */
  public Future<Void> withdraw(UUID sessionId) {
    return database.query(WITHDRAW, Tuple.of(sessionId)).mapEmpty();
  }

  /** The version counts edits, extensions and the end, whoever made them. */
  private static final String COLUMNS =
      """
      a.session_id, a.realm_id, u.id AS user_uuid,
      COALESCE(s.attributes ->> 'deviceId', s.attributes ->> 'resourceId') AS resource_id,
      s.state, s.reason, ms(s.started_at) AS started_at, ms(s.expires_at) AS expires_at,
      a.remarks, a.sudo_enabled, a.sudo_without_password,
      c.id AS creator, e.id AS editor,
      ms(a.created_at) AS created_at,
      ms(GREATEST(a.updated_at, s.ending_at)) AS updated_at,
      1 + a.edits + s.generation + CASE WHEN s.state >= 3 THEN 1 ELSE 0 END AS version
      FROM access_grant a
        JOIN session s ON s.id = a.session_id
        JOIN users u ON u.numeric_id = s.user_id
        JOIN users c ON c.numeric_id = s.created_by
        JOIN users e ON e.numeric_id = a.updated_by
      """;

  private static final String BY_ID =
      "SELECT " + COLUMNS + " WHERE a.session_id = $1 AND a.kind = $2";

  public Future<Optional<AccessGrant>> find(UUID sessionId, SessionKind kind) {
    return database
        .query(BY_ID, Tuple.of(sessionId, kind.code()))
        .map(rows -> grants(rows).stream().findFirst());
  }

  private static final String LIST =
      "SELECT "
          + COLUMNS
          + """
          WHERE a.kind = $1 AND ($2::integer IS NULL OR a.realm_id = $2)
          ORDER BY a.session_id DESC
          LIMIT $3 OFFSET $4
          """;

  /**
   * Newest first.
   *
   * @param realmId null for all realms
   */
  public Future<List<AccessGrant>> list(
      SessionKind kind, @Nullable Integer realmId, int limit, long offset) {
    return database
        .query(LIST, Tuple.of(kind.code(), realmId, limit, offset))
        .map(AccessGrantStore::grants);
  }

  private static final String CHANGE =
      """
      UPDATE access_grant
      SET remarks = CASE WHEN $2 THEN $3 ELSE remarks END,
          sudo_enabled = COALESCE($4, sudo_enabled),
          sudo_without_password = COALESCE($5, sudo_without_password),
          edits = edits + CASE WHEN $2 OR $4 IS NOT NULL THEN 1 ELSE 0 END,
          updated_by = $6, updated_at = clock_timestamp()
      WHERE session_id = $1
      """;

  /**
   * Notes who changed a grant, and what of it is kept here.
   *
   * @param setsRemarks whether the remarks shall be what they are here
   * @param sudo null leaves it
   */
  public Future<Void> change(
      AccessGrant grant,
      boolean setsRemarks,
      @Nullable String remarks,
      @Nullable Sudo sudo,
      Initiator by) {
    return database.transaction(
        on ->
            Database.query(
                    on,
                    CHANGE,
                    Tuple.of(
                        grant.sessionId(),
                        setsRemarks,
                        remarks,
                        sudo == null ? null : sudo.enabled(),
                        sudo == null ? null : sudo.withoutPassword(),
                        (int) by.userId()))
                .compose(
                    changed ->
                        AdminChange.CHANGED.write(
                            on,
                            grant.realmId(),
                            "access-grant",
                            grant.sessionId(),
                            String.valueOf(grant.resourceId()),
                            by)));
  }

  private static List<AccessGrant> grants(RowSet<Row> rows) {
    List<AccessGrant> grants = new ArrayList<>(rows.size());
    rows.forEach(row -> grants.add(grant(row)));
    return grants;
  }

  private static AccessGrant grant(Row row) {
    Short reason = row.getShort("reason");
    return new AccessGrant(
        row.getUUID("session_id"),
        row.getInteger("realm_id"),
        row.getUUID("user_uuid"),
        row.getString("resource_id"),
        SessionState.ofCode(row.getShort("state")),
        reason == null ? null : EndReason.ofCode(reason),
        row.getLong("started_at"),
        row.getLong("expires_at"),
        row.getString("remarks"),
        new Sudo(row.getBoolean("sudo_enabled"), row.getBoolean("sudo_without_password")),
        row.getUUID("creator"),
        row.getUUID("editor"),
        row.getLong("created_at"),
        row.getLong("updated_at"),
        row.getInteger("version"));
  }
}
