package dev.curfew.simulation;

import dev.curfew.fault.ErrorCode;
import dev.curfew.kernel.ShardKernel;
import dev.curfew.session.Batch;
import dev.curfew.session.BatchResult;
import dev.curfew.session.Outcome;
import dev.curfew.session.RealmThresholds;
import dev.curfew.session.SessionEvent;
import dev.curfew.session.SessionRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One shard of one node: drives a kernel in virtual time as the shard verticle does. */
final class ShardDriver implements ShardKernel.Output<Ask> {
  private static final long COMMIT_PATIENCE = 10_000;
  private static final long SHORTEST_RETRY = 50;
  private static final long LONGEST_RETRY = 1_000;
  private static final long REQUEST_TIMEOUT = 5_000;

  final int shard;
  final Node node;
  final ShardKernel<Ask> kernel;
  private final World world;
  private final Rules rules;
  private final int firedAtOnce;
  private final Deque<Ask> waiting = new ArrayDeque<>();
  private final Set<UUID> reading = new HashSet<>();
  private @Nullable Incumbency incumbency;
  private boolean stopping;
  private boolean stopped;
  private boolean turnScheduled;
  private boolean committing;

  /** Parts of a refused batch that have not been sent yet. */
  private int parts;

  private long sending;
  private long retryDelay = SHORTEST_RETRY;
  private long armedFor = Long.MAX_VALUE;
  private long armedTimer;

  ShardDriver(int shard, Node node, World world) {
    this.shard = shard;
    this.node = node;
    this.world = world;
    this.rules = world.rules;
    this.kernel = new ShardKernel<>(shard, this);
    this.firedAtOnce = world.chance.oneIn(2) ? 1_000 : (int) world.chance.between(1, 3);
  }

  @Override
  public String toString() {
    return node + "/" + shard + (incumbency == null ? "" : "@" + incumbency.epoch);
  }

  // Ownership

  void start() {
    if (stopping) {
      return;
    }
    if (node.thresholds() == null) {
      startAgain();
      return;
    }
    node.link.<Long>call(
        answer -> world.store.takeShard(shard, answer), this::load, this::startAgain);
  }

  private void load(long epoch) {
    node.link.<List<SessionRecord>>call(
        answer -> answer.accept(world.store.live(shard)),
        rows -> open(epoch, rows),
        this::startAgain);
  }

  private void startAgain() {
    node.after(world.chance.between(50, 500), this::start);
  }

  private void open(long epoch, List<SessionRecord> rows) {
    if (stopping) {
      return;
    }
    world.trace.note("%s/%d serves epoch %d with %d sessions", node, shard, epoch, rows.size());
    RealmThresholds thresholds = Objects.requireNonNull(node.thresholds());
    incumbency = rules.opened(this, epoch);
    incumbency.told(thresholds);
    kernel.open(epoch, rows, thresholds, node.clock.now());
    scheduleTurn();
  }

  boolean serves() {
    return decides() && !stopping;
  }

  /** Whether it decides, be it for the last time before it lets go. */
  boolean decides() {
    return incumbency != null && !stopped;
  }

  boolean stopped() {
    return stopped;
  }

  Incumbency incumbency() {
    if (incumbency == null) {
      throw new IllegalStateException(this + " has not begun");
    }
    return incumbency;
  }

  /** Commits what is decided, then gives the shard up. */
  void stop(Runnable then) {
    stopping = true;
    settle(world.timeline.now() + REQUEST_TIMEOUT, then);
  }

  private void settle(long giveUpAt, Runnable then) {
    boolean settled = !committing && kernel.unansweredBatch() == null && !turnScheduled;
    if (!settled && !stopped && world.timeline.now() < giveUpAt) {
      node.after(5, () -> settle(giveUpAt, then));
      return;
    }
    if (!stopped) {
      stopped = true;
      drainPulses();
      kernel.close(ErrorCode.UNAVAILABLE);
      failWaiting();
    }
    world.trace.note("%s stops", this);
    then.run();
  }

  // Commands

  void submit(Ask ask) {
    if (stopped) {
      ask.fail();
      return;
    }
    boolean decided = waiting.isEmpty() && decide(ask);
    if (!decided) {
      decided = !waiting.isEmpty() && ask.command.overtakes() && decide(ask);
    }
    if (!decided) {
      waiting.add(ask);
    }
    if (!ask.told()) {
      node.after(
          REQUEST_TIMEOUT,
          () -> {
            waiting.remove(ask);
            ask.fail();
          });
    }
    scheduleTurn();
  }

  private boolean decide(Ask ask) {
    if (incumbency == null) {
      return false;
    }
    rules.asked(this, ask);
    ask.decided = kernel.handle(ask.command, ask, node.clock.now());
    world.trace.note("%s %s %s", this, ask.decided ? "decides" : "puts off", ask.command);
    if (ask.decided) {
      rules.decided(this, ask);
    } else {
      rules.putOff(ask);
    }
    return ask.decided;
  }

  private void failWaiting() {
    waiting.forEach(Ask::fail);
    waiting.clear();
  }

  // Turns

  private void scheduleTurn() {
    if (!turnScheduled) {
      turnScheduled = true;
      node.after(
          0,
          () -> {
            turnScheduled = false;
            turn();
          });
    }
  }

  private void turn() {
    if (stopped || incumbency == null) {
      return;
    }
    long now = node.clock.now();
    boolean serving = kernel.serving();
    if (serving) {
      while (!waiting.isEmpty() && decide(waiting.peek())) {
        waiting.remove();
      }
      if (kernel.advance(now, firedAtOnce) == firedAtOnce) {
        scheduleTurn();
      }
    }
    boolean everythingShows = serving && !committing && parts == 0;
    send();
    if (everythingShows && kernel.nextDeadline() > now) {
      rules.turned(this, now, kernel.unansweredBatch());
    }
    arm();
  }

  private void arm() {
    long next = kernel.nextDeadline();
    if (next == Long.MAX_VALUE || armedFor <= next) {
      return;
    }
    long timer = ++armedTimer;
    armedFor = next;
    node.after(
        Math.max(1, Math.min(ShardKernel.LONGEST_REST, next - node.clock.now())),
        () -> {
          if (timer == armedTimer) {
            armedFor = Long.MAX_VALUE;
            turn();
          }
        });
  }

  // Commits

  private void send() {
    if (committing) {
      return;
    }
    Batch batch = kernel.takeBatch();
    if (batch != null) {
      parts = Math.max(0, parts - 1);
      commit(batch);
    }
  }

  private void commit(Batch batch) {
    if (stopped) {
      return;
    }
    committing = true;
    long thisSending = ++sending;
    world.trace.note("%s sends %s", this, Show.batch(batch));
    node.link.<BatchResult>call(
        answer -> world.store.commit(batch, world.chance.between(0, 5), answer),
        result -> {
          if (thisSending == sending) {
            answered(batch, result);
          }
        },
        () -> unanswered(batch, thisSending));
    node.after(COMMIT_PATIENCE, () -> unanswered(batch, thisSending));
  }

  private void answered(Batch batch, BatchResult result) {
    sending++;
    committing = false;
    if (stopped) {
      return;
    }
    retryDelay = SHORTEST_RETRY;
    world.trace.note("%s batch %d: %s", this, batch.sequence(), result);
    if (result instanceof BatchResult.Rejected && batch.changes().size() > 1) {
      parts += batch.changes().size();
    }
    kernel.answered(result, node.clock.now());
    if (result instanceof BatchResult.Deposed) {
      stopped = true;
      failWaiting();
      return;
    }
    resume();
    turn();
  }

  private void unanswered(Batch batch, long thisSending) {
    if (thisSending != sending || stopped) {
      return;
    }
    sending++;
    world.trace.note("%s batch %d: no answer", this, batch.sequence());
    kernel.suspend();
    long delay = retryDelay;
    retryDelay = Math.min(LONGEST_RETRY, retryDelay * 2);
    node.after(delay, () -> commit(batch));
  }

  private void resume() {
    if (!kernel.serving()) {
      kernel.resume(node.clock.now());
      rules.resumed(this);
    }
  }

  /** What subscribers want has been read anew. */
  void thresholds(RealmThresholds wanted) {
    if (!stopped && incumbency != null) {
      incumbency.told(wanted);
      kernel.thresholds(wanted);
      scheduleTurn();
    }
  }

  void databaseLost() {
    kernel.suspend();
  }

  void databaseBack() {
    if (!stopped && incumbency != null && kernel.unansweredBatch() == null) {
      resume();
      turn();
    }
  }

  void drainPulses() {
    kernel.drainPulses(
        (id, lastAccess, lastReported) -> {
          rules.pulsed(this, id, lastAccess, lastReported);
          node.pulses.add(id, lastAccess, lastReported);
        });
  }

  // Rows that memory does not hold

  /** The watchdog has found this session overdue. */
  void lookAgain(UUID id) {
    kernel.lookAgain(id);
  }

  /** Whether memory is about to take this session up. */
  boolean reads(UUID id) {
    return reading.contains(id);
  }

  private void read(UUID id) {
    node.link.<Optional<SessionRecord>>call(
        answer -> answer.accept(world.store.find(id)),
        found -> {
          if (!stopped) {
            reading.remove(id);
            rules.adopted(this, id);
            kernel.reloaded(id, found.orElse(null), node.clock.now());
            scheduleTurn();
          }
        },
        () -> node.after(LONGEST_RETRY, () -> read(id)));
  }

  // What the kernel wants

  @Override
  public void reply(Ask to, Outcome outcome) {
    world.trace.note("%s answers %s: %s", this, to.command, Show.outcome(outcome));
    rules.replied(this, to, outcome);
    to.replied = true;
    node.after(0, () -> to.answer(outcome));
  }

  @Override
  public void committed(List<SessionEvent> events) {
    rules.announced(this, events);
  }

  @Override
  public void undo(UUID sessionId) {
    world.trace.note("%s has %s undone", this, sessionId);
    rules.undone(this, sessionId);
    node.undo(this, sessionId);
  }

  @Override
  public void reload(UUID sessionId) {
    reading.add(sessionId);
    read(sessionId);
  }
}
