package dev.curfew.api.console;

import dev.curfew.api.Fields;
import dev.curfew.api.Times;
import dev.curfew.realm.ActiveSession;
import dev.curfew.realm.SessionAttributes;
import dev.curfew.realm.Sudo;
import dev.curfew.realm.UserReference;
import dev.curfew.session.EndReason;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** What the calls have in common, as JSON. */
final class ConsoleJson {
  private ConsoleJson() {}

  static JsonObject session(ActiveSession session, long now) {
    EndReason reason = session.reason();
    SessionAttributes attributes = session.attributes();
    return new JsonObject()
        .put("id", session.id().toString())
        .put("numericId", session.numericId())
        .put("kind", session.kind().wireName())
        .put("state", session.state().wireName())
        .put("endReason", reason == null ? null : reason.wireName())
        .put("realm", session.realm())
        .put("user", user(session.user()))
        .put("device", target(attributes.deviceId(), attributes.deviceName()))
        .put("resource", resource(attributes))
        .put("grantedBy", user(session.grantedBy()))
        .put("startedAt", Times.iso(session.startedAt()))
        .put("expiresAt", Times.iso(session.expiresAt()))
        .put("timeRemainingSeconds", session.remaining(now) / 1000)
        .put("approvedDurationSeconds", (session.expiresAt() - session.startedAt()) / 1000)
        .put("sudo", sudo(session.sudo()))
        .put("remarks", session.remarks());
  }

  private static @Nullable JsonObject resource(SessionAttributes attributes) {
    Long item = attributes.jumpItemId();
    return item == null
        ? target(attributes.resourceId(), attributes.resourceName())
        : target(item.toString(), attributes.jumpItemType());
  }

  private static @Nullable JsonObject target(@Nullable String id, @Nullable String name) {
    return id == null && name == null ? null : new JsonObject().put("id", id).put("name", name);
  }

  private static @Nullable JsonObject user(@Nullable UserReference user) {
    return user == null
        ? null
        : new JsonObject()
            .put("id", user.id().toString())
            .put("numericId", user.numericId())
            .put("username", user.username())
            .put("displayName", user.displayName());
  }

  static @Nullable JsonObject sudo(@Nullable Sudo sudo) {
    return sudo == null
        ? null
        : new JsonObject()
            .put("enabled", sudo.enabled())
            .put("withoutPassword", sudo.withoutPassword());
  }

  /** Sudo rights from a field; null when it is absent. */
  static @Nullable Sudo sudo(Fields fields) {
    if (!fields.has("sudo")) {
      return null;
    }
    Fields sudo = fields.object("sudo");
    return new Sudo(sudo.bool("enabled", false), sudo.bool("withoutPassword", false));
  }
}
