package dev.curfew.api.console;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.api.PlainErrors;
import dev.curfew.directory.ActiveSessionFilter;
import dev.curfew.directory.ActiveSessions;
import dev.curfew.directory.PageRequest;
import dev.curfew.directory.Revocation;
import dev.curfew.fault.CurfewException;
import dev.curfew.session.SessionKind;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The list of active sessions, and their revocation: one, several, or all that a list shows. */
final class ActiveSessionCalls {
  private static final int LONGEST_REASON = 1_024;

  private final Gateway gateway;
  private final ActiveSessions sessions;

  ActiveSessionCalls(Gateway gateway) {
    this.gateway = gateway;
    this.sessions = gateway.directory().activeSessions();
  }

  Future<Answer> list(Exchange exchange) {
    ActiveSessionFilter filter =
        new ActiveSessionFilter(
            kinds("kind", exchange.query("kind")),
            exchange.query("user"),
            exchange.query("q"),
            exchange.query("realm"));
    long now = gateway.clock().getAsLong();
    return sessions
        .list(
            exchange.principal(),
            filter,
            order(exchange.query("sort")),
            new PageRequest(exchange.limit(), exchange.query("after")))
        .map(
            found -> {
              JsonArray items = new JsonArray();
              found.page().items().forEach(row -> items.add(ConsoleJson.session(row, now)));
              return Answer.ok(
                  new JsonObject()
                      .put("items", items)
                      .put("next", found.page().next())
                      .put("total", found.total()));
            });
  }

  /** One kind or several, separated by commas. */
  private static Set<SessionKind> kinds(String field, @Nullable String names) {
    if (names == null) {
      return ActiveSessionFilter.PRIVILEGED;
    }
    Set<SessionKind> kinds = EnumSet.noneOf(SessionKind.class);
    for (String name : names.split(",", -1)) {
      kinds.add(
          SessionKind.ofWireName(name)
              .orElseThrow(
                  () ->
                      CurfewException.invalid(
                          field,
                          "must be one of jump, psm, access, device_admin, timed_access, token,"
                              + " or several separated by commas")));
    }
    return kinds;
  }

  private static ActiveSessions.Order order(@Nullable String sort) {
    if (sort == null) {
      return ActiveSessions.Order.USUAL;
    }
    boolean descends = sort.startsWith("-");
    return ActiveSessions.Order.named(descends ? sort.substring(1) : sort, descends)
        .orElseThrow(
            () ->
                CurfewException.invalid(
                    "sort",
                    "must be one of remaining, started, user, target, with - before it for"
                        + " descending order"));
  }

  Future<Answer> revoke(Exchange exchange) {
    Fields body = exchange.body();
    String reason = body.optionalText("reason", LONGEST_REASON);
    if (body.has("ids") == body.has("filter")) {
      throw CurfewException.invalid("ids", "or filter is required, and not both");
    }
    if (body.has("ids")) {
      return sessions
          .revoke(exchange.principal(), ids(body), reason)
          .map(done -> Answer.ok(json(done)));
    }
    long expected = body.integer("expected", 0, Integer.MAX_VALUE);
    ActiveSessionFilter filter = filter(body.object("filter"));
    return sessions
        .revoke(exchange.principal(), filter, expected, reason)
        .compose(
            done ->
                done.isPresent()
                    ? Future.succeededFuture(Answer.ok(json(done.get())))
                    : changed(exchange, filter, expected));
  }

  private static List<UUID> ids(Fields body) {
    JsonArray array = body.optionalArray("ids", ActiveSessions.MOST_REVOKED);
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; array != null && i < array.size(); i++) {
      String field = "ids[" + i + "]";
      if (!(array.getValue(i) instanceof String text)) {
        throw CurfewException.invalid(field, "must be a UUID");
      }
      ids.add(Fields.uuid(field, text));
    }
    return ids;
  }

  private static ActiveSessionFilter filter(Fields filter) {
    filter.requireOnly(Set.of("kind", "user", "q", "realm"));
    return new ActiveSessionFilter(
        kinds("filter.kind", filter.optionalText("kind", 256)),
        filter.optionalId("user"),
        filter.optionalText("q", 256),
        filter.optionalText("realm", 63));
  }

  private Future<Answer> changed(Exchange exchange, ActiveSessionFilter filter, long expected) {
    return sessions
        .count(exchange.principal(), filter)
        .map(
            count ->
                PlainErrors.of(
                    409,
                    "The list showed " + expected + " sessions and shows " + count + " now",
                    new JsonObject().put("count", count),
                    exchange.request()));
  }

  Future<Answer> revokeOne(Exchange exchange) {
    UUID id = exchange.pathUuid("id");
    String reason = exchange.body().optionalText("reason", LONGEST_REASON);
    return sessions
        .revokeOne(exchange.principal(), id, reason)
        .compose(
            done ->
                sessions
                    .shown(id)
                    .map(
                        session ->
                            Answer.ok(
                                json(done)
                                    .put(
                                        "session",
                                        ConsoleJson.session(
                                            session, gateway.clock().getAsLong())))));
  }

  private static JsonObject json(Revocation done) {
    JsonObject json =
        new JsonObject()
            .put("revoked", texts(done.revoked()))
            .put("notFound", texts(done.notFound()))
            .put("alreadyEnded", texts(done.alreadyEnded()));
    if (!done.unknown().isEmpty()) {
      json.put("unknown", texts(done.unknown()));
    }
    return json;
  }

  private static JsonArray texts(List<UUID> ids) {
    JsonArray array = new JsonArray();
    ids.forEach(id -> array.add(id.toString()));
    return array;
  }
}
