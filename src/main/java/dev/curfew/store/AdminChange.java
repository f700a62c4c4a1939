package dev.curfew.store;

import dev.curfew.session.EventType;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.SqlClient;
import java.util.Locale;

/**
 * A change by an administrator, as the audit log keeps it: which thing, what was done to it, by
 * whom. Never what the thing contains.
 */
enum AdminChange {
  CREATED,
  CHANGED,
  DELETED,
  REVOKED,
  DISABLED,
  APPROVED,
  DENIED;

  /**
   * Writes the event of this change.
   *
   * @param on the connection whose transaction makes the change
   * @param what kind of thing, in one word
   */
  Future<Void> write(SqlClient on, int realmId, String what, Object id, String name, Initiator by) {
    return EventWriter.write(
        on,
        new LogEntry(
            EventType.ADMIN_CHANGED,
            realmId,
            null,
            null,
            new JsonObject()
                .put("what", what)
                .put("action", name().toLowerCase(Locale.ROOT))
                .put("id", id.toString())
                .put("name", name)
                .put("by", LogEntry.initiator(by))));
  }
}
