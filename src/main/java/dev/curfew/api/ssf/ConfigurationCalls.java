package dev.curfew.api.ssf;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** The transmitter's configuration document (Shared Signals Framework 1.0, section 7.1). */
final class ConfigurationCalls {
  private final Endpoints endpoints;

  ConfigurationCalls(Endpoints endpoints) {
    this.endpoints = endpoints;
  }

  /** The same for everybody, and for long. */
  Future<Answer> show(Exchange exchange) {
    JsonArray methods =
        new JsonArray().add(DeliveryMethod.PUSH.urn()).add(DeliveryMethod.POLL.urn());
    JsonArray schemes = new JsonArray().add(new JsonObject().put("spec_urn", "urn:ietf:rfc:6749"));
    JsonObject document =
        new JsonObject()
            .put("spec_version", "1_0")
            .put("issuer", endpoints.issuer())
            .put("jwks_uri", endpoints.of("/.well-known/jwks.json"))
            .put("delivery_methods_supported", methods)
            .put("configuration_endpoint", endpoints.of(SsfDialect.STREAMS))
            .put("status_endpoint", endpoints.of(SsfDialect.STATUS))
            .put("add_subject_endpoint", endpoints.of(SsfDialect.ADD))
            .put("remove_subject_endpoint", endpoints.of(SsfDialect.REMOVE))
            .put("verification_endpoint", endpoints.of(SsfDialect.VERIFICATION))
            .put("authorization_schemes", schemes)
            .put("default_subjects", "ALL");
    return Future.succeededFuture(Answer.ok(document).with("Cache-Control", "public, max-age=300"));
  }
}
