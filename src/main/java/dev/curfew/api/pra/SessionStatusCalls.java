package dev.curfew.api.pra;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Gateway;
import dev.curfew.config.CurfewConfig;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.SessionDetail;
import dev.curfew.session.SessionState;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;

/** How long the jump sessions of a user have left. Reading changes nothing. */
final class SessionStatusCalls {
  private final Gateway gateway;

  SessionStatusCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> status(Exchange exchange) {
    if (gateway.config().pra().product() == CurfewConfig.PraProduct.RS) {
      throw CurfewException.of(ErrorCode.NOT_FOUND, "Not available on this product");
    }
    exchange.requireOnlyParameters(Set.of());
    long userId = PraFields.userId(exchange);
    return gateway
        .directory()
        .jumpStatuses()
        .of(exchange.principal(), userId)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof CurfewException known && known.code() == ErrorCode.NOT_FOUND
                        ? CurfewException.invalid("user_id", "is not a user")
                        : failure))
        .map(status -> Answer.ok(statuses(status.sessions(), gateway.clock().getAsLong())));
  }

  private static JsonArray statuses(List<SessionDetail> sessions, long now) {
    JsonArray statuses = new JsonArray();
    for (SessionDetail session : sessions) {
      if (session.state().live()) {
        statuses.add(status(session, now));
      }
    }
    return statuses;
  }

  private static JsonObject status(SessionDetail session, long now) {
    long start = session.startedAt() / 1000;
    // The end as a whole second, so that it always equals start plus duration.
    long end = session.expiresAt() / 1000;
    long remaining = Math.max(0, session.expiresAt() - now) / 1000;
    Long item = session.attributes().jumpItemId();
    String itemType = session.attributes().jumpItemType();
    return new JsonObject()
        .put("id", session.numericId())
        .put("state", session.state() == SessionState.APPROVED ? "approved" : "in_use")
        .put("jump_item_id", item == null ? 0 : item)
        .put("jump_item_type", itemType == null ? "" : itemType)
        .put("jump_policy_id", session.policyId())
        .put("created_by_user_id", session.createdBy())
        .put("start_timestamp", start)
        .put("duration", end - start)
        .put("end_timestamp", end)
        .put("time_remaining_seconds", remaining)
        .put("expired", session.expiresAt() <= now);
  }
}
