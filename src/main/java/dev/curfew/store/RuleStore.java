package dev.curfew.store;

import dev.curfew.realm.ResourceRule;
import dev.curfew.session.EventType;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Resource rules of sessions. A rule is on record as PENDING before its session is created, so that
 * nothing is ever opened at a provider that nobody knows of.
 */
public final class RuleStore {
  private final Database database;

  public RuleStore(Database database) {
    this.database = database;
  }

  /** A rule to be put on record. */
  public record NewRow(
      UUID id, UUID resourceId, String resourceName, int ipVersion, String ipAddress) {}

  private static final String INSERT =
      """
      INSERT INTO resource_rule (
        id, session_id, resource_id, resource_name, ip_version, ip_address, status)
      SELECT r.id, $1, r.resource_id, r.resource_name, r.ip_version, r.ip_address, 'PENDING'
      FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::smallint[], $6::text[])
        AS r (id, resource_id, resource_name, ip_version, ip_address)
      ON CONFLICT DO NOTHING
      """;

  public Future<Void> insert(UUID sessionId, List<NewRow> rules) {
    return database
        .query(
            INSERT,
            Tuple.of(
                sessionId,
                rules.stream().map(NewRow::id).toArray(UUID[]::new),
                rules.stream().map(NewRow::resourceId).toArray(UUID[]::new),
                rules.stream().map(NewRow::resourceName).toArray(String[]::new),
                rules.stream().map(rule -> (short) rule.ipVersion()).toArray(Short[]::new),
                rules.stream().map(NewRow::ipAddress).toArray(String[]::new)))
        .mapEmpty();
  }

  private static final String WITHDRAW =
      "DELETE FROM resource_rule WHERE session_id = $1 AND status = 'PENDING'";

  /** Takes rules off the record whose session was refused. */
  public Future<Void> withdraw(UUID sessionId) {
    return database.query(WITHDRAW, Tuple.of(sessionId)).mapEmpty();
  }

  private static final String OF_USER =
      " RETURNING id, resource_id, resource_name, ip_version, ip_address,"
          + " (SELECT s.realm_id FROM session s WHERE s.id = session_id) AS realm_id,"
          + " (SELECT s.user_id FROM session s WHERE s.id = session_id) AS user_id";

  private static final String APPLY =
      """
      UPDATE resource_rule SET status = 'APPLIED', applied_at = clock_timestamp()
      WHERE session_id = $1 AND status = 'PENDING'
      """
          + OF_USER;

  /** Notes that the rules of a session hold, with an event for each. */
  public Future<Void> apply(UUID sessionId, Initiator by) {
    return changed(APPLY, EventType.GRANT_APPLIED, sessionId, by);
  }

  private static final String REMOVE =
      """
      UPDATE resource_rule SET status = 'REMOVED', removed_at = clock_timestamp()
      WHERE session_id = $1 AND status <> 'REMOVED'
      """
          + OF_USER;

  /** Notes that the rules of a session are gone, with an event for each. */
  public Future<Void> remove(UUID sessionId, Initiator by) {
    return changed(REMOVE, EventType.GRANT_REMOVED, sessionId, by);
  }

  private Future<Void> changed(String sql, EventType event, UUID sessionId, Initiator by) {
    return database.transaction(
        on ->
            Database.query(on, sql, Tuple.of(sessionId))
                .compose(
                    rows -> {
                      Future<Void> logged = Future.succeededFuture();
                      for (Row row : rows) {
                        logged = logged.compose(before -> log(on, event, sessionId, row, by));
                      }
                      return logged;
                    }));
  }

  private static Future<Void> log(
      SqlConnection on, EventType event, UUID sessionId, Row row, Initiator by) {
    Integer realmId = row.getInteger("realm_id");
    if (realmId == null) {
      // The session was never created: there is nobody to tell.
      return Future.succeededFuture();
    }
    return EventWriter.write(
        on,
        new LogEntry(
            event,
            realmId,
            sessionId,
            row.getLong("user_id"),
            new JsonObject()
                .put("sessionId", sessionId.toString())
                .put("ruleId", row.getUUID("id").toString())
                .put("resourceId", row.getUUID("resource_id").toString())
                .put("resourceName", row.getString("resource_name"))
                .put("ipVersion", row.getShort("ip_version"))
                .put("ipAddress", row.getString("ip_address"))
                .put("by", LogEntry.initiator(by))));
  }

  private static final String OF_SESSIONS =
      """
      SELECT id, session_id, resource_id, resource_name, ip_version, ip_address, status,
        provider_rule_id, COALESCE(ms(applied_at), 0) AS applied_at,
        COALESCE(ms(removed_at), 0) AS removed_at, error_message
      FROM resource_rule
      WHERE session_id = ANY($1)
      ORDER BY session_id, id
      """;

  /** By session; sessions without rules are left out. */
  public Future<Map<UUID, List<ResourceRule>>> ofSessions(Collection<UUID> sessionIds) {
    return database
        .query(OF_SESSIONS, Tuple.of(sessionIds.toArray(UUID[]::new)))
        .map(
            rows -> {
              Map<UUID, List<ResourceRule>> rules = new HashMap<>();
              for (Row row : rows) {
                rules
                    .computeIfAbsent(row.getUUID("session_id"), none -> new ArrayList<>())
                    .add(rule(row));
              }
              return rules;
            });
  }

  private static ResourceRule rule(Row row) {
    return new ResourceRule(
        row.getUUID("id"),
        row.getUUID("session_id"),
        row.getUUID("resource_id"),
        row.getString("resource_name"),
        row.getShort("ip_version"),
        row.getString("ip_address"),
        ResourceRule.Status.valueOf(row.getString("status")),
        row.getString("provider_rule_id"),
        row.getLong("applied_at"),
        row.getLong("removed_at"),
        row.getString("error_message"));
  }
}
