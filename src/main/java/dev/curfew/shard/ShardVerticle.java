package dev.curfew.shard;

import dev.curfew.bus.Bus;
import dev.curfew.bus.EventsCommitted;
import dev.curfew.bus.RecordingReady;
import dev.curfew.bus.Routes;
import dev.curfew.cluster.ClusterClock;
import dev.curfew.cluster.Membership;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.kernel.ShardKernel;
import dev.curfew.session.Batch;
import dev.curfew.session.BatchResult;
import dev.curfew.session.Command;
import dev.curfew.session.EventType;
import dev.curfew.session.Outcome;
import dev.curfew.session.SessionEvent;
import dev.curfew.session.SessionRecord;
import dev.curfew.store.SessionStore;
import dev.curfew.store.ShardStore;
import io.netty.channel.EventLoop;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One shard of this node: drives its kernel with commands, time and the database's answers. */
final class ShardVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(ShardVerticle.class);

  /** Timers fired in one go before other work of the event loop gets its turn. */
  private static final int FIRED_AT_ONCE = 1_000;

  private static final long SHORTEST_RETRY = 50;
  private static final long LONGEST_RETRY = 1_000;

  /**
   * How long a shard that may have been taken waits before it asks whether it was: milliseconds.
   */
  private static final long DOUBT = 20;

  /** A shard of a million sessions takes seconds to load: milliseconds. */
  private static final long LONGEST_TAKE = 30_000;

  /** What the shards of a node share. */
  record Surroundings(
      String node,
      Membership membership,
      ShardStore owners,
      SessionStore store,
      Committer committer,
      ClusterClock clock,
      Bus bus,
      PulseWriter pulses,
      Effects effects,
      ShardRouter router,
      ThresholdWatch thresholds,
      Duration requestTimeout,
      Duration pulseInterval) {}

  /** Told when a shard finds that it has been taken. */
  interface Deposed {
    void deposed(int shard);
  }

  private final int shard;
  private final long seenEpoch;
  private final Surroundings around;
  private final Deposed host;
  private final Carrier carrier = new Carrier();
  private final ShardKernel<PendingCommand> kernel;
  private final Deque<PendingCommand> waiting = new ArrayDeque<>();
  private boolean turnScheduled;
  private boolean committing;
  private long retryDelay = SHORTEST_RETRY;
  private long armedFor = Long.MAX_VALUE;
  private long armedTimer;
  private boolean stopped;
  private boolean inDoubt;
  private volatile long epoch;

  /** Whether a batch has been sent more than once: an earlier sending may have been applied. */
  private boolean sentAgain;

  /** Whether the kernel is at work: an answer it gives may make its receiver ask again at once. */
  private boolean inKernel;

  /**
   * @param seenEpoch the epoch of the owner before; starting fails with MOVED when it is another by
   *     then
   */
  ShardVerticle(int shard, long seenEpoch, Surroundings around, Deposed host) {
    this.shard = shard;
    this.seenEpoch = seenEpoch;
    this.around = around;
    this.host = host;
    this.kernel = new ShardKernel<>(shard, carrier);
  }

  @Override
  public Future<?> start() {
    return take()
        .onSuccess(
            taken -> {
              around.router.serve(shard, this);
              // What changed since the rows were read reached only those that serve.
              kernel.thresholds(around.thresholds.known());
              vertx.setPeriodic(around.pulseInterval.toMillis(), timer -> drainPulses());
            });
  }

  private Future<Void> take() {
    return around
        .owners
        .take(shard, around.node, around.membership.self(), seenEpoch)
        .compose(
            taken ->
                taken == ShardStore.NOT_TAKEN
                    ? Future.failedFuture(
                        CurfewException.of(ErrorCode.MOVED, "Another node was quicker"))
                    : load(taken))
        // Whoever waits for an answer that was lost would wait for ever; taken again, it is a new
        // epoch.
        .timeout(LONGEST_TAKE, TimeUnit.MILLISECONDS);
  }

  private Future<Void> load(long taken) {
    epoch = taken;
    return around
        .store
        .live(shard)
        .map(
            rows -> {
              kernel.open(taken, rows, around.thresholds.known(), around.clock.now());
              scheduleTurn();
              return null;
            });
  }

  /** Under which it owns the shard. */
  long epoch() {
    return epoch;
  }

  @Override
  public Future<?> stop() {
    around.router.withdraw(shard, this);
    return settled()
        .onComplete(
            done -> {
              stopped = true;
              drainPulses();
              kernel.close(ErrorCode.UNAVAILABLE);
              failWaiting();
            });
  }

  /** Completes when nothing decided is left to commit, or the database has had its time. */
  private Future<Void> settled() {
    Promise<Void> promise = Promise.promise();
    long giveUpAt = System.nanoTime() + around.requestTimeout.toNanos();
    vertx.setPeriodic(
        1,
        5,
        timer -> {
          if ((!committing && kernel.unansweredBatch() == null && !turnScheduled)
              || System.nanoTime() > giveUpAt) {
            vertx.cancelTimer(timer);
            promise.complete();
          }
        });
    return promise.future();
  }

  // Commands

  /** Asks this shard, from any thread; the answer arrives on the asker's context. */
  Future<Outcome> ask(Command command) {
    ContextInternal here = ContextInternal.current();
    Promise<Outcome> promise = here == null ? Promise.promise() : here.promise();
    PendingCommand pending = new PendingCommand(command, promise);
    if (!inKernel && here != null && eventLoop().inEventLoop()) {
      submit(pending);
    } else {
      context.runOnContext(none -> submit(pending));
    }
    return promise.future();
  }

  private EventLoop eventLoop() {
    return ((ContextInternal) context).nettyEventLoop();
  }

  private void submit(PendingCommand pending) {
    if (stopped) {
      pending.fail(moved());
      return;
    }
    if (!around.membership.knowsItsShards()) {
      waiting.add(pending);
      boundWait(pending);
      doubt();
      return;
    }
    boolean decided = waiting.isEmpty() && decide(pending);
    if (!decided) {
      // Behind earlier ones, save for what is heard and shown even while the others wait.
      decided = !waiting.isEmpty() && pending.command.overtakes() && decide(pending);
    }
    if (!decided && !pending.answered()) {
      waiting.add(pending);
    }
    if (!pending.answered()) {
      boundWait(pending);
    }
    // A heartbeat, which is most of what comes, decides nothing and needs no turn.
    if (kernel.hasDecisions()) {
      scheduleTurn();
    }
  }

  private boolean decide(PendingCommand pending) {
    inKernel = true;
    try {
      return kernel.handle(pending.command, pending, around.clock.now());
    } catch (RuntimeException defect) {
      LOG.error("Shard {}: {} failed", shard, pending.command.getClass().getSimpleName(), defect);
      pending.fail(CurfewException.causedBy(ErrorCode.INTERNAL, "Internal error", defect));
      return true;
    } finally {
      inKernel = false;
    }
  }

  private void boundWait(PendingCommand pending) {
    pending.timer(
        vertx.setTimer(
            around.requestTimeout.toMillis(),
            timer -> {
              waiting.remove(pending);
              pending.fail(
                  unavailable("The session's shard did not answer in time; outcome unknown"));
            }));
  }

  /** Answers nothing until it is known that nobody has taken the shard meanwhile. */
  private void doubt() {
    if (!inDoubt) {
      inDoubt = true;
      vertx.setTimer(
          DOUBT,
          timer -> {
            inDoubt = false;
            turn();
          });
    }
  }

  private static CurfewException moved() {
    return CurfewException.of(ErrorCode.MOVED, "The session's shard is moving; nothing was done");
  }

  private static CurfewException unavailable(String message) {
    return CurfewException.of(ErrorCode.UNAVAILABLE, message);
  }

  private void failWaiting() {
    for (PendingCommand pending : waiting) {
      pending.fail(moved());
    }
    waiting.clear();
  }

  // Turns: fire what is due, send what was decided, sleep until the next deadline

  private void scheduleTurn() {
    if (!turnScheduled) {
      turnScheduled = true;
      context.runOnContext(
          none -> {
            turnScheduled = false;
            turn();
          });
    }
  }

  private void turn() {
    if (stopped) {
      return;
    }
    if (kernel.serving()) {
      decideWaiting();
      try {
        if (kernel.advance(around.clock.now(), FIRED_AT_ONCE) == FIRED_AT_ONCE) {
          scheduleTurn();
        }
      } catch (RuntimeException defect) {
        LOG.error("Shard {}: a timer failed", shard, defect);
      }
    }
    send();
    arm();
  }

  private void decideWaiting() {
    if (!waiting.isEmpty() && !around.membership.knowsItsShards()) {
      doubt();
      return;
    }
    while (!waiting.isEmpty() && decide(waiting.peek())) {
      waiting.remove();
    }
  }

  private void arm() {
    long next = kernel.nextDeadline();
    if (next == Long.MAX_VALUE || armedFor <= next) {
      return;
    }
    if (armedFor != Long.MAX_VALUE) {
      vertx.cancelTimer(armedTimer);
    }
    long delay = Math.max(1, Math.min(ShardKernel.LONGEST_REST, next - around.clock.now()));
    armedFor = next;
    armedTimer =
        vertx.setTimer(
            delay,
            timer -> {
              armedFor = Long.MAX_VALUE;
              turn();
            });
  }

  // Commits

  private void send() {
    if (committing) {
      return;
    }
    Batch batch = kernel.takeBatch();
    if (batch != null) {
      commit(batch);
    }
  }

  private void commit(Batch batch) {
    committing = true;
    around
        .committer
        .commit(batch)
        .onComplete(
            result ->
                context.runOnContext(
                    none -> {
                      committing = false;
                      if (result.succeeded()) {
                        answered(result.result());
                      } else {
                        unanswered(batch, result.cause());
                      }
                    }));
  }

  private void answered(BatchResult result) {
    retryDelay = SHORTEST_RETRY;
    if (result instanceof BatchResult.Deposed) {
      depose();
      return;
    }
    sentAgain = false;
    inKernel = true;
    try {
      kernel.answered(result, around.clock.now());
    } finally {
      inKernel = false;
    }
    if (result instanceof BatchResult.Rejected rejected) {
      LOG.error("Shard {}: the database refuses a batch: {}", shard, rejected.why());
    }
    kernel.resume(around.clock.now());
    turn();
  }

  /**
   * Has been taken: serves no more. What was sent once and found no place was certainly not done.
   */
  private void depose() {
    LOG.debug("Shard {} belongs to another node now", shard);
    stopped = true;
    around.router.withdraw(shard, this);
    inKernel = true;
    try {
      kernel.close(sentAgain ? ErrorCode.DEPOSED : ErrorCode.MOVED);
    } finally {
      inKernel = false;
    }
    failWaiting();
    host.deposed(shard);
  }

  /** Somebody else is the owner by what the rows say. What is under way finds out by itself. */
  void taken() {
    context.runOnContext(
        none -> {
          if (!stopped && !committing) {
            depose();
          }
        });
  }

  private void unanswered(Batch batch, Throwable failure) {
    LOG.debug("Shard {}: no answer to a commit, sending it again", shard, failure);
    kernel.suspend();
    sentAgain = true;
    long delay = retryDelay;
    retryDelay = Math.min(LONGEST_RETRY, retryDelay * 2);
    committing = true;
    vertx.setTimer(delay, timer -> commit(batch));
  }

  /** The database does not answer anyone. */
  void databaseLost() {
    context.runOnContext(none -> kernel.suspend());
  }

  void databaseBack() {
    context.runOnContext(
        none -> {
          if (!stopped && kernel.unansweredBatch() == null) {
            kernel.resume(around.clock.now());
            turn();
          }
        });
  }

  /** What subscriptions add to the warnings of sessions has changed. */
  void thresholdsChanged() {
    context.runOnContext(
        none -> {
          if (!stopped) {
            kernel.thresholds(around.thresholds.known());
            scheduleTurn();
          }
        });
  }

  private void drainPulses() {
    kernel.drainPulses(around.pulses::add);
  }

  int size() {
    return kernel.size();
  }

  /** Carries the kernel's effects out. */
  private final class Carrier implements ShardKernel.Output<PendingCommand> {
    @Override
    public void reply(PendingCommand to, Outcome outcome) {
      if (to.hasTimer()) {
        vertx.cancelTimer(to.timer());
      }
      to.answer(outcome);
    }

    @Override
    public void committed(List<SessionEvent> events) {
      around.bus.publish(Routes.EVENTS_COMMITTED, EventsCommitted.INSTANCE);
      for (SessionEvent event : events) {
        if (event.type() == EventType.RECORDING_CAPTURED) {
          around.bus.publish(Routes.RECORDING_READY, RecordingReady.INSTANCE);
          return;
        }
      }
    }

    @Override
    public void undo(UUID sessionId) {
      around
          .effects
          .undo(sessionId)
          .onSuccess(
              undone ->
                  ask(new Command.Finish(sessionId))
                      .onFailure(failure -> LOG.warn("Session {} is not finished yet", sessionId)))
          .onFailure(failure -> notUndone(sessionId, failure));
    }

    /** What is a matter of time is told by who waits for it, not here every few seconds. */
    private void notUndone(UUID sessionId, Throwable failure) {
      if (failure instanceof CurfewException known && known.code() == ErrorCode.UNAVAILABLE) {
        LOG.debug("Session {} is still ending: {}", sessionId, failure.getMessage());
      } else {
        LOG.warn("Effects of session {} could not be undone, trying again", sessionId, failure);
      }
    }

    @Override
    public void reload(UUID sessionId) {
      around
          .store
          .find(sessionId)
          .onComplete(found -> context.runOnContext(none -> reloaded(sessionId, found)));
    }

    private void reloaded(UUID sessionId, AsyncResult<Optional<SessionRecord>> found) {
      if (stopped) {
        return;
      }
      if (found.failed()) {
        LOG.warn(
            "Session {} could not be read anew, trying again: {}",
            sessionId,
            found.cause().getMessage());
        vertx.setTimer(LONGEST_RETRY, timer -> reload(sessionId));
        return;
      }
      kernel.reloaded(sessionId, found.result().orElse(null), around.clock.now());
      scheduleTurn();
    }
  }

  /** Takes up a session that the database holds and memory may have missed. */
  void lookAgain(UUID sessionId) {
    context.runOnContext(none -> kernel.lookAgain(sessionId));
  }
}
