package dev.curfew.grant;

import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.outbound.OutboundAnswer;
import dev.curfew.outbound.OutboundClient;
import dev.curfew.outbound.WebhookSecret;
import dev.curfew.outbound.WebhookSignature;
import dev.curfew.realm.ResourceSettings;
import dev.curfew.store.RuleCall;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A customer's own service, called to apply and to remove. The rule's id makes repeated calls
 * recognisable: it is in the body, and the {@code webhook-id} of an attempt is it and the verb.
 */
final class WebhookProvider implements RuleProvider {
  private static final int LONGEST_RULE_ID = 256;

  private final OutboundClient outbound;
  private final LongSupplier clock;

  /**
   * @param clock the cluster's, in epoch milliseconds
   */
  WebhookProvider(OutboundClient outbound, LongSupplier clock) {
    this.outbound = outbound;
    this.clock = clock;
  }

  @Override
  public Future<Answer> apply(RuleCall rule, Optional<Secret> secret) {
    URI url = settings(rule).applyUrl();
    return call(url, "apply", rule, secret)
        .map(answer -> applied(url, answer))
        .recover(
            failure ->
                failure instanceof CurfewException known && known.code() == ErrorCode.FORBIDDEN
                    ? Future.succeededFuture(new Answer.Refused(known.getMessage(), false))
                    : Future.failedFuture(failure));
  }

  private static Answer applied(URI url, OutboundAnswer answer) {
    if (!answer.successful()) {
      return new Answer.Refused(answered(url, answer), true);
    }
    String id = providerRuleId(answer.body());
    return id == null
        ? new Answer.Refused(url.getHost() + " answered without a providerRuleId", true)
        : new Answer.Applied(id);
  }

  private static @Nullable String providerRuleId(Buffer body) {
    try {
      return new JsonObject(body).getValue("providerRuleId") instanceof String id
              && !id.isBlank()
              && id.length() <= LONGEST_RULE_ID
              && id.indexOf('\0') < 0
          ? id
          : null;
    } catch (DecodeException notAnObject) {
      return null;
    }
  }

  @Override
  public Future<Void> remove(RuleCall rule, Optional<Secret> secret) {
    URI url = settings(rule).removeUrl();
    return call(url, "remove", rule, secret)
        .compose(
            answer ->
                answer.successful() || answer.status() == 404 || answer.status() == 410
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        CurfewException.of(ErrorCode.UNAVAILABLE, answered(url, answer))));
  }

  private static String answered(URI url, OutboundAnswer answer) {
    return url.getHost() + " answered " + answer.status();
  }

  private Future<OutboundAnswer> call(
      URI url, String verb, RuleCall rule, Optional<Secret> secret) {
    Buffer body = body(rule).toBuffer();
    List<WebhookSecret> keys =
        secret.map(text -> WebhookSecret.parse("secret", text)).map(List::of).orElse(List.of());
    Map<String, String> headers =
        new HashMap<>(
            WebhookSignature.headers(
                rule.ruleId() + "." + verb, clock.getAsLong() / 1000, body, keys));
    headers.put("content-type", "application/json");
    return outbound.post(url, headers, body);
  }

  private static JsonObject body(RuleCall rule) {
    JsonObject body =
        new JsonObject()
            .put("ruleId", rule.ruleId().toString())
            .put("sessionId", rule.sessionId().toString())
            .put("resourceId", rule.resourceId().toString())
            .put("resourceName", rule.resourceName())
            .put("ipVersion", rule.ipVersion())
            .put("ipAddress", rule.ipAddress())
            .put("expiresAt", Instant.ofEpochMilli(rule.expiresAt()).toString());
    String providerRuleId = rule.providerRuleId();
    return providerRuleId == null ? body : body.put("providerRuleId", providerRuleId);
  }

  private static ResourceSettings.Webhook settings(RuleCall rule) {
    return (ResourceSettings.Webhook) rule.settings();
  }
}
