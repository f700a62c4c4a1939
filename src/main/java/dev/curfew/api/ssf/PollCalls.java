package dev.curfew.api.ssf;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.api.Times;
import dev.curfew.directory.PageRequest;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.Delivery;
import dev.curfew.realm.Page;
import dev.curfew.signals.PollRequest;
import dev.curfew.signals.PolledTokens;
import dev.curfew.signals.SetError;
import dev.curfew.signals.Streams;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tokens for those who ask for them (RFC 8936), and what became of tokens. */
final class PollCalls {
  private static final int MOST_SETTLED = 1_000;
  private static final int USUAL = 100;

  private final Gateway gateway;

  PollCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> poll(Exchange exchange) {
    Fields body = exchange.body();
    Long most = body.optionalInteger("maxEvents", 0, Integer.MAX_VALUE);
    PollRequest request =
        new PollRequest(
            most == null ? USUAL : most.intValue(),
            body.bool("returnImmediately", false),
            body.texts("ack", MOST_SETTLED),
            errors(body));
    Promise<Void> gone = Promise.promise();
    exchange.response().closeHandler(closed -> gone.tryComplete());
    Future<Answer> answer =
        gateway
            .signals()
            .polls()
            .poll(
                exchange.principal(),
                StreamIds.parsed(exchange.path("streamId")),
                request,
                gone.future())
            .map(PollCalls::answer);
    gateway.departure().endWith(answer, gone::tryComplete);
    return answer;
  }

  private static Map<String, String> errors(Fields body) {
    JsonObject all = body.object("setErrs").json();
    if (all.size() > MOST_SETTLED) {
      throw CurfewException.invalid("setErrs", "must have at most " + MOST_SETTLED + " members");
    }
    Map<String, String> errors = new LinkedHashMap<>();
    for (String jti : all.fieldNames()) {
      if (!(all.getValue(jti) instanceof JsonObject error)
          || !(error.getValue("err") instanceof String code)
          || code.isBlank()) {
        throw CurfewException.invalid("setErrs", "must have objects with a text err");
      }
      errors.put(jti, SetError.text(code, error.getValue("description")));
    }
    return errors;
  }

  private static Answer answer(PolledTokens polled) {
    JsonObject sets = new JsonObject();
    polled.tokens().forEach(sets::put);
    return Answer.ok(
        new JsonObject().put("sets", sets).put("moreAvailable", polled.moreAvailable()));
  }

  Future<Answer> deliveries(Exchange exchange) {
    return gateway
        .signals()
        .streams()
        .deliveries(
            exchange.principal(),
            StreamIds.ofQuery(exchange),
            state(exchange.query("state")),
            new PageRequest(exchange.limit(), exchange.query("after")))
        .map(PollCalls::answer);
  }

  private static Delivery.@Nullable State state(@Nullable String name) {
    if (name == null) {
      return null;
    }
    return Arrays.stream(Delivery.State.values())
        .filter(state -> state.wireName().equals(name))
        .findFirst()
        .orElseThrow(
            () -> CurfewException.invalid("state", "must be one of pending, delivered, dead"));
  }

  private static Answer answer(Page<Delivery> page) {
    JsonArray items = new JsonArray();
    page.items().forEach(delivery -> items.add(json(delivery)));
    return Answer.ok(new JsonObject().put("items", items).put("next", page.next()));
  }

  private static JsonObject json(Delivery delivery) {
    return new JsonObject()
        .put("jti", delivery.messageId())
        .put("event", Streams.event(delivery))
        .put("state", delivery.state().wireName())
        .put("attempts", delivery.attempts())
        .put("due_at", Times.iso(delivery.dueAt()))
        .put("created_at", Times.iso(delivery.createdAt()))
        .put("settled_at", Times.iso(delivery.settledAt()))
        .put("history", history(delivery.history()));
  }

  private static JsonArray history(List<Delivery.Attempt> attempts) {
    JsonArray history = new JsonArray();
    for (Delivery.Attempt attempt : attempts) {
      history.add(
          new JsonObject()
              .put("at", Times.iso(attempt.at()))
              .put("status", attempt.status())
              .put("error", attempt.error())
              .put("millis", attempt.millis()));
    }
    return history;
  }
}
