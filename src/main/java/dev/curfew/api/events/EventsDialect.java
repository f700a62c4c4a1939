package dev.curfew.api.events;

import dev.curfew.api.ApiRoute;
import dev.curfew.api.BodyRule;
import dev.curfew.api.Dialect;
import dev.curfew.api.ErrorShape;
import dev.curfew.api.Gateway;
import dev.curfew.api.Need;
import dev.curfew.api.Operation;
import dev.curfew.api.PlainErrors;
import dev.curfew.auth.Scope;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/** Every call of the webhook subscriptions and what it needs. */
public final class EventsDialect implements Dialect {
  private static final String SUBSCRIPTIONS = "/api/v1/subscriptions";
  private static final String ONE = SUBSCRIPTIONS + "/:id";
  private static final String DELIVERIES = ONE + "/deliveries";
  private static final Need CHANGES = Need.scope(Scope.ADMIN);
  private static final Need READS = Need.scope(Scope.ADMIN, Scope.AUDIT_READ);

  private final Gateway gateway;
  private final BodyRule json;

  public EventsDialect(Gateway gateway) {
    this.gateway = gateway;
    this.json = BodyRule.json(gateway.config().limits().jsonBody().bytes());
  }

  @Override
  public String name() {
    return "events";
  }

  @Override
  public List<String> basePaths() {
    return List.of(SUBSCRIPTIONS);
  }

  @Override
  public ErrorShape errors() {
    return PlainErrors.SHAPE;
  }

  @Override
  public List<ApiRoute> routes() {
    SubscriptionCalls subscriptions = new SubscriptionCalls(gateway);
    DeliveryCalls deliveries = new DeliveryCalls(gateway);
    return List.of(
        post(SUBSCRIPTIONS, subscriptions::create),
        ApiRoute.get(SUBSCRIPTIONS, READS, subscriptions::list),
        ApiRoute.get(ONE, READS, subscriptions::show),
        new ApiRoute(HttpMethod.PATCH, ONE, CHANGES, json, subscriptions::change),
        new ApiRoute(HttpMethod.DELETE, ONE, CHANGES, BodyRule.NONE, subscriptions::delete),
        post(ONE + "/pause", subscriptions::pause),
        post(ONE + "/resume", subscriptions::resume),
        post(ONE + "/rotate-secret", subscriptions::rotate),
        post(ONE + "/test", subscriptions::test),
        post(ONE + "/replay", subscriptions::replay),
        ApiRoute.get(DELIVERIES, READS, deliveries::list),
        ApiRoute.get(DELIVERIES + "/:deliveryId", READS, deliveries::show),
        post(DELIVERIES + "/:deliveryId/retry", deliveries::retry));
  }

  private ApiRoute post(String path, Operation operation) {
    return new ApiRoute(HttpMethod.POST, path, CHANGES, json, operation);
  }
}
