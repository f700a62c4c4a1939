package dev.curfew.store;

import dev.curfew.session.Initiator;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Holds and deletions as the row of a recording has them. */
final class CustodyRows {
  /** Of a {@code recording r}. */
  static final String COLUMNS =
      """
      ms(r.held_at) AS held_at, r.held_by, r.hold_reason, ms(r.deletion_at) AS deletion_at,
        r.deletion_by, r.deletion_reason, COALESCE(ms(r.deleted_at), 0) AS deleted_at
      """;

  private CustodyRows() {}

  static @Nullable LegalHold hold(Row row) {
    Long since = row.getLong("held_at");
    return since == null
        ? null
        : new LegalHold(
            since, initiator(row.getJsonObject("held_by")), row.getString("hold_reason"));
  }

  static @Nullable Deletion deletion(Row row) {
    Long decidedAt = row.getLong("deletion_at");
    return decidedAt == null
        ? null
        : new Deletion(
            decidedAt,
            initiator(row.getJsonObject("deletion_by")),
            row.getString("deletion_reason"),
            row.getLong("deleted_at"));
  }

  /** The reverse of {@link LogEntry#initiator}. */
  private static Initiator initiator(JsonObject by) {
    return new Initiator(
        Initiator.Kind.valueOf(by.getString("kind").toUpperCase(Locale.ROOT)),
        by.getLong("userId"),
        by.getString("name"));
  }
}
