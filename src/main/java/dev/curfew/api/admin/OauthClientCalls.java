package dev.curfew.api.admin;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.api.ScopeNames;
import dev.curfew.api.Times;
import dev.curfew.realm.OauthClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Accounts of programs, which get their tokens from {@code /oauth2/token}. */
final class OauthClientCalls {
  private final Gateway gateway;

  OauthClientCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> create(Exchange exchange) {
    Fields body = exchange.body();
    return gateway
        .directory()
        .oauthClients()
        .create(exchange.principal(), body.text("name", 128), ScopeNames.of(body, "scopes"))
        .map(
            made ->
                Answer.created(json(made.client()).put("clientSecret", made.secret().reveal())));
  }

  Future<Answer> list(Exchange exchange) {
    return gateway
        .directory()
        .oauthClients()
        .list(exchange.principal(), AdminJson.page(exchange))
        .map(page -> AdminJson.list(page, OauthClientCalls::json));
  }

  Future<Answer> revoke(Exchange exchange) {
    return gateway
        .directory()
        .oauthClients()
        .revoke(exchange.principal(), exchange.pathUuid("id"))
        .map(revoked -> Answer.empty(204));
  }

  private static JsonObject json(OauthClient client) {
    return new JsonObject()
        .put("clientId", client.id().toString())
        .put("name", client.name())
        .put("scopes", ScopeNames.json(client.scopes()))
        .put("user", AdminJson.user(client.user()))
        .put("createdAt", Times.iso(client.createdAt()));
  }
}
