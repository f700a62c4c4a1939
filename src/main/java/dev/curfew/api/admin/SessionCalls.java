package dev.curfew.api.admin;

import dev.curfew.api.Answer;
import dev.curfew.api.Durations;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.api.Times;
import dev.curfew.auth.Authorisation;
import dev.curfew.directory.SessionFilter;
import dev.curfew.directory.SessionRequest;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.SessionAttributes;
import dev.curfew.realm.SessionDetail;
import dev.curfew.realm.Transition;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Sessions of every kind, in an administrator's hands. */
final class SessionCalls {
  private final Gateway gateway;

  SessionCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> open(Exchange exchange) {
    Fields body = exchange.body();
    SessionKind kind =
        kindNamed(body.text("kind", 32))
            .orElseThrow(
                () ->
                    CurfewException.invalid(
                        "kind", "must be one of psm, jump, access, device_admin, timed_access"));
    Duration duration = Durations.seconds(body, "durationSeconds");
    if (duration == null) {
      throw CurfewException.invalid("durationSeconds", "is required");
    }
    Long policy = body.optionalInteger("policy", 1, Integer.MAX_VALUE);
    SessionRequest wanted =
        SessionRequest.of(kind)
            .forUser(body.id("userId"))
            .lasting(duration)
            .underPolicy(policy == null ? null : policy.intValue())
            .with(attributes(body.object("attributes")))
            .ownedBy(body.optionalText("processInstance", 256));
    return gateway
        .directory()
        .sessionOpenings()
        .open(exchange.principal(), wanted)
        .map(session -> Answer.created(json(session)));
  }

  private static Optional<SessionKind> kindNamed(String name) {
    return SessionKind.ofWireName(name).filter(kind -> kind != SessionKind.TOKEN);
  }

  private static SessionAttributes attributes(Fields fields) {
    return new SessionAttributes(
        fields.optionalInteger("jumpItemId", 1, Integer.MAX_VALUE),
        fields.optionalText("jumpItemType", 128),
        fields.optionalText("deviceId", 256),
        fields.optionalText("deviceName", 256),
        fields.optionalText("resourceId", 256),
        fields.optionalText("resourceName", 256));
  }

  Future<Answer> list(Exchange exchange) {
    SessionFilter filter =
        SessionFilter.ALL
            .ofUser(exchange.query("user"))
            .naming(exchange.query("q"))
            .inRealm(exchange.query("realm"));
    String kind = exchange.query("kind");
    if (kind != null) {
      filter = filter.ofKinds(one("kind", kind, SessionCalls::kindNamed));
    }
    String state = exchange.query("state");
    if (state != null) {
      filter = filter.inStates(one("state", state, SessionCalls::stateNamed));
    }
    return gateway
        .directory()
        .sessionReads()
        .list(exchange.principal(), filter, AdminJson.page(exchange))
        .map(page -> AdminJson.list(page, this::json));
  }

  private static Optional<SessionState> stateNamed(String name) {
    for (SessionState state : SessionState.values()) {
      if (state.wireName().equals(name)) {
        return Optional.of(state);
      }
    }
    return Optional.empty();
  }

  private static <T> Set<T> one(String field, String name, Function<String, Optional<T>> named) {
    return Set.of(
        named.apply(name).orElseThrow(() -> CurfewException.invalid(field, "is not known")));
  }

  Future<Answer> show(Exchange exchange) {
    return gateway
        .directory()
        .sessionReads()
        .get(exchange.principal(), exchange.pathUuid("id"), Authorisation.Intent.READ)
        .compose(
            session ->
                gateway
                    .directory()
                    .sessionReads()
                    .history(session.id())
                    .map(history -> Answer.ok(json(session).put("history", json(history)))));
  }

  Future<Answer> revoke(Exchange exchange) {
    return gateway
        .directory()
        .sessionChanges()
        .revoke(
            exchange.principal(),
            exchange.pathUuid("id"),
            exchange.body().optionalText("reason", 1_024))
        .map(session -> Answer.ok(json(session)));
  }

  Future<Answer> extend(Exchange exchange) {
    Duration additional = Durations.seconds(exchange.body(), "additionalSeconds");
    if (additional == null) {
      throw CurfewException.invalid("additionalSeconds", "is required");
    }
    return gateway
        .directory()
        .sessionChanges()
        .extend(exchange.principal(), exchange.pathUuid("id"), additional)
        .map(session -> Answer.ok(json(session)));
  }

  Future<Answer> activate(Exchange exchange) {
    return gateway
        .directory()
        .sessionChanges()
        .activate(exchange.principal(), exchange.pathUuid("id"))
        .map(session -> Answer.ok(json(session)));
  }

  private JsonObject json(SessionDetail session) {
    return AdminJson.session(session, gateway.clock().getAsLong());
  }

  private static JsonArray json(List<Transition> history) {
    JsonArray steps = new JsonArray();
    for (Transition step : history) {
      SessionState from = step.from();
      steps.add(
          new JsonObject()
              .put("at", Times.iso(step.at()))
              .put("from", from == null ? null : from.wireName())
              .put("to", step.to().wireName())
              .put("reason", AdminJson.reason(step.reason()))
              .put("by", step.by())
              .put("remark", step.remark()));
    }
    return steps;
  }
}
