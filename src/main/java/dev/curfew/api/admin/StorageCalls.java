package dev.curfew.api.admin;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Gateway;
import dev.curfew.api.Times;
import dev.curfew.auth.Authorisation;
import dev.curfew.storage.StoreState;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** The stores of this node's recordings, as they were last found. */
final class StorageCalls {
  private final Gateway gateway;

  StorageCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> show(Exchange exchange) {
    Authorisation.requireAdministratorOfAll(exchange.principal());
    JsonArray stores = new JsonArray();
    gateway.storage().get().forEach(state -> stores.add(json(state)));
    return Future.succeededFuture(Answer.ok(new JsonObject().put("stores", stores)));
  }

  private static JsonObject json(StoreState state) {
    return new JsonObject()
        .put("store", state.store())
        .put("kind", state.kind().toString())
        .put("location", state.location())
        .put("state", state.finding().state().name())
        .put("message", state.finding().message())
        .put("checkedAt", Times.iso(state.checkedAt()));
  }
}
