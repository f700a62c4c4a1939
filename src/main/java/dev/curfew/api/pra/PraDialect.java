package dev.curfew.api.pra;

import dev.curfew.api.Answer;
import dev.curfew.api.ApiRoute;
import dev.curfew.api.BodyRule;
import dev.curfew.api.Dialect;
import dev.curfew.api.ErrorShape;
import dev.curfew.api.Exchange;
import dev.curfew.api.Gateway;
import dev.curfew.api.Need;
import dev.curfew.api.Operation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.RateLimiter;
import dev.curfew.auth.Scope;
import dev.curfew.config.CurfewConfig;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Every call of the PRA dialect and what it needs, and the limits of its accounts. */
public final class PraDialect implements Dialect {
  private static final String BASE = "/api/config/v1";
  private static final String APPROVAL = BASE + "/jump-approval";

  /** What looks like a user's id in a path and is the name of a call. */
  private static final Set<String> CALLS = Set.of("request", "approve", "cancel");

  private final Gateway gateway;
  private final RateLimiter perSecond;
  private final RateLimiter perHour;
  private final Set<String> exempt;

  public PraDialect(Gateway gateway) {
    this.gateway = gateway;
    CurfewConfig.PraRateLimit limits = gateway.config().pra().rateLimit();
    this.perSecond = RateLimiter.perSecond(limits.perSecond());
    this.perHour = new RateLimiter(limits.perHour(), Duration.ofHours(1));
    this.exempt = limits.exempt();
  }

  @Override
  public String name() {
    return "pra";
  }

  @Override
  public List<String> basePaths() {
    return List.of(BASE);
  }

  @Override
  public ErrorShape errors() {
    return (failure, request) -> error(failure);
  }

  /** Invalid input is 422 with the fields at fault; all else a message. */
  private static Answer error(CurfewException failure) {
    JsonObject body = new JsonObject().put("message", failure.getMessage());
    return switch (failure.code().category()) {
      case INVALID -> {
        String field = failure.field();
        JsonObject errors =
            new JsonObject()
                .put(field == null ? "request" : field, new JsonArray().add(failure.getMessage()));
        yield Answer.json(422, body.put("errors", errors));
      }
      // What cannot be done to a request as it stands.
      case CONFLICT -> Answer.json(400, body);
      default -> Answer.json(failure.code().httpStatus(), body);
    };
  }

  @Override
  public List<ApiRoute> routes() {
    Need reads = Need.scope(Scope.PRA_READ);
    Need writes = Need.scope(Scope.PRA_WRITE);
    BodyRule json = BodyRule.json(gateway.config().limits().jsonBody().bytes());
    SessionStatusCalls status = new SessionStatusCalls(gateway);
    ApprovalCalls approvals = new ApprovalCalls(gateway);
    JumpPolicyCalls policies = new JumpPolicyCalls(gateway);
    List<ApiRoute> calls = new ArrayList<>();
    read(calls, APPROVAL + "/session-status/:user_id", reads, status::status);
    read(calls, APPROVAL + "/:user_id", reads, exchange -> listOrRefuse(exchange, approvals));
    read(calls, APPROVAL + "/:user_id/view/:id", reads, approvals::view);
    calls.add(write(HttpMethod.POST, APPROVAL + "/request", writes, json, approvals::request));
    calls.add(write(HttpMethod.POST, APPROVAL + "/approve", writes, json, approvals::approve));
    calls.add(write(HttpMethod.POST, APPROVAL + "/cancel", writes, json, approvals::cancel));
    read(calls, BASE + "/jump-policy/:id", reads, policies::show);
    calls.add(write(HttpMethod.PUT, BASE + "/jump-policy/:id", writes, json, policies::change));
    return withOptions(calls);
  }

  private static void read(List<ApiRoute> calls, String path, Need need, Operation operation) {
    calls.add(ApiRoute.get(path, need, operation));
    calls.add(new ApiRoute(HttpMethod.HEAD, path, need, BodyRule.NONE, operation));
  }

  private static ApiRoute write(
      HttpMethod method, String path, Need need, BodyRule body, Operation operation) {
    return new ApiRoute(
        method,
        path,
        need,
        body,
        exchange -> {
          exchange.requireOnlyParameters(Set.of());
          return operation.run(exchange);
        });
  }

  /** Every path tells its methods. */
  private static List<ApiRoute> withOptions(List<ApiRoute> calls) {
    Map<String, Set<String>> methods = new LinkedHashMap<>();
    for (ApiRoute call : calls) {
      methods
          .computeIfAbsent(call.path(), path -> new TreeSet<>(Set.of("OPTIONS")))
          .add(call.method().name());
    }
    List<ApiRoute> routes = new ArrayList<>(calls);
    // A name comes before a parameter that it could be taken for.
    methods.keySet().stream()
        .sorted(Comparator.comparing(path -> path.contains(":")))
        .map(path -> options(path, String.join(", ", methods.getOrDefault(path, Set.of()))))
        .forEach(routes::add);
    return routes;
  }

  private static ApiRoute options(String path, String allowed) {
    return new ApiRoute(
        HttpMethod.OPTIONS,
        path,
        Need.CREDENTIAL,
        BodyRule.NONE,
        exchange -> Future.succeededFuture(Answer.empty(204).with("Allow", allowed)));
  }

  private static Future<Answer> listOrRefuse(Exchange exchange, ApprovalCalls approvals) {
    if (CALLS.contains(exchange.path("user_id"))) {
      exchange.response().putHeader(HttpHeaders.ALLOW, "OPTIONS, POST");
      throw CurfewException.of(
          ErrorCode.METHOD_NOT_ALLOWED,
          exchange.request().method() + " is not allowed here, only OPTIONS, POST");
    }
    return approvals.list(exchange);
  }

  /** Counts the request against the account's limits, and tells the account what is left. */
  @Override
  public void met(Principal caller, HttpServerResponse response) {
    if (exempt.contains(caller.realm() + "/" + caller.username())
        || exempt.contains(caller.userUuid().toString())) {
      return;
    }
    // An API account's tokens count together, apart from other credentials of whoever made it.
    long left = perSecond.take(caller.credentialId());
    if (perSecond.permits() > 0) {
      response.putHeader("X-RateLimit-Limit", Long.toString(perSecond.permits()));
      response.putHeader("X-RateLimit-Remaining", Long.toString(Math.max(0, left)));
    }
    if (left < 0 || perHour.take(caller.credentialId()) < 0) {
      throw CurfewException.of(ErrorCode.RATE_LIMITED, "Too many requests; try again shortly");
    }
  }
}
