package dev.curfew.api.access;

import dev.curfew.api.Times;
import dev.curfew.realm.AccessStatus;
import dev.curfew.realm.ResourceRule;
import dev.curfew.realm.SessionDetail;
import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A session as the access dialect shows it. */
final class SessionResponse {
  private SessionResponse() {}

  static JsonObject of(SessionDetail session, List<ResourceRule> rules) {
    JsonArray resourceIps = new JsonArray();
    rules.forEach(rule -> resourceIps.add(resourceIp(rule)));
    String displayName = session.user().displayName();
    return new JsonObject()
        .put("id", session.id().toString())
        .put("userId", session.user().id().toString())
        .put("userName", displayName == null ? session.user().username() : displayName)
        .put("userEmail", session.user().email())
        .put("ipv4Address", session.ipv4Address())
        .put("ipv6Address", session.ipv6Address())
        .put("status", AccessStatus.of(session, rules).name())
        .put("startedAt", Times.iso(session.startedAt()))
        .put("expiresAt", Times.iso(session.expiresAt()))
        .put("endedAt", Times.iso(session.endedAt()))
        .put("endedReason", endedReason(session))
        .put("resourceIps", resourceIps)
        .put("createdAt", Times.iso(session.createdAt()));
  }

  private static @Nullable String endedReason(SessionDetail session) {
    EndReason reason = session.reason();
    if (reason == null) {
      return null;
    }
    return switch (reason) {
      case EXPIRED -> "EXPIRED";
      case IDLE -> "IDLE";
      case LOST -> "LOST";
      case STOPPED -> session.endedBy() == Initiator.Kind.ADMIN ? "ADMIN" : "MANUAL";
      case CHECKED_IN -> "MANUAL";
      case REVOKED, QUOTA, DENIED -> "REVOKED";
    };
  }

  private static JsonObject resourceIp(ResourceRule rule) {
    return new JsonObject()
        .put("id", rule.id().toString())
        .put("resourceId", rule.resourceId().toString())
        .put("resourceName", rule.resourceName())
        .put("ipVersion", rule.ipVersion())
        .put("ipAddress", rule.ipAddress())
        .put("status", rule.status().name())
        .put("providerRuleId", rule.providerRuleId())
        .put("appliedAt", Times.iso(rule.appliedAt()))
        .put("removedAt", Times.iso(rule.removedAt()))
        .put("errorMessage", rule.errorMessage());
  }
}
