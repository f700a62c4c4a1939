package dev.curfew.contract;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** One object of each kind, of user jdoe of realm root: what the routes of the table are about. */
final class RouteTargets {
  private final Map<String, String> values = new LinkedHashMap<>();

  RouteTargets(Installation at) {
    values.put("session", at.session(new JsonObject().put("kind", "access")));
    values.put("psm", at.psmSession());
    values.put("user", at.userRecord.getString("id"));
    values.put("numericUser", at.userRecord.getInteger("numericId").toString());
    int credential = at.credential();
    values.put("credential", Integer.toString(credential));
    JsonObject checkout = at.checkout(credential);
    values.put("checkout", checkout.getString("checkOutId"));
    values.put("checkoutSession", checkout.getString("sessionId"));
    values.put(
        "policy",
        at.admin
            .post("/api/v1/admin/policies", new JsonObject().put("name", "reviewed"))
            .is(201)
            .json()
            .getInteger("id")
            .toString());
    values.put("key", keyOfJdoe(at));
    values.put("now", Long.toString(Instant.now().getEpochSecond()));
    values.put("soon", Instant.now().plusSeconds(3_600).toString());
    values.put(
        "request",
        at.admin
            .post(
                "/api/config/v1/jump-approval/request",
                new JsonObject()
                    .put("user_id", at.userRecord.getInteger("numericId"))
                    .put("jump_item_type", "jump_client")
                    .put("jump_item_id", 8)
                    .put("start", Instant.now().getEpochSecond())
                    .put("duration", 3_600)
                    .put("reason", "Reviewed"))
            .is(200)
            .json()
            .getLong("id")
            .toString());
    values.put(
        "grant",
        at.admin
            .post(
                "/api/v1/admin/device-sessions",
                new JsonObject()
                    .put("userId", "jdoe")
                    .put("deviceId", "laptop-7")
                    .put("durationSeconds", 3_600))
            .is(201)
            .json()
            .getString("id"));
    values.put(
        "stream",
        at.admin.post("/ssf/streams", new JsonObject()).is(201).json().getString("stream_id"));
    String subscription =
        at.admin
            .post(
                "/api/v1/subscriptions",
                new JsonObject()
                    .put("url", "http://127.0.0.1:9/")
                    .put("types", new JsonArray().add("dev.curfew.grant.removed")))
            .is(201)
            .json()
            .getString("id");
    values.put("subscription", subscription);
    values.put(
        "delivery",
        at.admin
            .post("/api/v1/subscriptions/" + subscription + "/test", new JsonObject())
            .is(202)
            .json()
            .getString("id"));
    values.put("cursor", at.admin.get("/api/v1/events?limit=1").is(200).json().getString("next"));
    values.put("oauthClient", at.oauthClient("pra:read").getString("clientId"));
  }

  private static String keyOfJdoe(Installation at) {
    return at.admin
        .post(
            "/api/v1/api-keys",
            new JsonObject()
                .put("name", "reviewed")
                .put("scopes", new JsonArray().add("sessions:read"))
                .put("userId", "jdoe"))
        .is(201)
        .json()
        .getString("id");
  }

  /** The path of a route with its parameters filled in. */
  String path(String route) {
    StringBuilder path = new StringBuilder();
    String before = "";
    for (String part : route.substring(1).split("/")) {
      path.append('/').append(part.startsWith(":") ? parameter(before, part.substring(1)) : part);
      before = part.startsWith(":") ? before : path.toString();
    }
    return path.toString();
  }

  /**
   * @param before the path up to the last part that is no parameter
   */
  private String parameter(String before, String name) {
    if (name.equals("user_id")) {
      return value("numericUser");
    }
    return switch (before) {
      case "/api/v1/sessions",
          "/api/v1/sessions/admin",
          "/api/v1/admin/sessions",
          "/api/v1/admin/active-sessions" ->
          value("session");
      case "/api/v2/accessrequests" -> value("grant");
      case "/api/config/v1/jump-policy" -> value("policy");
      case "/api/v1/recordings", "/api/v1/admin/recordings" -> value("psm");
      case "/api/v1/checkouts" -> value("checkout");
      case "/api/v1/api-keys" -> value("key");
      case "/api/v1/subscriptions" -> value("subscription");
      case "/api/v1/admin/users" -> value("user");
      case "/api/v1/admin/policies" -> value("policy");
      case "/api/v1/admin/oauth-clients" -> value("oauthClient");
      case "/api/v1/admin/credentials" -> value("credential");
      case "/api/v1/admin/realms" -> "root";
      case "/ssf/poll" -> value("stream");
      case "/openapi" -> "psm.yaml";
      default ->
          before.endsWith("/view")
              ? value("request")
              : before.endsWith("/chunks")
                  ? "1"
                  : before.endsWith("/deliveries")
                      ? value("delivery")
                      : before.endsWith("/artifacts") ? "video" : value(before + " " + name);
    };
  }

  /** A body with its placeholders, as <code>${session}</code>, filled in. */
  String filled(String body) {
    String filled = body;
    for (Map.Entry<String, String> value : values.entrySet()) {
      filled = filled.replace("${" + value.getKey() + "}", value.getValue());
    }
    if (filled.contains("${")) {
      throw new AssertionError("Nothing to fill in: " + filled);
    }
    return filled;
  }

  private String value(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new AssertionError("No object for " + name);
    }
    return value;
  }
}
