package dev.curfew.api.ssf;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.signals.StreamChange;
import dev.curfew.signals.StreamSettings;
import dev.curfew.signals.Streams;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Streams and their subjects (Shared Signals Framework 1.0, sections 8.1.1 and 8.1.3). */
final class StreamCalls {
  private static final int MOST_TYPES = 64;

  private final Gateway gateway;
  private final StreamJson form;

  StreamCalls(Gateway gateway, StreamJson form) {
    this.gateway = gateway;
    this.form = form;
  }

  private Streams streams() {
    return gateway.signals().streams();
  }

  Future<Answer> create(Exchange exchange) {
    return streams()
        .create(exchange.principal(), settings(exchange.body()))
        .map(stream -> Answer.created(form.of(stream)));
  }

  private static StreamSettings settings(Fields body) {
    return new StreamSettings(
        DeliveryMethod.delivery(body), requested(body), body.optionalText("description"));
  }

  private static @Nullable List<String> requested(Fields body) {
    return body.has("events_requested") ? body.texts("events_requested", MOST_TYPES) : null;
  }

  /** One stream, or all of the receiver where none is named. */
  Future<Answer> read(Exchange exchange) {
    if (exchange.query("stream_id") != null) {
      return streams()
          .get(exchange.principal(), StreamIds.ofQuery(exchange))
          .map(stream -> Answer.ok(form.of(stream)));
    }
    return streams()
        .list(exchange.principal())
        .map(
            list -> {
              JsonArray array = new JsonArray();
              list.forEach(stream -> array.add(form.of(stream)));
              return Answer.ok(array);
            });
  }

  Future<Answer> change(Exchange exchange) {
    Fields body = exchange.body();
    UUID id = StreamIds.ofBody(body);
    StreamChange change =
        new StreamChange(
            body.has("delivery") ? DeliveryMethod.delivery(body) : null,
            requested(body),
            body.optionalText("description"));
    return requireUnchanged(exchange, id)
        .compose(mine -> streams().change(exchange.principal(), id, change))
        .map(stream -> Answer.ok(form.of(stream)));
  }

  Future<Answer> replace(Exchange exchange) {
    Fields body = exchange.body();
    UUID id = StreamIds.ofBody(body);
    StreamSettings settings = settings(body);
    return requireUnchanged(exchange, id)
        .compose(mine -> streams().replace(exchange.principal(), id, settings))
        .map(stream -> Answer.ok(form.of(stream)));
  }

  private Future<Void> requireUnchanged(Exchange exchange, UUID id) {
    return streams()
        .get(exchange.principal(), id)
        .map(
            stream -> {
              form.requireUnchanged(exchange.body(), stream);
              return null;
            });
  }

  Future<Answer> delete(Exchange exchange) {
    return streams()
        .delete(exchange.principal(), StreamIds.ofQuery(exchange))
        .map(deleted -> Answer.empty(204));
  }

  /** Whether the receiver has verified the subject is of no account here. */
  Future<Answer> addSubject(Exchange exchange) {
    Fields body = exchange.body();
    body.optionalBool("verified");
    return gateway
        .signals()
        .subjects()
        .add(exchange.principal(), StreamIds.ofBody(body), SubjectJson.of(body))
        .map(added -> Answer.empty(200));
  }

  Future<Answer> removeSubject(Exchange exchange) {
    Fields body = exchange.body();
    return gateway
        .signals()
        .subjects()
        .remove(exchange.principal(), StreamIds.ofBody(body), SubjectJson.of(body))
        .map(removed -> Answer.empty(204));
  }
}
