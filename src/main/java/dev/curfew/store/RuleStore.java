package dev.curfew.store;

import dev.curfew.realm.ResourceRule;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Resource rules of sessions, as they are put on record and shown. A rule is on record as PENDING
 * before its session is created, so that nothing is ever opened at a provider that nobody knows of;
 * what becomes of it then is in {@link GrantStore}.
 */
public final class RuleStore {
  private final Database database;

  public RuleStore(Database database) {
    this.database = database;
  }

  /**
   * A rule to be put on record.
   *
   * @param providerKey what its provider keeps once however many sessions want it; null where every
   *     rule is its own
   */
  public record NewRow(
      UUID id,
      UUID resourceId,
      String resourceName,
      int ipVersion,
      String ipAddress,
      @Nullable String providerKey) {}

  private static final String INSERT =
      """
      INSERT INTO resource_rule (
        id, session_id, resource_id, resource_name, ip_version, ip_address, provider_key, status)
      SELECT r.id, $1, r.resource_id, r.resource_name, r.ip_version, r.ip_address, r.provider_key,
        'PENDING'
      FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::smallint[], $6::text[], $7::text[])
        AS r (id, resource_id, resource_name, ip_version, ip_address, provider_key)
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
                rules.stream().map(NewRow::ipAddress).toArray(String[]::new),
                rules.stream().map(NewRow::providerKey).toArray(String[]::new)))
        .mapEmpty();
  }

  private static final String WITHDRAW =
      "DELETE FROM resource_rule WHERE session_id = $1 AND status = 'PENDING' AND sent_at IS NULL";

  /** Takes rules off the record whose session was refused. */
  public Future<Void> withdraw(UUID sessionId) {
    return database.query(WITHDRAW, Tuple.of(sessionId)).mapEmpty();
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
