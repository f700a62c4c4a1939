package dev.curfew.api.access;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.api.ScopeNames;
import dev.curfew.api.Times;
import dev.curfew.directory.NewApiKey;
import dev.curfew.directory.PageRequest;
import dev.curfew.realm.ApiKey;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Keys for programs. */
final class ApiKeyCalls {
  private final Gateway gateway;

  ApiKeyCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> list(Exchange exchange) {
    return gateway
        .directory()
        .apiKeys()
        .list(exchange.principal(), new PageRequest(PageRequest.MOST, exchange.query("after")))
        .map(
            page -> {
              JsonArray keys = new JsonArray();
              page.items().forEach(key -> keys.add(json(key)));
              return Answer.ok(keys);
            });
  }

  Future<Answer> create(Exchange exchange) {
    Fields body = exchange.body();
    Long expiresAt = Times.optional(body, "expiresAt");
    NewApiKey wanted =
        new NewApiKey(
            body.text("name", 128),
            body.optionalText("description", 1_024),
            ScopeNames.of(body, "scopes"),
            expiresAt == null ? 0 : expiresAt,
            body.optionalId("userId"));
    return gateway
        .directory()
        .apiKeys()
        .create(exchange.principal(), wanted)
        .map(
            issued ->
                Answer.created(
                    json(issued.key()).put("plainTextKey", issued.plainText().reveal())));
  }

  Future<Answer> revoke(Exchange exchange) {
    return gateway
        .directory()
        .apiKeys()
        .revoke(exchange.principal(), exchange.pathUuid("id"))
        .map(revoked -> Answer.empty(204));
  }

  private static JsonObject json(ApiKey key) {
    return new JsonObject()
        .put("id", key.id().toString())
        .put("name", key.name())
        .put("description", key.description())
        .put("scopes", ScopeNames.json(key.scopes()))
        .put("keyPrefix", key.prefix())
        .put("userId", key.user().id().toString())
        .put("expiresAt", Times.iso(key.expiresAt()))
        .put("createdAt", Times.iso(key.createdAt()));
  }
}
