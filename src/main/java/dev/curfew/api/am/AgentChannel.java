package dev.curfew.api.am;

import dev.curfew.delivery.Attempt;
import dev.curfew.delivery.Channel;
import dev.curfew.delivery.HttpAttempt;
import dev.curfew.directory.SessionListeners;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.outbound.OutboundClient;
import dev.curfew.outbound.TargetGuard;
import dev.curfew.realm.EndNotification;
import dev.curfew.store.DueDelivery;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts the notifications of sessions that have ended to those who listen, policy agents of the AM
 * family mostly. A target that may not be called is given up at once.
 *
 * <p>Targets are never logged with their tokens: a line names the session.
 */
public final class AgentChannel implements Channel {
  private static final Logger LOG = LoggerFactory.getLogger(AgentChannel.class);
  private static final Map<String, String> HEADERS = Map.of("Content-Type", "text/xml");

  private final SessionListeners listeners;
  private final OutboundClient targets;
  private final LongSupplier clock;

  /**
   * @param clock the cluster's, in epoch milliseconds
   */
  public AgentChannel(SessionListeners listeners, OutboundClient targets, LongSupplier clock) {
    this.listeners = listeners;
    this.targets = targets;
    this.clock = clock;
  }

  @Override
  public String kind() {
    return SessionListeners.LANES;
  }

  @Override
  public Future<Attempt> send(DueDelivery due) {
    EndNotification ended = listeners.notification(due);
    return Future.succeededFuture()
        .map(nothing -> TargetGuard.parse("URL", ended.url()))
        .compose(url -> targets.post(url, HEADERS, Buffer.buffer(AgentXml.notificationSet(ended))))
        .map(answer -> withoutFarewell(HttpAttempt.of(answer, clock.getAsLong())))
        .recover(failure -> refused(ended, failure));
  }

  /** An agent that answers 410 does not want this message; what comes later, it may. */
  private static Attempt withoutFarewell(Attempt attempt) {
    return attempt instanceof Attempt.Gone gone
        ? new Attempt.Refused(gone.status(), gone.reason())
        : attempt;
  }

  private static Future<Attempt> refused(EndNotification ended, Throwable failure) {
    boolean hopeless =
        failure instanceof CurfewException known
            && (known.code() == ErrorCode.FORBIDDEN || known.code() == ErrorCode.INVALID_FIELD);
    if (!hopeless) {
      return Future.failedFuture(failure);
    }
    String reason = String.valueOf(failure.getMessage());
    LOG.warn("A listener was not told of the end of session {}: {}", ended.sessionId(), reason);
    return Future.succeededFuture(new Attempt.Refused(null, reason));
  }
}
