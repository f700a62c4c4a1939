package dev.curfew.api.admin;

import dev.curfew.alert.EventQuery;
import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Gateway;
import io.vertx.core.Future;

/** The event log as a poll and as a stream. */
final class EventCalls {
  private final Gateway gateway;

  EventCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> poll(Exchange exchange) {
    EventQuery query = EventQuery.of(exchange::query);
    return gateway
        .events()
        .poll(exchange.principal(), query, exchange.limit())
        .map(page -> Answer.json(200, page.toJson()));
  }

  Future<Answer> stream(Exchange exchange) {
    return gateway
        .eventStreams()
        .open(
            exchange.context(),
            EventQuery.live(exchange::query),
            exchange.principal(),
            exchange::authenticate)
        .map(begun -> Answer.WRITTEN);
  }
}
