package dev.curfew.api.pra;

import dev.curfew.api.Answer;
import dev.curfew.api.ApiRoute;
import dev.curfew.api.BodyRule;
import dev.curfew.api.Dialect;
import dev.curfew.api.ErrorShape;
import dev.curfew.api.Exchange;
import dev.curfew.api.Gateway;
import dev.curfew.api.Need;
import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.RateLimiter;
import dev.curfew.auth.Scope;
import dev.curfew.config.CurfewConfig;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.SessionDetail;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** How long the jump sessions of a user have left. Reading changes nothing. */
public final class PraDialect implements Dialect {
  private static final String STATUS = "/api/config/v1/jump-approval/session-status/:user_id";

  private final Gateway gateway;
  private final RateLimiter perSecond;
  private final RateLimiter perHour;

  public PraDialect(Gateway gateway) {
    this.gateway = gateway;
    CurfewConfig.PraRateLimit limits = gateway.config().pra().rateLimit();
    this.perSecond = RateLimiter.perSecond(limits.perSecond());
    this.perHour = new RateLimiter(limits.perHour(), Duration.ofHours(1));
  }

  @Override
  public String name() {
    return "pra";
  }

  @Override
  public List<String> basePaths() {
    return List.of("/api/config/v1");
  }

  @Override
  public ErrorShape errors() {
    return (failure, request) -> error(failure);
  }

  /** Invalid input is 422 with the fields at fault, all else a message. */
  private static Answer error(CurfewException failure) {
    JsonObject body = new JsonObject().put("message", failure.getMessage());
    String field = failure.field();
    if (failure.code().category() != ErrorCode.Category.INVALID) {
      return Answer.json(failure.code().httpStatus(), body);
    }
    JsonObject errors =
        new JsonObject()
            .put(field == null ? "request" : field, new JsonArray().add(failure.getMessage()));
    return Answer.json(422, body.put("errors", errors));
  }

  @Override
  public List<ApiRoute> routes() {
    Need reads = Need.scope(Scope.PRA_READ);
    return List.of(
        ApiRoute.get(STATUS, reads, this::sessionStatus),
        new ApiRoute(HttpMethod.HEAD, STATUS, reads, BodyRule.NONE, this::sessionStatus),
        new ApiRoute(
            HttpMethod.OPTIONS,
            STATUS,
            Need.CREDENTIAL,
            BodyRule.NONE,
            exchange ->
                Future.succeededFuture(Answer.empty(204).with("Allow", "GET, HEAD, OPTIONS"))));
  }

  /** Counts the request against the account's limits, and tells the account what is left. */
  private void requireWithinLimits(Exchange exchange) {
    UUID account = exchange.principal().userUuid();
    long left = perSecond.take(account);
    if (perSecond.permits() > 0) {
      exchange.response().putHeader("X-RateLimit-Limit", Long.toString(perSecond.permits()));
      exchange.response().putHeader("X-RateLimit-Remaining", Long.toString(Math.max(0, left)));
    }
    if (left < 0 || !perHour.admits(exchange.principal())) {
      throw CurfewException.of(ErrorCode.RATE_LIMITED, "Too many requests; try again shortly");
    }
  }

  private Future<Answer> sessionStatus(Exchange exchange) {
    requireWithinLimits(exchange);
    if (gateway.config().pra().product() == CurfewConfig.PraProduct.RS) {
      throw CurfewException.of(ErrorCode.NOT_FOUND, "Not available on this product");
    }
    for (String parameter : exchange.context().queryParams().names()) {
      throw CurfewException.invalid(parameter, "is not a parameter of this call");
    }
    long userId = exchange.pathInteger("user_id", 1, Integer.MAX_VALUE);
    Principal caller = exchange.principal();
    return gateway
        .directory()
        .users()
        .ofNumericId(caller, userId)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof CurfewException known && known.code() == ErrorCode.NOT_FOUND
                        ? CurfewException.invalid("user_id", "is not a user")
                        : failure))
        .compose(
            user -> {
              Authorisation.requireRealm(caller, user.realmId(), "User");
              return gateway
                  .directory()
                  .sessionReads()
                  .liveOf(user.numericId(), Set.of(SessionKind.JUMP));
            })
        .map(sessions -> Answer.ok(statuses(sessions, gateway.clock().getAsLong())));
  }

  private static JsonArray statuses(List<SessionDetail> sessions, long now) {
    JsonArray statuses = new JsonArray();
    for (SessionDetail session : sessions) {
      if (session.state().live()) {
        statuses.add(status(session, now));
      }
    }
    return statuses;
  }

  private static JsonObject status(SessionDetail session, long now) {
    long start = session.startedAt() / 1000;
    // The end as a whole second, so that it always equals start plus duration.
    long end = session.expiresAt() / 1000;
    long remaining = Math.max(0, session.expiresAt() - now) / 1000;
    Long item = session.attributes().jumpItemId();
    String itemType = session.attributes().jumpItemType();
    return new JsonObject()
        .put("id", session.numericId())
        .put("state", session.state() == SessionState.APPROVED ? "approved" : "in_use")
        .put("jump_item_id", item == null ? 0 : item)
        .put("jump_item_type", itemType == null ? "" : itemType)
        .put("jump_policy_id", session.policyId())
        .put("created_by_user_id", session.createdBy())
        .put("start_timestamp", start)
        .put("duration", end - start)
        .put("end_timestamp", end)
        .put("time_remaining_seconds", remaining)
        .put("expired", session.expiresAt() <= now);
  }
}
