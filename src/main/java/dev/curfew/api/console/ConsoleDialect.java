package dev.curfew.api.console;

import dev.curfew.api.Answer;
import dev.curfew.api.ApiRoute;
import dev.curfew.api.BodyRule;
import dev.curfew.api.Dialect;
import dev.curfew.api.ErrorShape;
import dev.curfew.api.Gateway;
import dev.curfew.api.Need;
import dev.curfew.api.PlainErrors;
import dev.curfew.auth.Scope;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Every call of the administration of active sessions and what it needs. */
public final class ConsoleDialect implements Dialect {
  private static final String ADMIN = "/api/v1/admin";
  private static final String ACTIVE = ADMIN + "/active-sessions";
  private static final String DEVICE = ADMIN + "/device-sessions";
  private static final String TIMED = ADMIN + "/timed-access";
  private static final String REQUESTS = "/api/v2/accessrequests";

  private final Gateway gateway;

  public ConsoleDialect(Gateway gateway) {
    this.gateway = gateway;
  }

  @Override
  public String name() {
    return "console";
  }

  @Override
  public List<String> basePaths() {
    return List.of(ACTIVE, DEVICE, TIMED, REQUESTS);
  }

  @Override
  public ErrorShape errors() {
    return (failure, request) -> {
      String path = request.path();
      return path != null && path.startsWith(REQUESTS)
          ? messageOnly(failure)
          : PlainErrors.SHAPE.of(failure, request);
    };
  }

  /** The origin product says no more of what it does not find. */
  private static Answer messageOnly(CurfewException failure) {
    String message = failure.code() == ErrorCode.NOT_FOUND ? "Not Found" : failure.getMessage();
    return Answer.json(failure.code().httpStatus(), new JsonObject().put("message", message));
  }

  @Override
  public List<ApiRoute> routes() {
    Need reads = Need.scope(Scope.ADMIN, Scope.AUDIT_READ);
    Need changes = Need.scope(Scope.ADMIN);
    BodyRule json = BodyRule.json(gateway.config().limits().jsonBody().bytes());
    ActiveSessionCalls active = new ActiveSessionCalls(gateway);
    GrantCalls grants = new GrantCalls(gateway);
    AccessRequestCalls requests = new AccessRequestCalls(gateway);
    String one = REQUESTS + "/:accessId";
    return List.of(
        ApiRoute.get(ACTIVE, reads, active::list),
        new ApiRoute(HttpMethod.POST, ACTIVE + "/revoke", changes, json, active::revoke),
        new ApiRoute(HttpMethod.POST, ACTIVE + "/:id/revoke", changes, json, active::revokeOne),
        new ApiRoute(HttpMethod.POST, DEVICE, changes, json, grants::device),
        new ApiRoute(HttpMethod.POST, TIMED, changes, json, grants::timed),
        new ApiRoute(HttpMethod.POST, REQUESTS, changes, json, requests::create),
        ApiRoute.get(REQUESTS, reads, requests::list),
        ApiRoute.get(one, reads, requests::show),
        new ApiRoute(HttpMethod.PUT, one, changes, json, requests::change),
        new ApiRoute(HttpMethod.POST, one + "/revoke", changes, json, requests::revoke));
  }
}
