package dev.curfew.api.ssf;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.realm.LaneState;
import dev.curfew.realm.SignalStream;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.UUID;

/**
 * Whether streams are sent, and whether what is sent arrives (Shared Signals Framework 1.0,
 * sections 8.1.2 and 8.1.4).
 */
final class StatusCalls {
  private final Gateway gateway;

  StatusCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> show(Exchange exchange) {
    return gateway
        .signals()
        .streams()
        .get(exchange.principal(), StreamIds.ofQuery(exchange))
        .map(StatusCalls::answer);
  }

  Future<Answer> change(Exchange exchange) {
    Fields body = exchange.body();
    UUID id = StreamIds.ofBody(body);
    LaneState status = body.oneOf("status", LaneState.class);
    return gateway
        .signals()
        .streams()
        .changeState(exchange.principal(), id, status, body.optionalText("reason"))
        .map(StatusCalls::answer);
  }

  private static Answer answer(SignalStream stream) {
    JsonObject json =
        new JsonObject()
            .put("stream_id", stream.id().toString())
            .put("status", stream.state().wireName());
    return Answer.ok(stream.reason() == null ? json : json.put("reason", stream.reason()));
  }

  Future<Answer> verify(Exchange exchange) {
    Fields body = exchange.body();
    return gateway
        .signals()
        .verifications()
        .request(exchange.principal(), StreamIds.ofBody(body), body.optionalText("state"))
        .map(queued -> Answer.empty(204));
  }
}
