package dev.curfew.store;

import dev.curfew.auth.SealedSecret;
import dev.curfew.realm.ResourceRule;
import dev.curfew.realm.ResourceSettings;
import dev.curfew.session.EventType;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Resource rules between this installation and their providers. A provider is called only by who
 * has claimed the rule, and the result counts only while nobody else has claimed it since; so the
 * rows say at any time what may hold at the providers, whichever node dies.
 */
public final class GrantStore {
  /**
   * The first pause after a removal that failed; each further one is twice as long. A little less
   * than the 5 s after which a shard asks again.
   */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(4);

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  private final Database database;

  public GrantStore(Database database) {
    this.database = database;
  }

  /** A rule that may hold at its provider, or is to. */
  public record OpenRule(UUID id, int realmId, ResourceSettings settings) {}

  private static final String OPEN =
      """
      SELECT r.id, x.realm_id, x.provider, x.settings, x.secret IS NOT NULL AS has_secret
      FROM resource_rule r JOIN resource x ON x.id = r.resource_id
      WHERE r.session_id = $1 AND r.status <> 'REMOVED' AND ($2::text IS NULL OR r.status = $2)
      ORDER BY r.id
      """;

  /**
   * The rules of a session that are not removed.
   *
   * @param status null for any
   */
  public Future<List<OpenRule>> open(UUID sessionId, ResourceRule.@Nullable Status status) {
    return database
        .query(OPEN, Tuple.of(sessionId, status == null ? null : status.name()))
        .map(
            rows -> {
              List<OpenRule> rules = new ArrayList<>(rows.size());
              rows.forEach(
                  row ->
                      rules.add(
                          new OpenRule(
                              row.getUUID("id"), row.getInteger("realm_id"), settings(row))));
              return rules;
            });
  }

  private static ResourceSettings settings(Row row) {
    return SettingsJson.read(
        row.getString("provider"),
        row.get(JsonObject.class, "settings"),
        row.getBoolean("has_secret"));
  }

  // Claims

  /** Who calls about one of several rules with the same key calls alone. */
  private static final String LOCK_KEY =
      """
      SELECT pg_advisory_xact_lock(hashtextextended(provider_key, 0))
      FROM resource_rule WHERE id = $1 AND provider_key IS NOT NULL
      """;

  private static final String LOOK =
      """
      SELECT r.session_id, r.status, r.fence, r.sent_at IS NOT NULL AS sent, r.attempts,
        r.resource_id, r.resource_name, r.ip_version, r.ip_address, r.provider_rule_id,
        COALESCE(r.busy_until > clock_timestamp(), false) OR EXISTS (
          SELECT FROM resource_rule o
          WHERE o.provider_key = r.provider_key AND o.id <> r.id
            AND o.busy_until > clock_timestamp()) AS busy,
        COALESCE(r.next_attempt_at <= clock_timestamp(), true) AS due,
        COALESCE(s.state < 3, false) AS live, COALESCE(ms(s.expires_at), 0) AS expires_at,
        x.provider, x.settings, x.secret, x.secret IS NOT NULL AS has_secret,
        EXISTS (
          SELECT FROM resource_rule o
          WHERE o.provider_key = r.provider_key AND o.id <> r.id
            AND o.sent_at IS NOT NULL AND o.status <> 'REMOVED') AS shared,
        (SELECT o.provider_rule_id FROM resource_rule o
          WHERE o.provider_key = r.provider_key AND o.id <> r.id
            AND o.provider_rule_id IS NOT NULL AND o.status <> 'REMOVED'
          LIMIT 1) AS shared_rule_id,
        EXISTS (
          SELECT FROM resource_rule o JOIN session t ON t.id = o.session_id
          WHERE o.provider_key = r.provider_key AND o.id <> r.id
            AND o.status = 'APPLIED' AND t.state < 3) AS needed
      FROM resource_rule r
        LEFT JOIN session s ON s.id = r.session_id
        JOIN resource x ON x.id = r.resource_id
      WHERE r.id = $1
      FOR UPDATE OF r
      """;

  private static final String CLAIM =
      """
      UPDATE resource_rule SET
        status = $2, fence = fence + 1, sent_at = COALESCE(sent_at, clock_timestamp()),
        busy_until = clock_timestamp() + $3::bigint * interval '1 millisecond'
      WHERE id = $1
      """;

  /**
   * Asks to apply a rule.
   *
   * @param lease how long the call may take; after that others may call
   * @return Settled when it was answered already or its session is over
   */
  public Future<RuleClaim> claimToApply(UUID ruleId, Duration lease) {
    return claim(
        ruleId,
        (on, row) -> {
          if (!row.getBoolean("live") || !row.getString("status").equals("PENDING")) {
            return Future.succeededFuture(new RuleClaim.Settled());
          }
          return row.getBoolean("busy")
              ? Future.succeededFuture(new RuleClaim.Busy())
              : grant(on, ruleId, row, ResourceRule.Status.PENDING, lease);
        });
  }

  /**
   * Asks to remove a rule whose session is over. One that its provider does not hold, and one that
   * another live session shares, is removed by that.
   *
   * @param lease how long the call may take; after that others may call
   * @return Settled when it is removed, or its session lives
   */
  public Future<RuleClaim> claimToRemove(UUID ruleId, Duration lease, Initiator by) {
    return claim(
        ruleId,
        (on, row) -> {
          if (row.getBoolean("live") || row.getString("status").equals("REMOVED")) {
            return Future.succeededFuture(new RuleClaim.Settled());
          }
          if (row.getBoolean("busy")) {
            return Future.succeededFuture(new RuleClaim.Busy());
          }
          if (!row.getBoolean("sent") || row.getBoolean("needed")) {
            return removed(on, ruleId, row.getInteger("fence"), by).map(new RuleClaim.Settled());
          }
          return row.getBoolean("due")
              ? grant(on, ruleId, row, ResourceRule.Status.REMOVING, lease)
              : Future.succeededFuture(new RuleClaim.NotDue());
        });
  }

  /** Decides about a rule that is locked. */
  private interface Decision {
    Future<RuleClaim> on(SqlConnection connection, Row rule);
  }

  private Future<RuleClaim> claim(UUID ruleId, Decision decision) {
    return database.transaction(
        on ->
            // A statement of its own: the next one sees what the last holder of the lock has done.
            Database.query(on, LOCK_KEY, Tuple.of(ruleId))
                .compose(locked -> Database.query(on, LOOK, Tuple.of(ruleId)))
                .compose(
                    rows ->
                        rows.size() == 0
                            ? Future.succeededFuture(new RuleClaim.Settled())
                            : decision.on(on, rows.iterator().next())));
  }

  private static Future<RuleClaim> grant(
      SqlConnection on, UUID ruleId, Row row, ResourceRule.Status status, Duration lease) {
    Buffer secret = row.getBuffer("secret");
    String known = row.getString("provider_rule_id");
    RuleCall call =
        new RuleCall(
            ruleId,
            row.getInteger("fence") + 1,
            row.getUUID("session_id"),
            row.getLong("expires_at"),
            row.getUUID("resource_id"),
            row.getString("resource_name"),
            settings(row),
            secret == null ? null : SealedSecret.of(secret.getBytes()),
            row.getShort("ip_version"),
            row.getString("ip_address"),
            known == null ? row.getString("shared_rule_id") : known,
            row.getBoolean("sent") || row.getBoolean("shared"),
            row.getInteger("attempts"));
    return Database.query(on, CLAIM, Tuple.of(ruleId, status.name(), lease.toMillis()))
        .map(claimed -> new RuleClaim.Granted(call));
  }

  // Results

  private static final String TOLD_OF =
      """
       RETURNING id, session_id, resource_id, resource_name, ip_version, ip_address,
        provider_rule_id, error_message,
        (SELECT s.realm_id FROM session s WHERE s.id = session_id) AS realm_id,
        (SELECT s.user_id FROM session s WHERE s.id = session_id) AS user_id
      """;

  private static final String APPLY_ON_RECORD =
      """
      UPDATE resource_rule SET status = 'APPLIED', applied_at = clock_timestamp()
      WHERE session_id = $1 AND status = 'PENDING'
        AND EXISTS (SELECT FROM session s WHERE s.id = $1 AND s.state < 3)
        AND EXISTS (SELECT FROM resource x WHERE x.id = resource_id AND x.provider = 'none')
      """
          + TOLD_OF;

  /** Applies those rules of a session whose provider is none. */
  public Future<Void> applyOnRecord(UUID sessionId, Initiator by) {
    return database.transaction(
        on ->
            Database.query(on, APPLY_ON_RECORD, Tuple.of(sessionId))
                .compose(rows -> tell(on, rows, EventType.GRANT_APPLIED, by)));
  }

  private static final String REMOVE_ON_RECORD =
      """
      UPDATE resource_rule
      SET status = 'REMOVED', removed_at = clock_timestamp(), removal_told = true
      WHERE session_id = $1 AND status <> 'REMOVED' AND sent_at IS NULL
      """
          + TOLD_OF;

  /** Removes those rules of a session that no provider was asked to apply. */
  public Future<Void> removeOnRecord(UUID sessionId, Initiator by) {
    return database.transaction(
        on ->
            Database.query(on, REMOVE_ON_RECORD, Tuple.of(sessionId))
                .compose(rows -> tell(on, rows, EventType.GRANT_REMOVED, by)));
  }

  private static final String APPLIED =
      """
      UPDATE resource_rule SET
        status = 'APPLIED', applied_at = clock_timestamp(), busy_until = NULL,
        provider_rule_id = $3, error_message = NULL
      WHERE id = $1 AND fence = $2 AND status = 'PENDING'
      """
          + TOLD_OF;

  /**
   * Notes that the provider holds the rule.
   *
   * @return whether the result came in time; if not, and the rule counted as removed, it is to be
   *     removed once more
   */
  public Future<Boolean> applied(RuleCall call, @Nullable String providerRuleId, Initiator by) {
    return database.transaction(
        on ->
            Database.query(on, APPLIED, Tuple.of(call.ruleId(), call.fence(), providerRuleId))
                .compose(
                    rows ->
                        rows.size() == 0
                            ? reopen(on, call, providerRuleId)
                            : tell(on, rows, EventType.GRANT_APPLIED, by).map(true)));
  }

  private static final String FAILED =
      """
      UPDATE resource_rule SET
        status = 'FAILED', busy_until = NULL, error_message = $3,
        sent_at = CASE WHEN $4 THEN sent_at END
      WHERE id = $1 AND fence = $2 AND status = 'PENDING'
      """;

  /**
   * Notes that the rule was not applied.
   *
   * @param mayHold whether the provider may hold it all the same
   * @return as {@link #applied}
   */
  public Future<Boolean> failed(RuleCall call, String message, boolean mayHold, Initiator by) {
    return database.transaction(
        on ->
            Database.query(on, FAILED, Tuple.of(call.ruleId(), call.fence(), message, mayHold))
                .compose(
                    rows -> {
                      if (rows.rowCount() > 0) {
                        return tellOfFailure(on, call.ruleId(), by).map(true);
                      }
                      return mayHold ? reopen(on, call, null) : Future.succeededFuture(false);
                    }));
  }

  private static final String REOPEN =
      """
      UPDATE resource_rule SET
        status = 'REMOVING', removed_at = NULL, next_attempt_at = NULL,
        sent_at = COALESCE(sent_at, clock_timestamp()),
        provider_rule_id = COALESCE($2, provider_rule_id)
      WHERE id = $1 AND status = 'REMOVED'
      """;

  private static Future<Boolean> reopen(
      SqlConnection on, RuleCall call, @Nullable String providerRuleId) {
    return Database.query(on, REOPEN, Tuple.of(call.ruleId(), providerRuleId)).map(false);
  }

  private static final String REMOVED =
      """
      UPDATE resource_rule SET
        status = 'REMOVED', removed_at = clock_timestamp(), busy_until = NULL,
        next_attempt_at = NULL,
        error_message = CASE WHEN applied_at IS NULL THEN error_message END
      WHERE id = $1 AND fence = $2 AND status <> 'REMOVED'
      """;

  /** Notes that the provider does not hold the rule any more. */
  public Future<Void> removed(RuleCall call, Initiator by) {
    return database.transaction(on -> removed(on, call.ruleId(), call.fence(), by));
  }

  private static Future<Void> removed(SqlConnection on, UUID ruleId, int fence, Initiator by) {
    return Database.query(on, REMOVED, Tuple.of(ruleId, fence))
        .compose(
            rows ->
                rows.rowCount() == 0
                    ? Future.succeededFuture()
                    : Database.query(on, TELL_REMOVAL, Tuple.of(ruleId))
                        .compose(told -> tell(on, told, EventType.GRANT_REMOVED, by)));
  }

  private static final String TELL_REMOVAL =
      """
      UPDATE resource_rule SET removal_told = true WHERE id = $1 AND NOT removal_told
      """
          + TOLD_OF;

  private static final String REMOVAL_FAILED =
      """
      UPDATE resource_rule SET
        busy_until = NULL, error_message = $3, attempts = attempts + 1,
        next_attempt_at = clock_timestamp() + interval '1 millisecond'
          * LEAST($5::bigint, $4::bigint * (1::bigint << LEAST(attempts, 20)))
      WHERE id = $1 AND fence = $2
      """;

  /** Notes that the rule may still hold at its provider, and is to be removed after a pause. */
  public Future<Void> removalFailed(RuleCall call, String message, Initiator by) {
    return database.transaction(
        on ->
            Database.query(
                    on,
                    REMOVAL_FAILED,
                    Tuple.of(
                        call.ruleId(),
                        call.fence(),
                        message,
                        FIRST_PAUSE.toMillis(),
                        LONGEST_PAUSE.toMillis()))
                .compose(
                    rows ->
                        rows.rowCount() == 0
                            ? Future.succeededFuture()
                            : tellOfFailure(on, call.ruleId(), by)));
  }

  private static final String TELL_FAILURE =
      """
      UPDATE resource_rule SET failure_told = true WHERE id = $1 AND NOT failure_told
      """
          + TOLD_OF;

  private static Future<Void> tellOfFailure(SqlConnection on, UUID ruleId, Initiator by) {
    return Database.query(on, TELL_FAILURE, Tuple.of(ruleId))
        .compose(rows -> tell(on, rows, EventType.GRANT_FAILED, by));
  }

  private static Future<Void> tell(
      SqlConnection on, Iterable<Row> rules, EventType event, Initiator by) {
    Future<Void> told = Future.succeededFuture();
    for (Row rule : rules) {
      Integer realmId = rule.getInteger("realm_id");
      // Where the session was never created there is nobody to tell.
      if (realmId != null) {
        told =
            told.compose(
                before ->
                    EventWriter.write(
                        on,
                        new LogEntry(
                            event,
                            realmId,
                            rule.getUUID("session_id"),
                            rule.getLong("user_id"),
                            data(rule, event, by))));
      }
    }
    return told;
  }

  private static JsonObject data(Row rule, EventType event, Initiator by) {
    JsonObject data =
        new JsonObject()
            .put("sessionId", rule.getUUID("session_id").toString())
            .put("ruleId", rule.getUUID("id").toString())
            .put("resourceId", rule.getUUID("resource_id").toString())
            .put("resourceName", rule.getString("resource_name"))
            .put("ipVersion", rule.getShort("ip_version"))
            .put("ipAddress", rule.getString("ip_address"))
            .put("providerRuleId", rule.getString("provider_rule_id"))
            .put("by", LogEntry.initiator(by));
    return event == EventType.GRANT_FAILED
        ? data.put("message", rule.getString("error_message"))
        : data;
  }
}
