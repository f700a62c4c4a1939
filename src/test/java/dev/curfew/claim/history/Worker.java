package dev.curfew.claim.history;

import dev.curfew.bus.Claims;
import dev.curfew.claim.history.Observation.Answer;
import dev.curfew.claim.history.Observation.Asked;
import dev.curfew.claim.history.Observation.Ending;
import dev.curfew.claim.history.Observation.Spoke;
import dev.curfew.claim.history.Observation.Word;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.Claim;
import dev.curfew.lease.RecordingStage;
import dev.curfew.lease.Work;
import dev.curfew.store.ArtefactRow;
import dev.curfew.store.ClaimStore.Moved;
import dev.curfew.store.StageDetails;
import dev.curfew.store.StoredForm;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A worker that does nothing but what others see of it, and has every misfortune that workers have.
 * Which one is decided by its seed, each time that it claims. When it is killed, another takes its
 * name at once, while what it left behind, and what it sent last, still lives.
 */
final class Worker {

  /** What befalls a worker with what it has claimed. */
  private enum Fate {
    DOES_IT,
    /** It needs longer than its lease, and renews it all the while. */
    IS_SLOW,
    /**
     * It is stopped, comes back when nobody believes it any more, and goes on as if nothing were.
     */
    IS_PAUSED,
    /** It is never heard of again. */
    IS_KILLED,
    /** It goes after its last report, without the answer. */
    IS_KILLED_REPORTING,
    FAILS,
    HANDS_BACK
  }

  private static final int MOST = 6;
  private static final String SHA256 = "00".repeat(32);

  private final Vertx vertx;
  private final Random random;
  private final List<ClaimNode> nodes;
  private final Misfortunes misfortunes;
  private final Work work;
  private final String instance;
  private final BooleanSupplier over;
  private final Promise<Void> finished = Promise.promise();

  Worker(
      Vertx vertx,
      long seed,
      List<ClaimNode> nodes,
      Misfortunes misfortunes,
      Work work,
      String instance,
      BooleanSupplier over) {
    this.vertx = vertx;
    this.random = new Random(seed);
    this.nodes = nodes;
    this.misfortunes = misfortunes;
    this.work = work;
    this.instance = instance;
    this.over = over;
  }

  /** Completes when it has nothing under way and is to stop. */
  Future<Void> run() {
    next();
    return finished.future();
  }

  private void next() {
    if (over.getAsBoolean()) {
      finished.complete();
      return;
    }
    ClaimNode node = node();
    long from = Span.now();
    Claims.Ticket ticket =
        node.coordinator.claim(
            work, instance, 1 + random.nextInt(MOST), Duration.ofMillis(random.nextInt(400)));
    if (random.nextInt(40) == 0) {
      after(
          random.nextInt(20),
          () -> {
            ticket.cancel();
            observe(from, node, Ending.WITHDRAWN, List.of());
            after(1, this::next);
          });
      return;
    }
    ticket
        .granted()
        .onComplete(
            granted -> {
              List<Claim> claims = granted.succeeded() ? granted.result() : List.of();
              observe(from, node, granted.succeeded() ? Ending.ANSWERED : Ending.LOST, claims);
              Fate fate = fate();
              Future.join(claims.stream().map(claim -> meet(fate, claim)).toList())
                  .onFailure(misfortunes::unexpected)
                  // Not at once: a node that is cut off refuses quickly.
                  .onComplete(met -> after(claims.isEmpty() ? 5 : 1, this::next));
            });
  }

  private void observe(long from, ClaimNode node, Ending ending, List<Claim> claims) {
    misfortunes.observe(
        new Asked(Span.since(from), node.name, instance, work, ending, List.copyOf(claims)));
  }

  private Fate fate() {
    int chance = random.nextInt(100);
    if (chance < 2) {
      return Fate.IS_SLOW;
    }
    if (chance < 4) {
      return Fate.IS_PAUSED;
    }
    if (chance < 6) {
      return Fate.IS_KILLED;
    }
    if (chance < 8) {
      return Fate.IS_KILLED_REPORTING;
    }
    if (chance < 12) {
      return Fate.FAILS;
    }
    return chance < 15 ? Fate.HANDS_BACK : Fate.DOES_IT;
  }

  private Future<?> meet(Fate fate, Claim claim) {
    misfortunes.met(fate.name());
    return switch (fate) {
      case DOES_IT -> write(claim).compose(written -> untilAnswered(claim, Word.DONE));
      case IS_SLOW ->
          write(claim)
              .compose(written -> renewing(claim, misfortunes.longerThanBelieved(random)))
              .compose(renewed -> untilAnswered(claim, Word.DONE));
      case IS_PAUSED ->
          write(claim)
              .compose(written -> pause(misfortunes.longerThanBelieved(random)))
              .compose(resumed -> write(claim))
              .compose(written -> say(claim, Word.RENEW))
              .compose(renewed -> say(claim, random.nextBoolean() ? Word.DONE : Word.FAILED));
      case IS_KILLED -> random.nextBoolean() ? write(claim) : Future.succeededFuture();
      case IS_KILLED_REPORTING -> write(claim).onSuccess(written -> say(claim, Word.DONE));
      case FAILS -> untilAnswered(claim, Word.FAILED);
      case HANDS_BACK -> say(claim, Word.HAND_BACK);
    };
  }

  private Future<Answer> write(Claim claim) {
    return untilAnswered(claim, Word.WRITE);
  }

  /** As workers do that want to be sure. */
  private Future<Answer> untilAnswered(Claim claim, Word word) {
    return say(claim, word)
        .compose(
            answer ->
                answer == Answer.UNKNOWN
                    ? pause(20).compose(again -> untilAnswered(claim, word))
                    : Future.succeededFuture(answer));
  }

  private Future<Answer> renewing(Claim claim, long millis) {
    long step = misfortunes.heartbeat();
    return say(claim, Word.RENEW)
        .compose(
            answer ->
                millis <= 0 || answer == Answer.REFUSED
                    ? Future.succeededFuture(answer)
                    : pause(step).compose(again -> renewing(claim, millis - step)));
  }

  private Future<Answer> say(Claim claim, Word word) {
    ClaimNode node = node();
    long from = Span.now();
    misfortunes.underWay().incrementAndGet();
    return said(node, claim, word)
        .recover(failure -> Future.succeededFuture(refusal(failure)))
        .onSuccess(
            answer -> {
              misfortunes.observe(new Spoke(Span.since(from), claim, word, answer));
              misfortunes.underWay().decrementAndGet();
            });
  }

  private Future<Answer> said(ClaimNode node, Claim claim, Word word) {
    return switch (word) {
      case RENEW ->
          node.claims
              .renew(claim.sessionId(), claim.claimant(), misfortunes.lease())
              .map(renewal -> renewal.leaseUntil() > 0 ? Answer.ACCEPTED : Answer.REPEATED);
      case WRITE ->
          (work == Work.ENCODE
                  ? node.recordings
                      .putArtefact(claim.sessionId(), claim.claimant(), artefact(claim))
                      .mapEmpty()
                  : node.recordings.putDestination(
                      claim.sessionId(),
                      claim.claimant(),
                      ArtefactKind.VIDEO,
                      Long.toString(claim.token())))
              .map(Answer.ACCEPTED);
      case DONE -> report(node, claim, work.done());
      case FAILED -> report(node, claim, RecordingStage.FAILED);
      case HAND_BACK ->
          node.claims
              .handBack(claim.sessionId(), claim.claimant(), Duration.ZERO, "shutting down")
              .map(Worker::answer);
    };
  }

  private static ArtefactRow artefact(Claim claim) {
    return new ArtefactRow(
        ArtefactKind.VIDEO,
        "video/mp4",
        1,
        SHA256,
        StoredForm.plain(1, SHA256),
        Long.toString(claim.token()),
        null);
  }

  private Future<Answer> report(ClaimNode node, Claim claim, RecordingStage to) {
    return node.claims
        .report(
            claim.sessionId(),
            claim.claimant(),
            to,
            misfortunes.maxAttempts(),
            Duration.ZERO,
            StageDetails.NONE)
        .map(Worker::answer);
  }

  private static Answer answer(Moved moved) {
    return moved.changed() ? Answer.ACCEPTED : Answer.REPEATED;
  }

  private Answer refusal(Throwable failure) {
    if (failure instanceof CurfewException known) {
      if (known.code() == ErrorCode.NOT_OWNER) {
        return Answer.REFUSED;
      }
      if (known.code() == ErrorCode.UNAVAILABLE) {
        return Answer.UNKNOWN;
      }
    }
    misfortunes.unexpected(failure);
    return Answer.UNKNOWN;
  }

  private ClaimNode node() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  private Future<Void> pause(long millis) {
    return vertx.timer(millis, TimeUnit.MILLISECONDS).mapEmpty();
  }

  private void after(long millis, Runnable then) {
    vertx.setTimer(Math.max(1, millis), timer -> then.run());
  }
}
