package dev.curfew.delivery;

import dev.curfew.fault.CurfewException;
import dev.curfew.store.DueDelivery;
import dev.curfew.store.LaneLeases;
import dev.curfew.store.LaneQueue;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lane that this node holds: sends what waits in it, one message at a time, in order. All on
 * the engine's context.
 *
 * <p>Messages are read ahead of the sending, and results are written behind it. A message is known
 * here from its reading until its result is written, so that it is not taken up twice. When the
 * lane's settings change, what was read is forgotten, and read anew once nothing of it is under
 * way.
 *
 * <p>Nothing is sent after the lease has run out by this process's clock, which began to count
 * before the database's did.
 */
final class LaneDriver implements Ledger.Author {
  private static final Logger LOG = LoggerFactory.getLogger(LaneDriver.class);
  private static final Set<Integer> OVERLOADED = Set.of(429, 502, 504);
  private static final Attempt NOT_KEPT =
      new Attempt.Refused(null, "The log no longer keeps this event");

  /**
   * What a lane needs of its engine.
   *
   * @param readAhead how many messages are read at a time
   * @param window how many messages are laid out at most
   * @param readOn has the lane read, and fed, soon
   */
  record Means(
      Context context,
      Slots slots,
      Ledger ledger,
      RetrySchedule schedule,
      DeliveryFigures figures,
      int readAhead,
      int window,
      Runnable readOn) {}

  /**
   * A message that was read.
   *
   * @param dueAt nanoseconds of this process
   */
  private record Waiting(DueDelivery due, long dueAt) {}

  private final LaneLeases.Held held;
  private final @Nullable Channel channel;
  private final Means means;
  private final Pace pace = new Pace();

  /** By their numbers. */
  private final TreeMap<Long, Waiting> queue = new TreeMap<>();

  /** Settled, but not written yet. */
  private final Set<UUID> behind = new HashSet<>();

  /** Written since the reading began that is under way, which may still see them as they were. */
  private final Set<UUID> writtenMeanwhile = new HashSet<>();

  private @Nullable Waiting underWay;
  private boolean asksForSlot;
  private int unwritten;
  private boolean reading;

  /** Nothing of what is in the database has been read since the settings changed. */
  private boolean anew = true;

  private long leasedUntil;
  private long revision = -1;
  private long pending;
  private boolean follows;
  private boolean more;
  private boolean enabled = true;

  /** The target wants nothing any more; whatever the lane is later, it begins with a new lease. */
  private boolean unwanted;

  private boolean over;
  private boolean troubled;
  private long notBefore = System.nanoTime();
  private long timer = -1;
  private @Nullable Promise<Void> closing;

  /**
   * @param channel null for a lane that is not driven
   * @param leasedUntil nanoseconds of this process
   */
  LaneDriver(LaneLeases.Held held, @Nullable Channel channel, long leasedUntil, Means means) {
    this.held = held;
    this.channel = channel;
    this.leasedUntil = leasedUntil;
    this.means = means;
  }

  @Override
  public UUID laneId() {
    return held.laneId();
  }

  @Override
  public long fence() {
    return held.fence();
  }

  LaneLeases.Wish wish() {
    return new LaneLeases.Wish(laneId(), fence(), isHungry());
  }

  /** Room is made in larger parts, since each feeding looks at the log. */
  private boolean isHungry() {
    return enabled && !unwanted && pending <= means.window() / 2;
  }

  /**
   * The lane as the database has it.
   *
   * @param asked when it was asked, in nanoseconds of this process
   */
  void tended(LaneLeases.Tended now, long asked, Duration lease) {
    if (now.renewed()) {
      leasedUntil = asked + lease.toNanos();
    }
    follows = now.follows();
    pending = now.pending();
    more = now.more();
    enabled = now.enabled();
    if (revision != now.revision()) {
      revision = now.revision();
      anew = true;
      queue.clear();
      disarm();
    }
    pump();
  }

  /** Whether the log has more for it at once. */
  boolean wantsMore() {
    return more && isHungry();
  }

  /** Whether this node has nothing to do here, and nothing to wait for. */
  boolean isIdle() {
    return underWay == null
        && !asksForSlot
        && unwritten == 0
        && (!enabled || unwanted || (!follows && pending == 0));
  }

  /** How many of the first pending messages to read; 0 for none. {@link #read} must follow. */
  int toRead() {
    boolean busy = underWay != null || unwritten > 0;
    if (channel == null
        || over
        || !enabled
        || unwanted
        || closing != null
        || queue.size() > means.readAhead() / 2
        || (anew && busy)) {
      return 0;
    }
    int known = known();
    if (pending <= known) {
      return 0;
    }
    reading = true;
    return known + means.readAhead();
  }

  private int known() {
    return queue.size() + behind.size() + (underWay == null ? 0 : 1);
  }

  /**
   * Takes up what was read.
   *
   * @param asked when it was asked, in nanoseconds of this process
   */
  void read(List<DueDelivery> first, long asked) {
    reading = false;
    for (DueDelivery due : first) {
      if (due.revision() == revision) {
        anew = false;
        if (!isKnown(due)) {
          queue.put(
              due.number(),
              new Waiting(due, asked + TimeUnit.MILLISECONDS.toNanos(due.waitMillis())));
        }
      }
    }
    writtenMeanwhile.clear();
    pump();
  }

  private boolean isKnown(DueDelivery due) {
    Waiting sent = underWay;
    return behind.contains(due.id())
        || writtenMeanwhile.contains(due.id())
        || queue.containsKey(due.number())
        || (sent != null && sent.due().id().equals(due.id()));
  }

  /** Nothing was read, for this time. */
  void notRead() {
    reading = false;
    writtenMeanwhile.clear();
  }

  private void pump() {
    if (!maySend() || underWay != null || asksForSlot || queue.isEmpty()) {
      return;
    }
    disarm();
    long now = System.nanoTime();
    long wait = Math.max(queue.firstEntry().getValue().dueAt() - now, notBefore - now);
    if (wait > 0) {
      long millis = TimeUnit.NANOSECONDS.toMillis(wait) + 1;
      timer = means.context().owner().setTimer(millis, fired -> pump());
      return;
    }
    boolean inTrouble = troubled;
    asksForSlot = true;
    means.slots().take(inTrouble, () -> send(inTrouble));
  }

  private boolean maySend() {
    return !over && enabled && !unwanted && closing == null && leasedUntil - System.nanoTime() > 0;
  }

  private void send(boolean inTrouble) {
    asksForSlot = false;
    Channel to = channel;
    Map.Entry<Long, Waiting> first = queue.firstEntry();
    if (to == null || first == null || !maySend()) {
      means.slots().giveBack(inTrouble);
      closeWhenQuiet();
      return;
    }
    Waiting head = first.getValue();
    queue.remove(first.getKey());
    underWay = head;
    long begun = System.nanoTime();
    attempt(to, head.due())
        .onComplete(
            attempt ->
                means
                    .context()
                    .runOnContext(
                        none -> {
                          means.slots().giveBack(inTrouble);
                          ended(head.due(), begun, outcome(attempt));
                        }));
  }

  private static Future<Attempt> attempt(Channel to, DueDelivery due) {
    if (due.event() == null && due.payload() == null) {
      return Future.succeededFuture(NOT_KEPT);
    }
    try {
      return to.send(due);
    } catch (RuntimeException failure) {
      return Future.failedFuture(failure);
    }
  }

  private Attempt outcome(AsyncResult<Attempt> attempt) {
    if (attempt.succeeded()) {
      return attempt.result();
    }
    if (attempt.cause() instanceof CurfewException known) {
      return new Attempt.Failed(null, known.getMessage(), null);
    }
    LOG.error("A message of lane {} cannot be sent", laneId(), attempt.cause());
    return new Attempt.Failed(null, "Internal error", null);
  }

  private void ended(DueDelivery due, long begun, Attempt attempt) {
    underWay = null;
    long now = System.nanoTime();
    troubled = !(attempt instanceof Attempt.Delivered);
    if (troubled && attempt.status() != null && OVERLOADED.contains(attempt.status())) {
      pace.slowDown();
    } else if (!troubled) {
      pace.speedUp();
    }
    notBefore = now + TimeUnit.MILLISECONDS.toNanos(pace.millis());
    if (attempt instanceof Attempt.Delivered) {
      settle(due, begun, now, attempt, LaneQueue.Outcome.DELIVERED, null);
    } else if (attempt instanceof Attempt.Refused refused) {
      settle(due, begun, now, attempt, LaneQueue.Outcome.DEAD, refused.reason());
    } else if (attempt instanceof Attempt.Gone gone) {
      unwanted = true;
      note(due, begun, now, attempt, LaneQueue.Outcome.GONE, gone.reason(), due.step(), 0);
    } else if (attempt instanceof Attempt.Failed failed) {
      failed(due, begun, now, failed);
    }
    if (queue.size() == means.readAhead() / 4 && (pending > known() || more)) {
      means.readOn().run();
    }
    closeWhenQuiet();
    pump();
  }

  private void failed(DueDelivery due, long begun, long now, Attempt.Failed failed) {
    int made = due.step() + 1;
    if (!means.schedule().hasStep(made)) {
      settle(due, begun, now, failed, LaneQueue.Outcome.DEAD, failed.reason());
      return;
    }
    long pause = means.schedule().pause(made, failed.retryAfter()).toMillis();
    if (!anew) {
      queue.put(due.number(), new Waiting(due.again(), now + TimeUnit.MILLISECONDS.toNanos(pause)));
    }
    note(due, begun, now, failed, LaneQueue.Outcome.PUT_OFF, failed.reason(), made, pause);
  }

  private void settle(
      DueDelivery due,
      long begun,
      long now,
      Attempt attempt,
      LaneQueue.Outcome outcome,
      @Nullable String reason) {
    behind.add(due.id());
    note(due, begun, now, attempt, outcome, reason, due.step() + 1, 0);
  }

  private void note(
      DueDelivery due,
      long begun,
      long now,
      Attempt attempt,
      LaneQueue.Outcome outcome,
      @Nullable String reason,
      int step,
      long waitMillis) {
    means.figures().count(outcome);
    if (over) {
      return;
    }
    unwritten++;
    means
        .ledger()
        .add(
            new Ledger.Entry(
                this,
                due.id(),
                due.attempts() + 1,
                step,
                now,
                outcome,
                attempt.status(),
                reason,
                (int) TimeUnit.NANOSECONDS.toMillis(now - begun),
                waitMillis));
  }

  @Override
  public void written(List<Ledger.Entry> entries) {
    unwritten -= entries.size();
    for (Ledger.Entry entry : entries) {
      if (behind.remove(entry.deliveryId())) {
        pending--;
        if (reading) {
          writtenMeanwhile.add(entry.deliveryId());
        }
      }
    }
    if (unwritten == 0 && underWay == null && (anew || !enabled || unwanted || pending == 0)) {
      means.readOn().run();
    }
  }

  @Override
  public void deposed() {
    over = true;
    queue.clear();
    disarm();
    closeWhenQuiet();
  }

  /** Whether the lane belongs to somebody else by now. */
  boolean isOver() {
    return over;
  }

  private void disarm() {
    if (timer >= 0) {
      means.context().owner().cancelTimer(timer);
      timer = -1;
    }
  }

  /** Sends nothing more; completes when nothing is under way. */
  Future<Void> close() {
    Promise<Void> quiet = Promise.promise();
    closing = quiet;
    disarm();
    closeWhenQuiet();
    return quiet.future();
  }

  private void closeWhenQuiet() {
    Promise<Void> quiet = closing;
    if (quiet != null && underWay == null) {
      quiet.tryComplete();
    }
  }
}
