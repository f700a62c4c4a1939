package dev.curfew.signals;

import dev.curfew.bus.Bus;
import dev.curfew.bus.Routes;
import dev.curfew.store.SignalStreamStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where those polls of a node wait that found nothing. When somebody says that a polled lane has
 * got messages, one statement asks for all who wait whether it is theirs; and once a second in case
 * the word was lost. One statement is under way at a time. Deploy once a node.
 */
public final class WaitingRoom extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(WaitingRoom.class);
  private static final long LOOK_MILLIS = 1_000;

  private record Waiter(UUID streamId, Promise<Void> called) {}

  private final SignalStreamStore store;
  private final Bus bus;
  private final Set<Waiter> waiting = new LinkedHashSet<>();
  private volatile @Nullable Context home;
  private boolean looking;
  private boolean again;

  public WaitingRoom(SignalStreamStore store, Bus bus) {
    this.store = store;
    this.bus = bus;
  }

  @Override
  public Future<?> start() {
    vertx.setPeriodic(LOOK_MILLIS, timer -> look());
    return bus.subscribe(Routes.MESSAGES_WAITING, notice -> look())
        .onSuccess(subscribed -> home = context);
  }

  /** Whoever waits is called: the node stops. */
  @Override
  public Future<?> stop() {
    home = null;
    List.copyOf(waiting).forEach(waiter -> waiter.called().tryComplete());
    return Future.succeededFuture();
  }

  /**
   * Waits until a stream may have something for its receiver, or the time is over.
   *
   * @param gone completes when nobody wants to know any more
   */
  Future<Void> await(UUID streamId, Duration most, Future<?> gone) {
    Context here = home;
    if (here == null || most.isZero()) {
      return Future.succeededFuture();
    }
    Waiter waiter = new Waiter(streamId, Promise.promise());
    here.runOnContext(none -> enter(waiter, most));
    gone.onComplete(left -> waiter.called().tryComplete());
    return waiter.called().future();
  }

  private void enter(Waiter waiter, Duration most) {
    if (home == null) {
      waiter.called().tryComplete();
      return;
    }
    waiting.add(waiter);
    long timer = vertx.setTimer(most.toMillis(), over -> waiter.called().tryComplete());
    waiter
        .called()
        .future()
        .onComplete(called -> context.runOnContext(none -> leave(waiter, timer)));
    // What came between the caller's own look and now.
    look();
  }

  private void leave(Waiter waiter, long timer) {
    vertx.cancelTimer(timer);
    waiting.remove(waiter);
  }

  private void look() {
    if (looking) {
      again = true;
      return;
    }
    again = false;
    Set<UUID> streams = new HashSet<>();
    waiting.forEach(waiter -> streams.add(waiter.streamId()));
    if (streams.isEmpty()) {
      return;
    }
    looking = true;
    store
        .holding(streams)
        .onSuccess(this::call)
        .onFailure(failure -> LOG.debug("Polls go on waiting: {}", failure.getMessage()))
        .onComplete(
            looked -> {
              looking = false;
              if (again) {
                look();
              }
            });
  }

  private void call(Set<UUID> holding) {
    for (Waiter waiter : waiting) {
      if (holding.contains(waiter.streamId())) {
        waiter.called().tryComplete();
      }
    }
  }
}
