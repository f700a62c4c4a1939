package dev.curfew.api.admin;

import dev.curfew.api.Answer;
import dev.curfew.api.Durations;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.api.Times;
import dev.curfew.directory.Checkouts;
import dev.curfew.directory.NewCheckout;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.Checkout;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/** Credentials lent for a time. */
final class CheckoutCalls {
  private final Gateway gateway;

  CheckoutCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> open(Exchange exchange) {
    Fields body = exchange.body();
    Duration duration = Durations.seconds(body, "durationSeconds");
    if (duration == null) {
      throw CurfewException.invalid("durationSeconds", "is required");
    }
    NewCheckout wanted =
        new NewCheckout(
            (int) body.integer("credentialId", 1, Integer.MAX_VALUE),
            duration,
            body.optionalText("targetHost", 255),
            body.optionalId("userId"),
            body.optionalText("processInstance", 256));
    return gateway
        .directory()
        .checkouts()
        .open(exchange.principal(), wanted)
        .map(checkout -> Answer.created(json(checkout)));
  }

  Future<Answer> show(Exchange exchange) {
    return gateway
        .directory()
        .checkouts()
        .get(exchange.principal(), id(exchange))
        .map(checkout -> Answer.ok(json(checkout)));
  }

  Future<Answer> checkin(Exchange exchange) {
    return gateway
        .directory()
        .checkouts()
        .checkin(exchange.principal(), id(exchange))
        .map(checkout -> Answer.ok(json(checkout)));
  }

  private static long id(Exchange exchange) {
    try {
      return Checkouts.id("id", exchange.path("id"));
    } catch (CurfewException notAnId) {
      throw CurfewException.notFound("Checkout");
    }
  }

  private static JsonObject json(Checkout checkout) {
    return new JsonObject()
        .put("checkOutId", Long.toString(checkout.id()))
        .put("sessionId", checkout.sessionId().toString())
        .put("credentialId", checkout.credentialId())
        .put("user", AdminJson.user(checkout.user()))
        .put("targetHost", checkout.targetHost())
        .put("state", checkout.open() ? "open" : "closed")
        .put("openedAt", Times.iso(checkout.openedAt()))
        .put("expiresAt", Times.iso(checkout.expiresAt()))
        .put("closedAt", Times.iso(checkout.closedAt()));
  }
}
