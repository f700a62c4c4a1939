package dev.curfew.api.access;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.api.Times;
import dev.curfew.auth.Scope;
import dev.curfew.directory.NewApiKey;
import dev.curfew.directory.PageRequest;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.ApiKey;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

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
            scopes(body),
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

  private static Set<Scope> scopes(Fields body) {
    List<String> names = body.texts("scopes", 64);
    if (names.isEmpty()) {
      throw CurfewException.invalid("scopes", "is required");
    }
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String name : names) {
      scopes.add(
          Scope.ofWireName(name)
              .orElseThrow(() -> CurfewException.invalid("scopes", "has an unknown scope")));
    }
    return scopes;
  }

  Future<Answer> revoke(Exchange exchange) {
    return gateway
        .directory()
        .apiKeys()
        .revoke(exchange.principal(), exchange.pathUuid("id"))
        .map(revoked -> Answer.empty(204));
  }

  private static JsonObject json(ApiKey key) {
    JsonArray scopes = new JsonArray();
    key.scopes().stream().sorted().forEach(scope -> scopes.add(scope.wireName()));
    return new JsonObject()
        .put("id", key.id().toString())
        .put("name", key.name())
        .put("description", key.description())
        .put("scopes", scopes)
        .put("keyPrefix", key.prefix())
        .put("userId", key.user().id().toString())
        .put("expiresAt", Times.iso(key.expiresAt()))
        .put("createdAt", Times.iso(key.createdAt()));
  }
}
