package dev.curfew.api.ssf;

import dev.curfew.api.ApiRoute;
import dev.curfew.api.BodyRule;
import dev.curfew.api.Dialect;
import dev.curfew.api.ErrorShape;
import dev.curfew.api.Gateway;
import dev.curfew.api.Need;
import dev.curfew.api.PlainErrors;
import dev.curfew.auth.Scope;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Every call of the transmitter and what it needs. */
public final class SsfDialect implements Dialect {
  static final String STREAMS = "/ssf/streams";
  static final String STATUS = "/ssf/status";
  static final String ADD = "/ssf/subjects/add";
  static final String REMOVE = "/ssf/subjects/remove";
  static final String VERIFICATION = "/ssf/verification";
  static final String POLL = "/ssf/poll";
  private static final String DELIVERIES = "/ssf/deliveries";
  private static final String WELL_KNOWN = "/.well-known/ssf-configuration";

  private final Gateway gateway;

  public SsfDialect(Gateway gateway) {
    this.gateway = gateway;
  }

  @Override
  public String name() {
    return "ssf";
  }

  @Override
  public List<String> basePaths() {
    return List.of("/ssf", WELL_KNOWN);
  }

  @Override
  public ErrorShape errors() {
    return PlainErrors.SHAPE;
  }

  @Override
  public List<ApiRoute> routes() {
    Need reads = Need.scope(Scope.SSF_READ, Scope.SSF_MANAGE);
    Need manages = Need.scope(Scope.SSF_MANAGE);
    BodyRule json = BodyRule.json(gateway.config().limits().jsonBody().bytes());
    Endpoints endpoints = new Endpoints(gateway.signals().issuer());
    ConfigurationCalls configuration = new ConfigurationCalls(endpoints);
    StreamJson form = new StreamJson(endpoints, gateway.signals().verifications().interval());
    StreamCalls streams = new StreamCalls(gateway, form);
    StatusCalls status = new StatusCalls(gateway);
    PollCalls polls = new PollCalls(gateway);
    List<ApiRoute> routes =
        new ArrayList<>(
            List.of(
                ApiRoute.get(WELL_KNOWN, Need.NOTHING, configuration::show),
                new ApiRoute(HttpMethod.POST, STREAMS, manages, json, streams::create),
                ApiRoute.get(STREAMS, reads, streams::read),
                new ApiRoute(HttpMethod.PATCH, STREAMS, manages, json, streams::change),
                new ApiRoute(HttpMethod.PUT, STREAMS, manages, json, streams::replace),
                new ApiRoute(HttpMethod.DELETE, STREAMS, manages, BodyRule.NONE, streams::delete),
                ApiRoute.get(STATUS, reads, status::show),
                new ApiRoute(HttpMethod.POST, STATUS, manages, json, status::change),
                new ApiRoute(HttpMethod.POST, ADD, manages, json, streams::addSubject),
                new ApiRoute(HttpMethod.POST, REMOVE, manages, json, streams::removeSubject),
                new ApiRoute(HttpMethod.POST, VERIFICATION, manages, json, status::verify),
                new ApiRoute(HttpMethod.POST, POLL + "/:streamId", reads, json, polls::poll),
                ApiRoute.get(DELIVERIES, reads, polls::deliveries)));
    String path = URI.create(endpoints.base()).getPath();
    if (!path.isEmpty()) {
      // Where the specification puts it for an issuer with a path (section 7.2.1).
      routes.add(ApiRoute.get(WELL_KNOWN + path, Need.NOTHING, configuration::show));
    }
    return List.copyOf(routes);
  }
}
