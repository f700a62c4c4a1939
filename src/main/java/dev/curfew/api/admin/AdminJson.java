package dev.curfew.api.admin;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Times;
import dev.curfew.directory.PageRequest;
import dev.curfew.lease.RecordingStage;
import dev.curfew.realm.Page;
import dev.curfew.realm.SessionAttributes;
import dev.curfew.realm.SessionDetail;
import dev.curfew.realm.UserReference;
import dev.curfew.session.EndReason;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the administration's objects have in common, as JSON. */
final class AdminJson {
  private AdminJson() {}

  static PageRequest page(Exchange exchange) {
    return new PageRequest(exchange.limit(), exchange.query("after"));
  }

  static <T> Answer list(Page<T> page, Function<T, JsonObject> json) {
    JsonArray items = new JsonArray();
    page.items().forEach(item -> items.add(json.apply(item)));
    return Answer.ok(new JsonObject().put("items", items).put("next", page.next()));
  }

  static JsonObject user(UserReference user) {
    return new JsonObject()
        .put("id", user.id().toString())
        .put("numericId", user.numericId())
        .put("username", user.username());
  }

  static JsonObject session(SessionDetail session, long now) {
    return new JsonObject()
        .put("id", session.id().toString())
        .put("numericId", session.numericId())
        .put("kind", session.kind().wireName())
        .put("state", session.state().wireName())
        .put("endReason", reason(session.reason()))
        .put("realm", session.realm())
        .put("user", user(session.user()))
        .put("policyId", session.policyId())
        .put("startedAt", Times.iso(session.startedAt()))
        .put("expiresAt", Times.iso(session.expiresAt()))
        .put("maxIdleSeconds", session.maxIdle() == 0 ? null : session.maxIdle() / 1000)
        .put("lastAccessAt", Times.iso(session.lastAccessAt()))
        .put("lastReportedAt", Times.iso(session.lastReportedAt()))
        .put("timeRemainingSeconds", session.remaining(now) / 1000)
        .put("endedAt", Times.iso(session.endedAt()))
        .put("stage", stage(session.recordingStage()))
        .put("attributes", attributes(session.attributes()));
  }

  static @Nullable String reason(@Nullable EndReason reason) {
    return reason == null ? null : reason.wireName();
  }

  private static @Nullable String stage(int code) {
    return code == 0 ? null : RecordingStage.ofCode(code).wireName();
  }

  private static JsonObject attributes(SessionAttributes attributes) {
    JsonObject json = new JsonObject();
    put(json, "jumpItemId", attributes.jumpItemId());
    put(json, "jumpItemType", attributes.jumpItemType());
    put(json, "deviceId", attributes.deviceId());
    put(json, "deviceName", attributes.deviceName());
    put(json, "resourceId", attributes.resourceId());
    put(json, "resourceName", attributes.resourceName());
    return json;
  }

  private static void put(JsonObject json, String name, @Nullable Object value) {
    if (value != null) {
      json.put(name, value);
    }
  }
}
