package dev.curfew.api.console;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.api.Times;
import dev.curfew.directory.AccessGrants;
import dev.curfew.directory.GrantChange;
import dev.curfew.directory.NewGrant;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.AccessGrant;
import dev.curfew.session.EndReason;
import dev.curfew.session.SessionKind;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Grants of device rights as the origin product's scripts make them. */
final class AccessRequestCalls {
  private static final SessionKind KIND = SessionKind.DEVICE_ADMIN;
  private static final int USUAL = 10;
  private static final int MOST = 100;

  private final Gateway gateway;
  private final AccessGrants grants;

  AccessRequestCalls(Gateway gateway) {
    this.gateway = gateway;
    this.grants = gateway.directory().grants();
  }

  Future<Answer> create(Exchange exchange) {
    Fields body = exchange.body();
    if (!body.text("resourceType", 64).equals("device")) {
      throw CurfewException.invalid("resourceType", "must be device");
    }
    long now = gateway.clock().getAsLong();
    long expiry = Times.required(body, "expiry");
    if (expiry <= now) {
      throw CurfewException.invalid("expiry", "must lie in the future");
    }
    NewGrant wanted =
        new NewGrant(
            KIND,
            body.id("requestorId"),
            body.text("resourceId", 128),
            null,
            // From a known moment, so that it ends exactly when it shall.
            now,
            Duration.ofMillis(expiry - now),
            ConsoleJson.sudo(body.object("additionalAttributes")),
            body.optionalText("remarks", 1_024),
            null);
    return grants
        .grant(exchange.principal(), wanted)
        .compose(session -> grants.get(exchange.principal(), KIND, session.id()))
        .map(grant -> Answer.ok(json(grant)));
  }

  Future<Answer> list(Exchange exchange) {
    int limit = (int) exchange.queryInteger("limit", USUAL, 1, MOST);
    long skip = exchange.queryInteger("skip", 0, 0, Integer.MAX_VALUE);
    return grants
        .list(exchange.principal(), KIND, limit + 1, skip)
        .map(
            found -> {
              JsonArray items = new JsonArray();
              shown(found, limit).forEach(grant -> items.add(json(grant)));
              Answer answer = Answer.ok(items);
              return found.size() > limit
                  ? answer.with("Link", next(exchange.request(), limit, skip + limit))
                  : answer;
            });
  }

  private static List<AccessGrant> shown(List<AccessGrant> found, int limit) {
    return found.size() > limit ? found.subList(0, limit) : found;
  }

  private static String next(HttpServerRequest request, int limit, long skip) {
    String host = request.authority() == null ? "" : request.scheme() + "://" + request.authority();
    return "<" + host + request.path() + "?limit=" + limit + "&skip=" + skip + ">; rel=\"next\"";
  }

  Future<Answer> show(Exchange exchange) {
    return grants
        .get(exchange.principal(), KIND, id(exchange))
        .map(grant -> Answer.ok(json(grant)));
  }

  /** What cannot be an id is the id of nothing. */
  private static UUID id(Exchange exchange) {
    try {
      return exchange.pathUuid("accessId");
    } catch (CurfewException malformed) {
      throw CurfewException.of(ErrorCode.NOT_FOUND, "Not Found");
    }
  }

  Future<Answer> change(Exchange exchange) {
    Fields body = exchange.body();
    Long expiry = body.has("expiry") ? Times.required(body, "expiry") : null;
    GrantChange change =
        new GrantChange(
            expiry,
            body.optionalText("remarks", 1_024),
            ConsoleJson.sudo(body.object("additionalAttributes")));
    return grants
        .change(exchange.principal(), KIND, id(exchange), change)
        .map(grant -> Answer.ok(json(grant)));
  }

  Future<Answer> revoke(Exchange exchange) {
    return grants
        .revoke(
            exchange.principal(),
            KIND,
            id(exchange),
            exchange.body().optionalText("remarks", 1_024))
        .map(grant -> Answer.ok(json(grant)));
  }

  private static JsonObject json(AccessGrant grant) {
    return new JsonObject()
        .put("id", grant.sessionId().toString())
        .put("accessId", grant.sessionId().toString())
        .put("accessState", state(grant))
        .put("requestorId", grant.userId().toString())
        .put("resourceId", grant.resourceId())
        .put("resourceType", "device")
        .put("expiry", Times.iso(grant.expiresAt()))
        .put("duration", (grant.expiresAt() - grant.startedAt()) / 1000)
        .put("remarks", grant.remarks())
        .put("additionalAttributes", new JsonObject().put("sudo", ConsoleJson.sudo(grant.sudo())))
        .put("createdBy", grant.createdBy().toString())
        .put("updatedBy", grant.updatedBy().toString())
        .put("createdAt", Times.iso(grant.createdAt()))
        .put("updatedAt", Times.iso(grant.updatedAt()))
        .put("version", grant.version());
  }

  /** Access that was not used, or whose time was up, has expired; all else was taken away. */
  private static String state(AccessGrant grant) {
    @Nullable EndReason reason = grant.reason();
    if (reason == null) {
      return "granted";
    }
    return reason == EndReason.EXPIRED || reason == EndReason.IDLE ? "expired" : "revoked";
  }
}
