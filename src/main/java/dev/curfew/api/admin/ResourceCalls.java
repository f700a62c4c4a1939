package dev.curfew.api.admin;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.directory.NewResource;
import dev.curfew.realm.Resource;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** What access sessions open the way to. */
final class ResourceCalls {
  private final Gateway gateway;

  ResourceCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> create(Exchange exchange) {
    Fields body = exchange.body();
    NewResource wanted =
        new NewResource(
            body.text("name", 128),
            body.text("provider", 64),
            ResourceSettingsJson.read(body.object("settings")),
            body.texts("users", 1_000));
    return gateway
        .directory()
        .resources()
        .create(exchange.principal(), wanted)
        .map(resource -> Answer.created(json(resource)));
  }

  Future<Answer> list(Exchange exchange) {
    return gateway
        .directory()
        .resources()
        .list(exchange.principal(), AdminJson.page(exchange))
        .map(page -> AdminJson.list(page, ResourceCalls::json));
  }

  private static JsonObject json(Resource resource) {
    JsonArray users = new JsonArray();
    resource.users().forEach(user -> users.add(user.toString()));
    return new JsonObject()
        .put("id", resource.id().toString())
        .put("name", resource.name())
        .put("provider", resource.provider().wireName())
        .put("settings", ResourceSettingsJson.write(resource.settings()))
        .put("users", users.isEmpty() ? null : users);
  }
}
