package dev.curfew.api.admin;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.api.Times;
import dev.curfew.audit.Audit;
import dev.curfew.audit.Finding;
import dev.curfew.audit.Head;
import dev.curfew.audit.VerifiedPart;
import dev.curfew.store.Seal;
import dev.curfew.store.SealStore.TimedSeal;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The seals of the event log, and whether it is still what they say. */
final class AuditCalls {
  private static final int MOST_HEADS = 1_000;
  private static final Set<String> FIELDS = Set.of("realm", "after", "from", "expect");

  private final Gateway gateway;

  AuditCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> verify(Exchange exchange) {
    Fields body = exchange.body();
    body.requireOnly(FIELDS);
    List<String> texts = body.texts("expect", MOST_HEADS);
    List<Head> expected = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      expected.add(Head.parse("expect[" + i + "]", texts.get(i)));
    }
    return gateway
        .audit()
        .verify(
            exchange.principal(),
            new Audit.Request(
                body.optionalText("realm", 63),
                body.optionalInteger("after", 0, Long.MAX_VALUE - 1),
                body.has("from") ? Times.required(body, "from") : null,
                expected))
        .map(answer -> Answer.ok(json(answer)));
  }

  private static JsonObject json(Audit.Answer answer) {
    VerifiedPart part = answer.part();
    JsonArray findings = new JsonArray();
    part.findings().forEach(finding -> findings.add(json(answer, finding)));
    JsonArray heads = new JsonArray();
    answer.heads().forEach(head -> heads.add(head.text()));
    return new JsonObject()
        .put("realm", answer.realm())
        .put("batches", part.batches())
        .put("seals", part.seals())
        .put("events", part.events())
        .put("dropped", part.dropped())
        .put("findings", findings)
        .put("unsealed", part.unsealed())
        .put("heads", heads)
        .put("next", part.next());
  }

  private static JsonObject json(Audit.Answer answer, Finding finding) {
    Integer realm = finding.realmId();
    return new JsonObject()
        .put("kind", finding.kind().wireName())
        .put(
            "realm",
            realm == null ? null : answer.names().getOrDefault(realm, Integer.toString(realm)))
        .put("batch", finding.batch() == 0 ? null : finding.batch())
        .put("seal", finding.seal() == 0 ? null : finding.seal())
        .put("eventId", finding.eventId())
        .put("time", Times.iso(finding.at()))
        .put("message", finding.message());
  }

  Future<Answer> seals(Exchange exchange) {
    long below = exchange.queryInteger("after", Long.MAX_VALUE, 1, Long.MAX_VALUE);
    int limit = exchange.limit();
    return gateway
        .audit()
        .seals(exchange.principal(), exchange.query("realm"), below, limit + 1)
        .map(
            found -> {
              boolean more = found.seals().size() > limit;
              List<TimedSeal> shown = more ? found.seals().subList(0, limit) : found.seals();
              JsonArray items = new JsonArray();
              shown.forEach(seal -> items.add(json(found.realm(), seal)));
              return Answer.ok(
                  new JsonObject()
                      .put("items", items)
                      .put(
                          "next",
                          more ? Long.toString(shown.get(limit - 1).seal().number()) : null));
            });
  }

  private static JsonObject json(String realm, TimedSeal timed) {
    Seal seal = timed.seal();
    return new JsonObject()
        .put("realm", realm)
        .put("number", seal.number())
        .put("batch", seal.batch())
        .put("sealedAt", Times.iso(timed.sealedAt()))
        .put("events", seal.events())
        .put("firstEventId", seal.first().text())
        .put("lastEventId", seal.last().text())
        .put("hash", seal.hash())
        .put("head", new Head(realm, seal.number(), seal.hash()).text());
  }
}
