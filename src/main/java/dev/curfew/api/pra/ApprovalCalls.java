package dev.curfew.api.pra;

import dev.curfew.api.Answer;
import dev.curfew.api.Durations;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.api.Times;
import dev.curfew.directory.JumpApprovals;
import dev.curfew.directory.JumpRequestTerms;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.JumpRequest;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Requests for jump sessions and their answers. */
final class ApprovalCalls {
  private static final long SHORTEST_SECONDS = 60;

  private final JumpApprovals approvals;

  ApprovalCalls(Gateway gateway) {
    this.approvals = gateway.directory().jumpApprovals();
  }

  Future<Answer> list(Exchange exchange) {
    exchange.requireOnlyParameters(Set.of("state", "per_page", "current_page"));
    JumpRequest.State state = state(exchange.query("state"));
    NumberedPage page = NumberedPage.of(exchange);
    return approvals
        .list(
            exchange.principal(), PraFields.userId(exchange), state, page.perPage(), page.current())
        .map(
            found -> {
              JsonArray items = new JsonArray();
              found.items().forEach(request -> items.add(json(request)));
              return page.answer(items, found.total(), exchange.request());
            });
  }

  private static JumpRequest.@Nullable State state(@Nullable String name) {
    return name == null
        ? null
        : JumpRequest.State.ofWireName(name)
            .orElseThrow(
                () ->
                    CurfewException.invalid(
                        "state", "must be one of pending, approved, denied, cancelled, in_use"));
  }

  Future<Answer> view(Exchange exchange) {
    exchange.requireOnlyParameters(Set.of());
    return approvals
        .get(
            exchange.principal(),
            PraFields.userId(exchange),
            exchange.pathInteger("id", 1, Long.MAX_VALUE))
        .map(request -> Answer.ok(json(request)));
  }

  Future<Answer> request(Exchange exchange) {
    Fields body = exchange.body();
    body.requireOnly(
        Set.of("user_id", "jump_item_type", "jump_item_id", "start", "duration", "reason"));
    body.integer("duration", SHORTEST_SECONDS, Long.MAX_VALUE);
    Duration duration = Durations.seconds(body, "duration");
    return approvals
        .request(
            exchange.principal(),
            new JumpRequestTerms(
                PraFields.bodyUserId(exchange),
                body.text("jump_item_type", 128),
                body.integer("jump_item_id", 1, Integer.MAX_VALUE),
                Times.seconds(body, "start"),
                duration == null ? Duration.ZERO : duration,
                body.text("reason", 1_024)))
        .map(
            request ->
                done(
                    request,
                    request.state() == JumpRequest.State.PENDING
                        ? "The request waits for an answer"
                        : "The request is approved by an approval for anyone"));
  }

  Future<Answer> approve(Exchange exchange) {
    Fields body = exchange.body();
    body.requireOnly(Set.of("id", "user_id", "answer", "comments"));
    long id = requestId(body);
    long approver = PraFields.bodyUserId(exchange);
    boolean yes =
        switch (body.text("answer", 64)) {
          case "approved" -> true;
          case "denied" -> false;
          default -> throw CurfewException.invalid("answer", "must be approved or denied");
        };
    return approvals
        .answer(exchange.principal(), id, approver, yes, body.optionalText("comments", 1_024))
        .map(request -> done(request, "The request is " + (yes ? "approved" : "denied")));
  }

  Future<Answer> cancel(Exchange exchange) {
    Fields body = exchange.body();
    body.requireOnly(Set.of("id", "user_id"));
    return approvals
        .cancel(exchange.principal(), requestId(body), PraFields.bodyUserId(exchange))
        .map(request -> done(request, "The request is cancelled"));
  }

  private static long requestId(Fields body) {
    return body.integer("id", 1, Long.MAX_VALUE);
  }

  private static Answer done(JumpRequest request, String message) {
    return Answer.ok(
        new JsonObject()
            .put("message", message)
            .put("id", request.id())
            .put("state", request.state().wireName()));
  }

  private static JsonObject json(JumpRequest request) {
    return new JsonObject()
        .put("id", request.id())
        .put("state", request.state().wireName())
        .put("jump_policy_id", request.policyId())
        .put("jump_item_type", request.itemType())
        .put("jump_item_id", request.itemId())
        .put("created_by_user_id", request.createdBy())
        .put("start_timestamp", Times.withOffset(request.startsAt()))
        .put("duration", request.duration() / 1000)
        .put("request_reason", request.reason())
        .put("response_comments", request.comments());
  }
}
