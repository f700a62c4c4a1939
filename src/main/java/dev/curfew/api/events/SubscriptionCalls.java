package dev.curfew.api.events;

import dev.curfew.api.Answer;
import dev.curfew.api.Durations;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.api.Times;
import dev.curfew.config.Secret;
import dev.curfew.directory.SubscriptionTerms;
import dev.curfew.directory.Subscriptions;
import dev.curfew.realm.Lane;
import dev.curfew.realm.LaneFilter;
import dev.curfew.realm.UserReference;
import dev.curfew.realm.WebhookSubscription;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Webhook subscriptions. */
final class SubscriptionCalls {
  private static final int LONGEST_URL = 2_048;
  private static final int LONGEST_REMARK = 1_024;
  private static final int LONGEST_SECRET = 256;
  private static final int MOST_NAMES = 64;
  private static final Set<String> TERMS =
      Set.of("url", "description", "types", "filter", "thresholds", "thresholdsSeconds");
  private static final Set<String> OF_FILTER = Set.of("session", "user", "kinds");

  private final Gateway gateway;

  SubscriptionCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  private Subscriptions subscriptions() {
    return gateway.directory().subscriptions();
  }

  Future<Answer> create(Exchange exchange) {
    Fields body = exchange.body();
    Fields filter = filter(body);
    SubscriptionTerms terms =
        new SubscriptionTerms(
            body.text("url", LONGEST_URL),
            body.optionalText("description", LONGEST_REMARK),
            names(body, "types"),
            filter.optionalUuid("session"),
            filter.optionalId("user"),
            names(filter, "kinds"),
            Durations.optionalList(body, "thresholds"));
    return subscriptions()
        .create(exchange.principal(), body.optionalText("realm", 63), terms, secret(body))
        .map(made -> Answer.created(keyed(made)));
  }

  /** A filter with a part that is not known would let through more than was meant. */
  private static Fields filter(Fields body) {
    Fields filter = body.object("filter");
    filter.requireOnly(OF_FILTER);
    return filter;
  }

  private static @Nullable List<String> names(Fields fields, String field) {
    return fields.has(field) ? fields.texts(field, MOST_NAMES) : null;
  }

  private static @Nullable Secret secret(Fields body) {
    return body.has("secret") ? Secret.of(body.text("secret", LONGEST_SECRET)) : null;
  }

  Future<Answer> list(Exchange exchange) {
    return subscriptions()
        .list(exchange.principal(), Pages.request(exchange))
        .map(page -> Pages.answer(page, SubscriptionCalls::json));
  }

  Future<Answer> show(Exchange exchange) {
    return subscriptions()
        .get(exchange.principal(), exchange.pathUuid("id"))
        .map(SubscriptionCalls::ok);
  }

  Future<Answer> change(Exchange exchange) {
    Fields body = exchange.body();
    body.requireOnly(TERMS);
    // Read before anything is looked up, so that a refusal does not depend on what is there.
    String url = body.has("url") ? body.text("url", LONGEST_URL) : null;
    String description = body.optionalText("description", LONGEST_REMARK);
    List<String> types = names(body, "types");
    Fields filter = filter(body);
    UUID session = filter.optionalUuid("session");
    String user = filter.optionalId("user");
    List<String> kinds = names(filter, "kinds");
    List<Duration> thresholds = Durations.optionalList(body, "thresholds");
    JsonObject given = body.json();
    boolean filters = given.containsKey("filter");
    boolean warns = given.containsKey("thresholds") || given.containsKey("thresholdsSeconds");
    return subscriptions()
        .change(
            exchange.principal(),
            exchange.pathUuid("id"),
            now -> {
              LaneFilter had = now.lane().filter();
              UUID only = now.user();
              return new SubscriptionTerms(
                  url == null ? now.url() : url,
                  given.containsKey("description") ? description : now.description(),
                  given.containsKey("types") ? types : list(had.types()),
                  filters ? session : had.sessionId(),
                  filters ? user : only == null ? null : only.toString(),
                  filters ? kinds : list(had.kinds()),
                  warns ? thresholds : durations(had.thresholds()));
            })
        .map(SubscriptionCalls::ok);
  }

  private static @Nullable List<String> list(@Nullable Set<String> names) {
    return names == null ? null : List.copyOf(names);
  }

  private static @Nullable List<Duration> durations(@Nullable List<Long> millis) {
    return millis == null ? null : millis.stream().map(Duration::ofMillis).toList();
  }

  Future<Answer> delete(Exchange exchange) {
    return subscriptions()
        .delete(exchange.principal(), exchange.pathUuid("id"))
        .map(deleted -> Answer.empty(204));
  }

  Future<Answer> pause(Exchange exchange) {
    return subscriptions()
        .pause(
            exchange.principal(),
            exchange.pathUuid("id"),
            exchange.body().optionalText("reason", LONGEST_REMARK))
        .map(SubscriptionCalls::ok);
  }

  Future<Answer> resume(Exchange exchange) {
    return subscriptions()
        .resume(exchange.principal(), exchange.pathUuid("id"))
        .map(SubscriptionCalls::ok);
  }

  Future<Answer> rotate(Exchange exchange) {
    Fields body = exchange.body();
    return subscriptions()
        .rotate(
            exchange.principal(),
            exchange.pathUuid("id"),
            secret(body),
            Durations.optional(body, "overlap"))
        .map(rotated -> Answer.ok(keyed(rotated)));
  }

  Future<Answer> test(Exchange exchange) {
    return subscriptions()
        .test(exchange.principal(), exchange.pathUuid("id"))
        .map(queued -> Answer.json(202, DeliveryCalls.json(queued)));
  }

  Future<Answer> replay(Exchange exchange) {
    return subscriptions()
        .replay(exchange.principal(), exchange.pathUuid("id"), exchange.body().text("after", 256))
        .map(SubscriptionCalls::ok);
  }

  private static Answer ok(WebhookSubscription subscription) {
    return Answer.ok(json(subscription));
  }

  private static JsonObject keyed(Subscriptions.Keyed keyed) {
    JsonObject json = json(keyed.subscription());
    keyed.generated().ifPresent(secret -> json.put("secret", secret.reveal()));
    return json;
  }

  private static JsonObject json(WebhookSubscription subscription) {
    Lane lane = subscription.lane();
    LaneFilter filter = lane.filter();
    UUID session = filter.sessionId();
    UUID user = subscription.user();
    List<Long> thresholds = filter.thresholds();
    UserReference by = subscription.createdBy();
    return new JsonObject()
        .put("id", subscription.id().toString())
        .put("realm", subscription.realm())
        .put("url", subscription.url())
        .put("description", subscription.description())
        .put("state", lane.state().wireName())
        .put("reason", lane.reason())
        .put("types", sorted(filter.types()))
        .put(
            "filter",
            new JsonObject()
                .put("session", session == null ? null : session.toString())
                .put("user", user == null ? null : user.toString())
                .put("kinds", sorted(filter.kinds())))
        .put(
            "thresholds",
            thresholds == null
                ? null
                : new JsonArray(thresholds.stream().map(Durations::text).toList()))
        .put(
            "createdBy",
            new JsonObject()
                .put("id", by.id().toString())
                .put("numericId", by.numericId())
                .put("username", by.username()))
        .put("createdAt", Times.iso(subscription.createdAt()))
        .put("previousSecretUntil", Times.iso(subscription.previousUntil()))
        .put("pending", lane.pending())
        .put("dead", lane.dead())
        .put("lostEvents", lane.lostEvents())
        .put("lostUntil", Times.iso(lane.lostUntil()));
  }

  private static @Nullable JsonArray sorted(@Nullable Collection<String> names) {
    return names == null ? null : new JsonArray(names.stream().sorted().toList());
  }
}
