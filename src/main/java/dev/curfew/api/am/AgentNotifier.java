package dev.curfew.api.am;

import dev.curfew.directory.SessionListeners;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.outbound.OutboundClient;
import dev.curfew.outbound.TargetGuard;
import dev.curfew.realm.EndNotification;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts a notification to every listener of a token session that has ended. What is due is a row in
 * the database, taken for a while by one node, so a notification survives restarts and is delivered
 * at least once. A target that does not answer with success is tried again after growing pauses, so
 * many times; one that may not be called is given up at once. Redirects are not followed.
 *
 * <p>Targets are never logged with their tokens: a line names the session.
 */
public final class AgentNotifier extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(AgentNotifier.class);
  private static final int MOST_AT_ONCE = 50;

  /**
   * How notifications are retried.
   *
   * @param interval between two looks at what is due
   * @param firstPause after the first failure; doubled with each one
   * @param attempts deliveries before one is given up
   */
  public record Options(Duration interval, Duration firstPause, int attempts) {
    public static final Options DEFAULT =
        new Options(Duration.ofMillis(500), Duration.ofSeconds(2), 10);
  }

  private final SessionListeners listeners;
  private final OutboundClient targets;
  private final LongSupplier clock;
  private final Options options;
  private long timer = -1;
  private boolean stopped;

  /**
   * @param clock the cluster's, in epoch milliseconds
   */
  public AgentNotifier(
      SessionListeners listeners, OutboundClient targets, LongSupplier clock, Options options) {
    this.listeners = listeners;
    this.targets = targets;
    this.clock = clock;
    this.options = options;
  }

  @Override
  public Future<?> start() {
    arm();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    vertx.cancelTimer(timer);
    return Future.succeededFuture();
  }

  private void arm() {
    if (!stopped) {
      timer = vertx.setTimer(options.interval().toMillis(), due -> round());
    }
  }

  /** A round ends before the next one begins, whatever became of it. */
  private void round() {
    listeners
        .pendingNotifications(MOST_AT_ONCE)
        .compose(pending -> Future.join(deliveries(pending)))
        .onFailure(failure -> LOG.debug("Notifications wait: {}", failure.getMessage()))
        .onComplete(done -> arm());
  }

  private List<Future<Void>> deliveries(List<EndNotification> pending) {
    return pending.stream().map(this::deliver).toList();
  }

  private Future<Void> deliver(EndNotification ended) {
    return send(ended)
        .compose(
            delivered -> listeners.notified(ended.id()),
            failure ->
                isHopeless(ended, failure)
                    ? giveUp(ended, failure)
                    : listeners.failed(ended.id(), clock.getAsLong() + pause(ended.attempts())));
  }

  private Future<Void> send(EndNotification ended) {
    return Future.succeededFuture()
        .map(nothing -> TargetGuard.parse("URL", ended.url()))
        .compose(
            url ->
                targets.post(
                    url,
                    Map.of("Content-Type", "text/xml"),
                    Buffer.buffer(AgentXml.notificationSet(ended))))
        .compose(
            answer ->
                answer.successful()
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        CurfewException.of(ErrorCode.UNAVAILABLE, "answered " + answer.status())));
  }

  private boolean isHopeless(EndNotification ended, Throwable failure) {
    boolean refused =
        failure instanceof CurfewException known
            && (known.code() == ErrorCode.FORBIDDEN || known.code() == ErrorCode.INVALID_FIELD);
    return refused || ended.attempts() + 1 >= options.attempts();
  }

  private Future<Void> giveUp(EndNotification ended, Throwable failure) {
    LOG.warn(
        "A listener was not told of the end of session {}: {}",
        ended.sessionId(),
        failure.getMessage());
    return listeners.notified(ended.id());
  }

  private long pause(int attempts) {
    return options.firstPause().toMillis() << Math.min(attempts, 10);
  }
}
