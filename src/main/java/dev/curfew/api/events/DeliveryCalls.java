package dev.curfew.api.events;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Gateway;
import dev.curfew.api.Times;
import dev.curfew.directory.Subscriptions;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.Delivery;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** What became of a subscription's messages. */
final class DeliveryCalls {
  private final Gateway gateway;

  DeliveryCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  private Subscriptions subscriptions() {
    return gateway.directory().subscriptions();
  }

  Future<Answer> list(Exchange exchange) {
    return subscriptions()
        .deliveries(
            exchange.principal(),
            exchange.pathUuid("id"),
            state(exchange.query("state")),
            Pages.request(exchange))
        .map(page -> Pages.answer(page, DeliveryCalls::json));
  }

  private static Delivery.@Nullable State state(@Nullable String text) {
    if (text == null) {
      return null;
    }
    for (Delivery.State state : Delivery.State.values()) {
      if (state.wireName().equals(text)) {
        return state;
      }
    }
    throw CurfewException.invalid("state", "must be one of pending, delivered, dead");
  }

  Future<Answer> show(Exchange exchange) {
    return subscriptions()
        .delivery(exchange.principal(), exchange.pathUuid("id"), exchange.pathUuid("deliveryId"))
        .map(delivery -> Answer.ok(json(delivery)));
  }

  Future<Answer> retry(Exchange exchange) {
    return subscriptions()
        .retry(exchange.principal(), exchange.pathUuid("id"), exchange.pathUuid("deliveryId"))
        .map(delivery -> Answer.json(202, json(delivery)));
  }

  static JsonObject json(Delivery delivery) {
    JsonArray history = new JsonArray();
    delivery
        .history()
        .forEach(
            attempt ->
                history.add(
                    new JsonObject()
                        .put("number", attempt.number())
                        .put("at", Times.iso(attempt.at()))
                        .put("status", attempt.status())
                        .put("error", attempt.error())
                        .put("millis", attempt.millis())));
    return new JsonObject()
        .put("id", delivery.id().toString())
        .put("messageId", delivery.messageId())
        .put("type", delivery.type())
        .put("eventId", delivery.eventId())
        .put("state", delivery.state().wireName())
        .put("attempts", delivery.attempts())
        .put("dueAt", Times.iso(delivery.dueAt()))
        .put("createdAt", Times.iso(delivery.createdAt()))
        .put("settledAt", Times.iso(delivery.settledAt()))
        .put("history", history);
  }
}
