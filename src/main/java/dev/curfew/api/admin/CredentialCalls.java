package dev.curfew.api.admin;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.config.Secret;
import dev.curfew.directory.NewCredential;
import dev.curfew.realm.Credential;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Credentials that can be checked out; the secret goes in and never comes out here. */
final class CredentialCalls {
  private final Gateway gateway;

  CredentialCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> create(Exchange exchange) {
    Fields body = exchange.body();
    NewCredential wanted =
        new NewCredential(
            body.text("name", 128),
            body.text("username", 256),
            Secret.of(body.text("password", 4_096)),
            body.bool("rotateOnCheckin", false));
    return gateway
        .directory()
        .credentials()
        .create(exchange.principal(), wanted)
        .map(credential -> Answer.created(json(credential)));
  }

  Future<Answer> list(Exchange exchange) {
    return gateway
        .directory()
        .credentials()
        .list(exchange.principal(), AdminJson.page(exchange))
        .map(page -> AdminJson.list(page, CredentialCalls::json));
  }

  Future<Answer> delete(Exchange exchange) {
    return gateway
        .directory()
        .credentials()
        .delete(exchange.principal(), (int) exchange.pathInteger("id", 1, Integer.MAX_VALUE))
        .map(deleted -> Answer.empty(204));
  }

  private static JsonObject json(Credential credential) {
    return new JsonObject()
        .put("id", credential.id())
        .put("name", credential.name())
        .put("username", credential.username())
        .put("rotateOnCheckin", credential.rotateOnCheckin());
  }
}
