package dev.curfew.api.admin;

import dev.curfew.api.Answer;
import dev.curfew.api.Durations;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.auth.Authorisation;
import dev.curfew.directory.PolicyTerms;
import dev.curfew.realm.Policy;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Policies, and which jump items they govern. */
final class PolicyCalls {
  private final Gateway gateway;

  PolicyCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> create(Exchange exchange) {
    Fields body = exchange.body();
    return gateway
        .directory()
        .policies()
        .create(exchange.principal(), body.optionalText("realm", 63), terms(body))
        .map(policy -> Answer.created(json(policy)));
  }

  private static PolicyTerms terms(Fields body) {
    Long quota = body.optionalInteger("quota", 1, 1_000_000);
    return new PolicyTerms(
        body.text("name", 128),
        Durations.optional(body, "maxDuration"),
        Durations.optional(body, "maxIdle"),
        Durations.optional(body, "staleAfter"),
        Durations.optionalList(body, "warnBefore"),
        quota == null ? null : quota.intValue(),
        body.bool("approvalRequired", false),
        Durations.optional(body, "approvalMaxDuration"),
        RetentionField.of(body));
  }

  Future<Answer> list(Exchange exchange) {
    return gateway
        .directory()
        .policies()
        .list(exchange.principal(), AdminJson.page(exchange))
        .map(page -> AdminJson.list(page, PolicyCalls::json));
  }

  Future<Answer> show(Exchange exchange) {
    return gateway
        .directory()
        .policies()
        .get(exchange.principal(), id(exchange))
        .map(
            policy -> {
              // A user's own clients may know the terms; the administration is not theirs to read.
              Authorisation.requireReader(exchange.principal(), policy.realmId(), "Policy");
              return Answer.ok(json(policy));
            });
  }

  Future<Answer> replace(Exchange exchange) {
    return gateway
        .directory()
        .policies()
        .replace(exchange.principal(), id(exchange), terms(exchange.body()))
        .map(policy -> Answer.ok(json(policy)));
  }

  private static int id(Exchange exchange) {
    return (int) exchange.pathInteger("id", 1, Integer.MAX_VALUE);
  }

  Future<Answer> bindJumpItem(Exchange exchange) {
    Fields body = exchange.body();
    return gateway
        .directory()
        .jumpItems()
        .bind(
            exchange.principal(),
            body.text("jumpItemType", 128),
            body.integer("jumpItemId", 1, Integer.MAX_VALUE),
            body.text("name", 256),
            (int) body.integer("jumpPolicyId", 1, Integer.MAX_VALUE))
        .map(
            item ->
                Answer.created(
                    new JsonObject()
                        .put("jumpItemId", item.id())
                        .put("jumpItemType", item.type())
                        .put("name", item.name())
                        .put("jumpPolicyId", item.policyId())));
  }

  private static JsonObject json(Policy policy) {
    return new JsonObject()
        .put("id", policy.id())
        .put("name", policy.name())
        .put("realm", policy.realm())
        .put("maxDuration", text(policy.maxDuration()))
        .put("maxIdle", text(policy.maxIdle()))
        .put("staleAfter", text(policy.staleAfter()))
        .put("warnBefore", Durations.texts(policy.warnBefore()))
        .put("warnBeforeFrom", policy.warnBeforeFrom().wireName())
        .put(RetentionField.NAME, RetentionField.text(policy.recordingRetention()))
        .put(RetentionField.NAME + "From", policy.recordingRetentionFrom().wireName())
        .put("quota", policy.quota() == 0 ? null : policy.quota())
        .put("approvalRequired", policy.approvalRequired())
        .put("approvalMaxDuration", text(policy.approvalMaxDuration()));
  }

  private static @Nullable String text(long millis) {
    return millis == 0 ? null : Durations.text(millis);
  }
}
