package dev.curfew.api.pra;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.directory.Policies;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.ApprovalScope;
import dev.curfew.realm.Policy;
import dev.curfew.session.Terms;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How sessions under a policy are approved and warned of. */
final class JumpPolicyCalls {
  private static final int MOST_WARNINGS = 20;
  private static final long LONGEST_MINUTES = Duration.ofMillis(Terms.LONGEST).toMinutes();
  private static final long LONGEST_SECONDS = Duration.ofMillis(Terms.LONGEST).toSeconds();

  private final Policies policies;

  JumpPolicyCalls(Gateway gateway) {
    this.policies = gateway.directory().policies();
  }

  Future<Answer> show(Exchange exchange) {
    exchange.requireOnlyParameters(Set.of());
    return policies.get(exchange.principal(), id(exchange)).map(policy -> Answer.ok(json(policy)));
  }

  Future<Answer> change(Exchange exchange) {
    Fields body = exchange.body();
    body.requireOnly(
        Set.of(
            "id",
            "approval_required",
            "approval_max_duration",
            "approval_scope",
            "warn_before_seconds"));
    int id = id(exchange);
    Long named = body.optionalInteger("id", 1, Integer.MAX_VALUE);
    if (named != null && named != id) {
      throw CurfewException.invalid("id", "must be the id in the path");
    }
    Long minutes = body.optionalInteger("approval_max_duration", 1, LONGEST_MINUTES);
    return policies
        .changeApproval(
            exchange.principal(),
            id,
            body.optionalBool("approval_required"),
            minutes == null ? null : Duration.ofMinutes(minutes),
            body.has("approval_scope") ? body.oneOf("approval_scope", ApprovalScope.class) : null,
            warnings(body))
        .map(policy -> Answer.ok(json(policy)));
  }

  private static int id(Exchange exchange) {
    return (int) exchange.pathInteger("id", 1, Integer.MAX_VALUE);
  }

  private static @Nullable List<Duration> warnings(Fields body) {
    String field = "warn_before_seconds";
    JsonArray array = body.optionalArray(field, MOST_WARNINGS);
    if (array == null) {
      return null;
    }
    List<Duration> warnings = new ArrayList<>();
    for (Object element : array) {
      if (!(element instanceof Integer seconds) || seconds < 1 || seconds > LONGEST_SECONDS) {
        throw CurfewException.invalid(
            field, "must be a list of whole numbers from 1 to " + LONGEST_SECONDS);
      }
      warnings.add(Duration.ofSeconds(seconds));
    }
    return warnings;
  }

  private static JsonObject json(Policy policy) {
    JsonArray warnings = new JsonArray();
    policy.warnBefore().forEach(threshold -> warnings.add(threshold / 1000));
    return new JsonObject()
        .put("id", policy.id())
        .put("approval_required", policy.approvalRequired())
        .put("approval_max_duration", Duration.ofMillis(policy.approvalMaxDuration()).toMinutes())
        .put("approval_scope", policy.approvalScope().wireName())
        .put("warn_before_seconds", warnings);
  }
}
