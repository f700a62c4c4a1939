package dev.curfew.store;

import dev.curfew.session.EventType;
import dev.curfew.session.Initiator;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event to be written to the log, now.
 *
 * @param userId numeric id of the user whom it is about
 * @param data the CloudEvents {@code data}; never a secret
 */
record LogEntry(
    EventType type, int realmId, @Nullable UUID sessionId, @Nullable Long userId, JsonObject data) {

  /** Who did it, as every event's data says it. */
  static JsonObject initiator(Initiator by) {
    return new JsonObject()
        .put("kind", by.kind().wireName())
        .put("userId", by.userId())
        .put("name", by.name());
  }
}
