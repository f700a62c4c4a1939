package dev.curfew.api.admin;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.api.Times;
import dev.curfew.realm.Realm;
import dev.curfew.session.Tier;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Organisations. */
final class RealmCalls {
  private final Gateway gateway;

  RealmCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> create(Exchange exchange) {
    Fields body = exchange.body();
    return gateway
        .directory()
        .realms()
        .create(exchange.principal(), body.text("name", 63), body.oneOf("tier", Tier.class))
        .map(realm -> Answer.created(json(realm)));
  }

  Future<Answer> list(Exchange exchange) {
    return gateway
        .directory()
        .realms()
        .list(exchange.principal(), AdminJson.page(exchange))
        .map(page -> AdminJson.list(page, RealmCalls::json));
  }

  Future<Answer> changeTier(Exchange exchange) {
    return gateway
        .directory()
        .realms()
        .changeTier(
            exchange.principal(), exchange.path("name"), exchange.body().oneOf("tier", Tier.class))
        .map(realm -> Answer.ok(json(realm)));
  }

  private static JsonObject json(Realm realm) {
    return new JsonObject()
        .put("name", realm.name())
        .put("tier", realm.tier().wireName())
        .put("createdAt", Times.iso(realm.createdAt()));
  }
}
