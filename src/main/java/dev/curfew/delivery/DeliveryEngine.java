package dev.curfew.delivery;

import dev.curfew.bus.Bus;
import dev.curfew.bus.MessagesWaiting;
import dev.curfew.bus.Routes;
import dev.curfew.store.DeliverySweep;
import dev.curfew.store.DueDelivery;
import dev.curfew.store.HoldBackPace;
import dev.curfew.store.LaneLeases;
import dev.curfew.store.LaneQueue;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lanes of one node. It goes in rounds: takes lanes that nobody holds, renews and feeds those
 * that it holds, reads what waits in them; the lanes send by themselves in between. A round follows
 * when something was committed, when a lane runs low, and on a schedule in case nobody said so. One
 * round is under way at a time; any number of reasons meanwhile are one more round.
 */
public final class DeliveryEngine extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryEngine.class);
  private static final int MOST_TAKEN_AT_ONCE = 64;
  private static final int MOST_SWEPT_AT_ONCE = 5_000;

  /**
   * @param lease how long a lane stays with a node that gives no sign of life
   * @param poll longest time between two rounds
   * @param scan most events of a lane looked at in one round
   * @param window most messages of a lane laid out ahead; the log holds the rest
   * @param readAhead how many messages of a lane are read at a time
   * @param concurrency most messages of a node under way at once
   * @param schedule of retries
   * @param keep how long settled deliveries are kept
   * @param sweep how often old ones are taken away, and the figures counted
   * @param goodbye how long what is under way has to end when the node stops
   */
  public record Options(
      Duration lease,
      Duration poll,
      int scan,
      int window,
      int readAhead,
      int concurrency,
      RetrySchedule schedule,
      Duration keep,
      Duration sweep,
      Duration goodbye) {
    /** The usual ones. */
    public static Options keeping(Duration keep) {
      return new Options(
          Duration.ofSeconds(15),
          Duration.ofSeconds(1),
          1_000,
          512,
          128,
          256,
          RetrySchedule.STANDARD,
          keep,
          Duration.ofSeconds(15),
          Duration.ofSeconds(5));
    }
  }

  private final LaneLeases leases;
  private final LaneQueue queue;
  private final DeliverySweep sweep;
  private final Bus bus;
  private final Map<String, Channel> channels;
  private final Options options;
  private final DeliveryFigures figures = new DeliveryFigures();
  private final Map<UUID, LaneDriver> lanes = new HashMap<>();
  private final HoldBackPace pace = new HoldBackPace();
  private LaneDriver.@Nullable Means means;
  private boolean inRound;
  private boolean again;
  private boolean stopped;
  private boolean failing;
  private long timer = -1;
  private long sweepTimer = -1;

  /**
   * @param sweep also gives the name under which lanes are held
   */
  public DeliveryEngine(
      LaneLeases leases,
      LaneQueue queue,
      DeliverySweep sweep,
      Bus bus,
      List<Channel> channels,
      Options options) {
    this.leases = leases;
    this.queue = queue;
    this.sweep = sweep;
    this.bus = bus;
    this.channels = channels.stream().collect(Collectors.toMap(Channel::kind, Function.identity()));
    this.options = options;
  }

  public DeliveryFigures figures() {
    return figures;
  }

  @Override
  public Future<?> start() {
    means =
        new LaneDriver.Means(
            context,
            new Slots(options.concurrency()),
            new Ledger(vertx, queue),
            options.schedule(),
            figures,
            options.readAhead(),
            options.window(),
            this::nudge);
    return bus.subscribe(Routes.EVENTS_COMMITTED, notice -> nudge())
        .onSuccess(
            subscribed -> {
              nudge();
              sweep();
            });
  }

  /** There may be something to do. */
  private void nudge() {
    if (inRound) {
      again = true;
    } else {
      round();
    }
  }

  private void round() {
    LaneDriver.Means ready = means;
    if (stopped || ready == null) {
      return;
    }
    vertx.cancelTimer(timer);
    inRound = true;
    again = false;
    acquire(ready)
        .compose(acquired -> tend())
        .compose(heldBack -> read().map(heldBack))
        .onComplete(
            done -> {
              inRound = false;
              if (done.succeeded()) {
                failing = false;
                next(done.result());
              } else {
                failed(done.cause());
              }
            });
  }

  private Future<Void> acquire(LaneDriver.Means ready) {
    long asked = System.nanoTime();
    return leases
        .acquire(channels.keySet(), options.lease(), MOST_TAKEN_AT_ONCE)
        .compose(
            taken -> {
              if (stopped) {
                return leases.release(
                    taken.stream()
                        .map(held -> new LaneLeases.Wish(held.laneId(), held.fence(), false))
                        .toList());
              }
              for (LaneLeases.Held held : taken) {
                LaneDriver before =
                    lanes.put(
                        held.laneId(),
                        new LaneDriver(
                            held,
                            held.driven() ? channels.get(held.kind()) : null,
                            asked + options.lease().toNanos(),
                            ready));
                if (before != null) {
                  before.deposed();
                }
              }
              again |= taken.size() == MOST_TAKEN_AT_ONCE;
              return Future.succeededFuture();
            });
  }

  /**
   * @return whether events are held back by an older transaction
   */
  private Future<Boolean> tend() {
    lanes.values().removeIf(LaneDriver::isOver);
    if (lanes.isEmpty()) {
      return Future.succeededFuture(false);
    }
    long asked = System.nanoTime();
    return leases
        .tend(
            lanes.values().stream().map(LaneDriver::wish).toList(),
            options.lease(),
            options.scan(),
            options.window())
        .compose(tended -> tended(tended, asked));
  }

  private Future<Boolean> tended(List<LaneLeases.Tended> tended, long asked) {
    Set<UUID> lost = new HashSet<>(lanes.keySet());
    List<LaneLeases.Wish> idle = new ArrayList<>();
    boolean heldBack = false;
    boolean polledFor = false;
    for (LaneLeases.Tended now : tended) {
      lost.remove(now.laneId());
      heldBack |= now.heldBack();
      if (now.moved()) {
        pace.startAnew();
      }
      LaneDriver lane = lanes.get(now.laneId());
      if (lane != null) {
        polledFor |= !lane.isDriven() && now.pending() > 0;
        lane.tended(now, asked, options.lease());
        again |= lane.wantsMore();
        if (lane.isIdle()) {
          idle.add(lane.wish());
        }
      }
    }
    if (polledFor) {
      bus.publish(Routes.MESSAGES_WAITING, MessagesWaiting.INSTANCE);
    }
    for (UUID id : lost) {
      LaneDriver lane = lanes.remove(id);
      if (lane != null) {
        LOG.info("Lane {} belongs to another node now", id);
        lane.deposed();
      }
    }
    return release(idle).map(heldBack);
  }

  private Future<Void> release(List<LaneLeases.Wish> idle) {
    if (idle.isEmpty()) {
      return Future.succeededFuture();
    }
    for (LaneLeases.Wish wish : idle) {
      LaneDriver lane = lanes.remove(wish.laneId());
      if (lane != null) {
        lane.deposed();
      }
    }
    return leases.release(idle);
  }

  private Future<Void> read() {
    List<LaneLeases.Wish> wishes = new ArrayList<>();
    List<LaneQueue.Look> looks = new ArrayList<>();
    for (LaneDriver lane : lanes.values()) {
      int most = lane.toRead();
      if (most > 0) {
        wishes.add(lane.wish());
        looks.add(new LaneQueue.Look(lane.laneId(), lane.fence(), most));
      }
    }
    if (looks.isEmpty()) {
      return Future.succeededFuture();
    }
    long asked = System.nanoTime();
    return queue
        .load(looks)
        .onFailure(failure -> wishes.forEach(wish -> whenHeld(wish.laneId(), LaneDriver::notRead)))
        .map(
            due -> {
              Map<UUID, List<DueDelivery>> byLane =
                  due.stream().collect(Collectors.groupingBy(DueDelivery::laneId));
              looks.forEach(
                  look ->
                      whenHeld(
                          look.laneId(),
                          lane -> lane.read(byLane.getOrDefault(look.laneId(), List.of()), asked)));
              return null;
            });
  }

  private void whenHeld(UUID id, Consumer<LaneDriver> work) {
    LaneDriver lane = lanes.get(id);
    if (lane != null) {
      work.accept(lane);
    }
  }

  private void next(boolean heldBack) {
    if (again) {
      round();
    } else if (heldBack) {
      lookAgain(pace.nextMillis());
    } else {
      pace.startAnew();
      lookAgain(options.poll().toMillis());
    }
  }

  private void failed(Throwable failure) {
    if (!failing && !stopped) {
      failing = true;
      LOG.warn("Deliveries cannot be read, trying again: {}", failure.getMessage());
    }
    lookAgain(options.poll().toMillis());
  }

  private void lookAgain(long delay) {
    if (!stopped) {
      timer = vertx.setTimer(delay, fired -> nudge());
    }
  }

  /** Counts, and takes away what is old, as much as one statement can; more the next time. */
  private void sweep() {
    sweep
        .run(options.keep(), MOST_SWEPT_AT_ONCE)
        .compose(swept -> sweep.count())
        .onSuccess(count -> figures.measured(count.pending(), count.dead(), count.oldestMillis()))
        .onFailure(failure -> LOG.debug("Deliveries are not swept: {}", failure.getMessage()))
        .onComplete(
            done -> {
              if (!stopped) {
                sweepTimer = vertx.setTimer(options.sweep().toMillis(), fired -> sweep());
              }
            });
  }

  /** What is under way may end; what waits is given back for others. */
  @Override
  public Future<?> stop() {
    stopped = true;
    vertx.cancelTimer(timer);
    vertx.cancelTimer(sweepTimer);
    LaneDriver.Means had = means;
    if (had == null) {
      return Future.succeededFuture();
    }
    List<LaneLeases.Wish> wishes = lanes.values().stream().map(LaneDriver::wish).toList();
    return Future.join(lanes.values().stream().map(LaneDriver::close).toList())
        .compose(quiet -> had.ledger().drained())
        .timeout(options.goodbye().toMillis(), TimeUnit.MILLISECONDS)
        .otherwiseEmpty()
        .compose(ended -> leases.release(wishes))
        .otherwiseEmpty();
  }
}
