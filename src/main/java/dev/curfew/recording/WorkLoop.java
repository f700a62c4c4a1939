package dev.curfew.recording;

import dev.curfew.bus.Claims;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.Claim;
import dev.curfew.lease.RecordingStage;
import dev.curfew.lease.Work;
import dev.curfew.store.ClaimStore.Moved;
import dev.curfew.store.StageDetails;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker of this node: claims a recording, works on it, reports, claims the next. Lives on the
 * event loop of its verticle.
 *
 * <p>The lease is renewed from the moment of the claim until the report has been answered, and the
 * work is told to stop when the lease is lost. On shutdown the work is told to stop first, the
 * claim is given back second, and only then does the renewing end: nobody else begins while this
 * worker is still at it.
 *
 * <p>Each run has a name of its own, so that what an earlier run left behind is recognised and put
 * back when the next one starts, without waiting for its silence to be noticed.
 */
final class WorkLoop {
  private static final Logger LOG = LoggerFactory.getLogger(WorkLoop.class);

  private static final Duration WAIT = Duration.ofSeconds(30);
  private static final long PAUSE_MILLIS = 1_000;
  private static final Duration LONGEST_REST = Duration.ofMinutes(5);

  /** The work itself. */
  interface Task {
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

  private static final class Job {
    final Claim claim;
    volatile boolean cancelled;
    boolean lost;

    Job(Claim claim) {
      this.claim = claim;
    }
  }

  private final RecordingSurroundings around;
  private final Claims claims;
  private final Work work;
  private final Task task;
  private final String name;
  private final String instance;
  private final UntilAnswered untilAnswered;
  private final Promise<Void> stopped = Promise.promise();
  private Claims.@Nullable Ticket asked;
  private @Nullable Job job;
  private boolean stopping;

  WorkLoop(RecordingSurroundings around, Claims claims, Work work, String node, Task task) {
    this.around = around;
    this.claims = claims;
    this.work = work;
    this.task = task;
    this.untilAnswered = new UntilAnswered(around.vertx, () -> stopping);
    this.name = node + "/" + (work == Work.ENCODE ? "encoder" : "uploader") + "/";
    this.instance = name + UUID.randomUUID().toString().substring(0, 8);
  }

  /** Puts back what earlier runs left, then works until it is stopped. */
  Future<Void> start() {
    return around
        .claims
        .giveUpEarlierRuns(work, name, instance, around.options.maxAttempts())
        .map(
            givenUp -> {
              if (!givenUp.isEmpty()) {
                LOG.info(
                    "{} recordings of an earlier run of {} are put back", givenUp.size(), name);
                around.committedAndReady();
              }
              next();
              return null;
            });
  }

  /** Completes when nothing is under way any more. */
  Future<Void> stop() {
    stopping = true;
    if (asked != null) {
      asked.cancel();
    }
    if (job != null) {
      job.cancelled = true;
    }
    return stopped.future();
  }

  private void next() {
    if (stopping) {
      stopped.tryComplete();
      return;
    }
    Claims.Ticket ticket = claims.claim(work, instance, 1, WAIT);
    asked = ticket;
    ticket
        .granted()
        .onComplete(
            granted -> {
              asked = null;
              if (stopping) {
                // The ticket was cancelled; what it may have brought is given back.
                stopped.tryComplete();
              } else if (granted.failed()) {
                LOG.debug("{} got no claims: {}", instance, granted.cause().getMessage());
                around.vertx.setTimer(PAUSE_MILLIS, timer -> next());
              } else if (granted.result().isEmpty()) {
                next();
              } else {
                work(new Job(granted.result().get(0)));
              }
            });
  }

  private void work(Job started) {
    Claim claim = started.claim;
    job = started;
    around.progress.at(claim.sessionId(), 0);
    long heartbeat =
        around.vertx.setPeriodic(
            Math.max(1, around.options.lease().toMillis() / 3), timer -> renew(started));
    Future<StageDetails> result;
    try {
      result =
          task.perform(
              claim,
              fraction -> around.progress.at(claim.sessionId(), fraction),
              () -> started.cancelled);
    } catch (RuntimeException failure) {
      result = Future.failedFuture(failure);
    }
    result
        .transform(
            done ->
                done.succeeded() ? report(started, done.result()) : failed(started, done.cause()))
        .onComplete(
            over -> {
              around.vertx.cancelTimer(heartbeat);
              around.progress.over(claim.sessionId());
              job = null;
              if (over.failed()) {
                LOG.warn(
                    "{} of session {} could not be reported: {}",
                    work,
                    claim.sessionId(),
                    over.cause().getMessage());
              }
              next();
            });
  }

  private void renew(Job held) {
    around
        .claims
        .renew(held.claim.sessionId(), held.claim.claimant(), around.options.lease())
        .onFailure(
            failure -> {
              if (isRefusal(failure) && !held.lost) {
                LOG.warn(
                    "{} has lost the recording of session {}", instance, held.claim.sessionId());
                held.lost = true;
                held.cancelled = true;
              }
            });
  }

  /** No answer is not a refusal: the lease may well have been renewed. */
  private static boolean isRefusal(Throwable failure) {
    return failure instanceof CurfewException known
        && (known.code() == ErrorCode.NOT_OWNER || known.code() == ErrorCode.NOT_FOUND);
  }

  private Future<Void> report(Job done, StageDetails details) {
    return untilAnswered
        .ask(() -> move(done.claim, work.done(), Duration.ZERO, details))
        .compose(
            moved -> {
              LOG.info(
                  "The recording of session {} is {}",
                  done.claim.sessionId(),
                  work.done().wireName());
              return task.reported(done.claim);
            });
  }

  private Future<Void> failed(Job over, Throwable failure) {
    Claim claim = over.claim;
    if (over.lost || isRefusal(failure)) {
      return Future.succeededFuture();
    }
    if (over.cancelled) {
      return untilAnswered
          .ask(() -> around.claims.handBack(claim.sessionId(), claim.claimant(), "shutting down"))
          .onSuccess(back -> around.committedAndReady())
          .mapEmpty();
    }
    if (isOutage(failure)) {
      return postpone(claim, reason(failure));
    }
    LOG.warn(
        "{} of session {} failed, attempt {}: {}",
        work,
        claim.sessionId(),
        claim.attempt(),
        reason(failure),
        failure instanceof CurfewException ? failure.getCause() : failure);
    return untilAnswered
        .ask(
            () ->
                move(
                    claim,
                    RecordingStage.FAILED,
                    rest(claim.attempt()),
                    StageDetails.failure(reason(failure))))
        .mapEmpty();
  }

  /** Something that the work needs is away: no fault of the recording, however long it lasts. */
  private static boolean isOutage(Throwable failure) {
    return failure instanceof CurfewException known
        && known.code().category() == ErrorCode.Category.UNAVAILABLE;
  }

  private Future<Void> postpone(Claim claim, String why) {
    LOG.info("{} of session {} is postponed: {}", work, claim.sessionId(), why);
    return untilAnswered
        .ask(
            () ->
                around
                    .claims
                    .postpone(claim.sessionId(), claim.claimant(), around.options.retryDelay(), why)
                    .onSuccess(moved -> around.committedAndReady()))
        .onSuccess(moved -> around.figures.postponed())
        .mapEmpty();
  }

  private Future<Moved> move(Claim claim, RecordingStage to, Duration rest, StageDetails details) {
    return around
        .claims
        .report(
            claim.sessionId(), claim.claimant(), to, around.options.maxAttempts(), rest, details)
        .onSuccess(moved -> around.committedAndReady());
  }

  private Duration rest(int attempt) {
    Duration rest = around.options.retryDelay();
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
