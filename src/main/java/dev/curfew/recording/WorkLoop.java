package dev.curfew.recording;

import dev.curfew.bus.Claims;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.Claim;
import dev.curfew.store.StageDetails;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker: claims a recording, works on it, reports, claims the next. Lives on one event loop.
 *
 * <p>The lease is renewed from the moment of the claim until the report has been answered, and the
 * work is told to stop when the lease is lost. On shutdown the work is told to stop first, the
 * claim is given back second, and only then does the renewing end: nobody else begins while this
 * worker is still at it.
 */
public final class WorkLoop {
  private static final Logger LOG = LoggerFactory.getLogger(WorkLoop.class);

  private static final Duration WAIT = Duration.ofSeconds(30);

  /**
   * How long nothing must be ready before there is nothing to do. A claim passes by what somebody
   * else's statement holds at that moment, such as that which indexes its text.
   */
  private static final Duration LAST_LOOK = Duration.ofSeconds(3);

  private static final long SHORTEST_PAUSE_MILLIS = 1_000;
  private static final long LONGEST_PAUSE_MILLIS = 8_000;
  private static final int TRIES_WHEN_ONCE = 5;
  private static final int FAILURES_TO_TELL = 2;
  private static final Duration FIRST_REST = Duration.ofSeconds(2);
  private static final Duration LONGEST_REST = Duration.ofMinutes(5);

  /** The work itself. */
  public interface Task {
    /**
     * Does it, up to where only the report is missing.
     *
     * @param progress to be told the finished fraction, from 0 to 1, from any thread
     * @param cancelled whether to stop, from any thread
     * @return what to report; on failure everything of its own has been removed again
     */
    Future<StageDetails> perform(Claim claim, DoubleConsumer progress, BooleanSupplier cancelled);

    /** The report was accepted: the work is done for good. */
    Future<Void> reported(Claim claim);
  }

  /**
   * How a worker goes about it.
   *
   * @param retryDelay how long a recording rests after its first attempt failed; ten times as long
   *     after each further one, up to five minutes
   * @param once whether to end when no recording is ready, rather than to wait for the next
   */
  public record Manner(Duration retryDelay, boolean once) {
    /** Works until it is stopped. */
    public static final Manner STEADY = new Manner(FIRST_REST, false);

    /** Works until there is nothing to do. */
    public static final Manner ONCE = new Manner(FIRST_REST, true);
  }

  private static final class Job {
    final Claim claim;
    volatile boolean cancelled;
    boolean lost;

    Job(Claim claim) {
      this.claim = claim;
    }
  }

  private final Vertx vertx;
  private final WorkSite site;
  private final Task task;
  private final Manner manner;
  private final UntilAnswered untilAnswered;
  private final Promise<Void> ended = Promise.promise();
  private Claims.@Nullable Ticket asked;
  private @Nullable Job job;
  private @Nullable CurfewException denied;
  private boolean stopping;
  private boolean hurried;
  private int claimsFailed;

  public WorkLoop(Vertx vertx, WorkSite site, Task task, Manner manner) {
    this.vertx = vertx;
    this.site = site;
    this.task = task;
    this.manner = manner;
    this.untilAnswered = new UntilAnswered(vertx, () -> hurried);
  }

  /** Puts back what earlier runs left, then works until it is stopped. */
  public Future<Void> start() {
    return site.begin().onSuccess(begun -> next());
  }

  /**
   * Completes when the worker has ended, of its own or because it was told to. Fails with
   * UNAUTHENTICATED or FORBIDDEN when it is not let in and, if it works only {@linkplain
   * Manner#once once}, with UNAVAILABLE when nobody answers its claims.
   */
  public Future<Void> ended() {
    return ended.future();
  }

  /** Gives back what it works on; completes when nothing is under way any more. */
  public Future<Void> stop() {
    hurried = true;
    if (job != null) {
      job.cancelled = true;
    }
    return finish();
  }

  /** Claims nothing more; completes when the present recording is done. */
  public Future<Void> finish() {
    stopping = true;
    if (asked != null) {
      asked.cancel();
    }
    return ended.future().otherwiseEmpty();
  }

  private void next() {
    if (stopping) {
      end();
      return;
    }
    Claims.Ticket ticket = site.claim(manner.once ? LAST_LOOK : WAIT);
    asked = ticket;
    ticket
        .granted()
        .onComplete(
            granted -> {
              asked = null;
              if (stopping) {
                // The ticket was cancelled; what it may have brought is given back.
                end();
              } else if (granted.failed()) {
                notGranted(granted.cause());
              } else if (!granted.result().isEmpty()) {
                claimsFailed = 0;
                work(new Job(granted.result().get(0)));
              } else if (manner.once) {
                end();
              } else {
                claimsFailed = 0;
                next();
              }
            });
  }

  private void notGranted(Throwable failure) {
    claimsFailed++;
    if (isDenial(failure)) {
      deny((CurfewException) failure);
      end();
    } else if (manner.once && claimsFailed == TRIES_WHEN_ONCE) {
      ended.tryFail(failure);
    } else {
      long pause =
          Math.max(
              UntilAnswered.askedFor(failure),
              Math.min(
                  LONGEST_PAUSE_MILLIS, SHORTEST_PAUSE_MILLIS << Math.min(claimsFailed - 1, 10)));
      if (claimsFailed == FAILURES_TO_TELL) {
        LOG.warn("{} gets no claims for now: {}", site.instance(), failure.getMessage());
      }
      vertx.setTimer(pause, timer -> next());
    }
  }

  private void end() {
    if (denied != null) {
      ended.tryFail(denied);
    } else {
      ended.tryComplete();
    }
  }

  private void deny(CurfewException failure) {
    denied = failure;
    stopping = true;
    hurried = true;
    if (job != null) {
      job.cancelled = true;
    }
  }

  private void work(Job started) {
    Claim claim = started.claim;
    job = started;
    site.progress(claim, 0);
    long heartbeat =
        vertx.setPeriodic(Math.max(1, site.lease().toMillis() / 3), timer -> renew(started));
    Future<StageDetails> result;
    try {
      result =
          task.perform(claim, fraction -> site.progress(claim, fraction), () -> started.cancelled);
    } catch (RuntimeException failure) {
      result = Future.failedFuture(failure);
    }
    result
        .transform(
            done ->
                done.succeeded() ? report(started, done.result()) : failed(started, done.cause()))
        .onComplete(
            over -> {
              vertx.cancelTimer(heartbeat);
              site.over(claim);
              job = null;
              if (over.failed()) {
                if (isDenial(over.cause())) {
                  deny((CurfewException) over.cause());
                }
                LOG.warn(
                    "{} of session {} could not be reported: {}",
                    claim.work(),
                    claim.sessionId(),
                    over.cause().getMessage());
              }
              next();
            });
  }

  private void renew(Job held) {
    site.renew(held.claim)
        .onFailure(
            failure -> {
              if (isRefusal(failure) && !held.lost) {
                LOG.warn(
                    "{} has lost the recording of session {}",
                    site.instance(),
                    held.claim.sessionId());
                held.lost = true;
                held.cancelled = true;
              } else if (isDenial(failure)) {
                deny((CurfewException) failure);
              }
            });
  }

  /** No answer is not a refusal: the lease may well have been renewed. */
  private static boolean isRefusal(Throwable failure) {
    return failure instanceof CurfewException known
        && (known.code() == ErrorCode.NOT_OWNER || known.code() == ErrorCode.NOT_FOUND);
  }

  /** The worker is not let in: it can do nothing more. */
  private static boolean isDenial(Throwable failure) {
    return failure instanceof CurfewException known
        && (known.code() == ErrorCode.UNAUTHENTICATED || known.code() == ErrorCode.FORBIDDEN);
  }

  private Future<Void> report(Job done, StageDetails details) {
    return untilAnswered
        .ask(() -> site.done(done.claim, details))
        .compose(
            reported -> {
              LOG.info(
                  "The recording of session {} is {}",
                  done.claim.sessionId(),
                  done.claim.work().done().wireName());
              return task.reported(done.claim);
            });
  }

  private Future<Void> failed(Job over, Throwable failure) {
    Claim claim = over.claim;
    if (over.lost || isRefusal(failure)) {
      return Future.succeededFuture();
    }
    if (isDenial(failure)) {
      return Future.failedFuture(failure);
    }
    if (over.cancelled) {
      return untilAnswered.ask(() -> site.handBack(claim, Duration.ZERO, "shutting down"));
    }
    if (isOutage(failure)) {
      return postpone(claim, reason(failure));
    }
    LOG.warn(
        "{} of session {} failed, attempt {}: {}",
        claim.work(),
        claim.sessionId(),
        claim.attempt(),
        reason(failure),
        failure instanceof CurfewException ? failure.getCause() : failure);
    return untilAnswered.ask(() -> site.failed(claim, rest(claim.attempt()), reason(failure)));
  }

  /** Something that the work needs is away: no fault of the recording, however long it lasts. */
  private static boolean isOutage(Throwable failure) {
    return failure instanceof CurfewException known
        && known.code().category() == ErrorCode.Category.UNAVAILABLE;
  }

  private Future<Void> postpone(Claim claim, String why) {
    LOG.info("{} of session {} is postponed: {}", claim.work(), claim.sessionId(), why);
    return untilAnswered.ask(() -> site.postpone(claim, why));
  }

  private Duration rest(int attempt) {
    Duration rest = manner.retryDelay;
    for (int i = 1; i < attempt && rest.compareTo(LONGEST_REST) < 0; i++) {
      rest = rest.multipliedBy(10);
    }
    return rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST;
  }

  private static String reason(Throwable failure) {
    return failure instanceof CurfewException known
        ? known.getMessage()
        : String.format(
            Locale.ROOT, "%s: %s", failure.getClass().getSimpleName(), failure.getMessage());
  }
}
