package dev.curfew.api.admin;

import dev.curfew.api.Answer;
import dev.curfew.api.Durations;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.api.Times;
import dev.curfew.directory.RealmChange;
import dev.curfew.realm.Realm;
import dev.curfew.session.Tier;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Organisations. */
final class RealmCalls {
  private static final String WARN_BEFORE = "warnBefore";

  private static final String RECORDING_SEARCH = "recordingSearch";

  private final Gateway gateway;

  RealmCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> create(Exchange exchange) {
    Fields body = exchange.body();
    return gateway
        .directory()
        .realms()
        .create(
            exchange.principal(),
            body.text("name", 63),
            body.oneOf("tier", Tier.class),
            Durations.optionalList(body, WARN_BEFORE))
        .map(realm -> Answer.created(json(realm)));
  }

  Future<Answer> list(Exchange exchange) {
    return gateway
        .directory()
        .realms()
        .list(exchange.principal(), AdminJson.page(exchange))
        .map(page -> AdminJson.list(page, RealmCalls::json));
  }

  Future<Answer> change(Exchange exchange) {
    return gateway
        .directory()
        .realms()
        .change(exchange.principal(), exchange.path("name"), change(exchange.body()))
        .map(realm -> Answer.ok(json(realm)));
  }

  private static RealmChange change(Fields body) {
    RealmChange change = RealmChange.NOTHING;
    // Thresholds that are null return to the configuration's; a tier cannot be without.
    boolean warns =
        body.json().containsKey(WARN_BEFORE) || body.json().containsKey(WARN_BEFORE + "Seconds");
    if (warns) {
      change = change.withWarnBefore(Durations.optionalList(body, WARN_BEFORE));
    }
    boolean searches = body.has(RECORDING_SEARCH);
    if (searches) {
      change = change.withRecordingSearch(body.bool(RECORDING_SEARCH, true));
    }
    return (warns || searches) && !body.has("tier")
        ? change
        : change.withTier(body.oneOf("tier", Tier.class));
  }

  private static JsonObject json(Realm realm) {
    List<Long> warnBefore = realm.warnBefore();
    return new JsonObject()
        .put("name", realm.name())
        .put("tier", realm.tier().wireName())
        .put(WARN_BEFORE, warnBefore == null ? null : Durations.texts(warnBefore))
        .put(RECORDING_SEARCH, realm.recordingSearch())
        .put("createdAt", Times.iso(realm.createdAt()));
  }
}
