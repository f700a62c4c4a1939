package dev.curfew.api.am;

import dev.curfew.api.ApiRoute;
import dev.curfew.api.BodyRule;
import dev.curfew.api.Dialect;
import dev.curfew.api.ErrorShape;
import dev.curfew.api.Gateway;
import dev.curfew.api.Need;
import dev.curfew.api.Operation;
import io.vertx.core.http.HttpMethod;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every call of the AM dialect. Each is found below {@code /json}, {@code /openam/json} and {@code
 * /am/json}, with or without a realm in its path and a slash at its end; {@link AmPath} takes that
 * apart, and what is left finds the call.
 */
public final class AmDialect implements Dialect {
  private static final Need TOKEN = Need.own("the caller's session token, in header or cookie");
  private static final Need LOGIN = Need.own("it is where one logs in");

  private final Map<HttpMethod, ApiRoute> sessions;
  private final Map<HttpMethod, ApiRoute> session;
  private final Map<HttpMethod, ApiRoute> authenticate;
  private final Map<HttpMethod, ApiRoute> services;
  private final Map<HttpMethod, ApiRoute> service;
  private final Map<HttpMethod, ApiRoute> serverInfo;
  private final Map<HttpMethod, ApiRoute> sessionService;

  public AmDialect(Gateway gateway) {
    RealmPaths realms = new RealmPaths(gateway.directory().realms());
    Callers callers = new Callers(gateway);
    SessionCalls calls = new SessionCalls(gateway, callers, realms);
    QueryCalls queries = new QueryCalls(gateway, callers, realms);
    ServiceCalls configured = new ServiceCalls(gateway, callers, realms);
    BodyRule json = BodyRule.json(gateway.config().limits().jsonBody().bytes());
    Operation unsupported =
        exchange -> SessionCalls.notImplemented("Not implemented for this resource");

    sessions =
        table(
            new ApiRoute(HttpMethod.POST, "/json/sessions", TOKEN, json, calls::act),
            ApiRoute.get("/json/sessions", TOKEN, queries::query));
    session =
        table(
            new ApiRoute(HttpMethod.POST, "/json/sessions/:token", TOKEN, json, calls::act),
            ApiRoute.get("/json/sessions/:token", Need.NOTHING, unsupported),
            new ApiRoute(
                HttpMethod.PUT, "/json/sessions/:token", Need.NOTHING, BodyRule.NONE, unsupported),
            new ApiRoute(
                HttpMethod.DELETE,
                "/json/sessions/:token",
                Need.NOTHING,
                BodyRule.NONE,
                unsupported));
    authenticate =
        table(
            new ApiRoute(
                HttpMethod.POST,
                "/json/authenticate",
                LOGIN,
                json,
                new AuthenticateCalls(gateway, realms)::authenticate));
    String list = "/json/realm-config/" + ServiceCalls.PATH;
    services =
        table(
            ApiRoute.get(list, TOKEN, configured::list),
            new ApiRoute(HttpMethod.POST, list, TOKEN, json, configured::actOnAll));
    String one = list + "/:service";
    service =
        table(
            ApiRoute.get(one, TOKEN, configured::read),
            new ApiRoute(HttpMethod.POST, one, TOKEN, json, configured::act),
            new ApiRoute(HttpMethod.PUT, one, TOKEN, json, configured::put),
            new ApiRoute(HttpMethod.DELETE, one, TOKEN, BodyRule.NONE, configured::delete));
    serverInfo =
        table(
            ApiRoute.get(
                "/json/serverinfo/:id", Need.NOTHING, new ServerInfoCalls(gateway, realms)::read));
    sessionService =
        table(
            new ApiRoute(
                HttpMethod.POST,
                "/" + AmPath.SESSION_SERVICE,
                Need.own("each request in the body names its requester by a token"),
                BodyRule.STREAM,
                new AgentCalls(gateway, callers)::serve));
  }

  private static Map<HttpMethod, ApiRoute> table(ApiRoute... routes) {
    Map<HttpMethod, ApiRoute> table = new HashMap<>();
    for (ApiRoute route : routes) {
      table.put(route.method(), route);
    }
    return Map.copyOf(table);
  }

  @Override
  public String name() {
    return "am";
  }

  @Override
  public List<String> basePaths() {
    return List.of("/json", "/openam", "/am/json", "/am/sessionservice", "/sessionservice");
  }

  @Override
  public ErrorShape errors() {
    return (failure, request) -> CrestErrors.of(failure);
  }

  @Override
  public List<ApiRoute> routes() {
    return Stream.of(sessions, session, authenticate, services, service, serverInfo, sessionService)
        .flatMap(table -> table.values().stream())
        .toList();
  }

  @Override
  public RouteFinder finder() {
    return this::at;
  }

  private @Nullable Map<HttpMethod, ApiRoute> at(String requested) {
    AmPath path = AmPath.of(requested);
    if (path == null) {
      return null;
    }
    String rest = path.rest();
    return switch (path.resource()) {
      case "sessions" -> rest.isEmpty() ? sessions : session;
      case "authenticate" -> rest.isEmpty() ? authenticate : Map.of();
      case "serverinfo" -> rest.isEmpty() ? Map.of() : serverInfo;
      case "realm-config" -> ofConfiguration(rest);
      case AmPath.SESSION_SERVICE -> sessionService;
      default -> Map.of();
    };
  }

  private Map<HttpMethod, ApiRoute> ofConfiguration(String rest) {
    if (rest.equals(ServiceCalls.PATH)) {
      return services;
    }
    return rest.startsWith(ServiceCalls.PATH + "/") ? service : Map.of();
  }
}
