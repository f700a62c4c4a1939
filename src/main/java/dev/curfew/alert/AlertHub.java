package dev.curfew.alert;

import dev.curfew.bus.Bus;
import dev.curfew.bus.Routes;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.store.EventFilter;
import dev.curfew.store.EventStore;
import dev.curfew.store.LoggedEvent;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The node's one follower of the event log, and the connections that are told. Deploy once a node,
 * before the HTTP listener, and undeploy it first: it says goodbye to its connections.
 */
public final class AlertHub extends VerticleBase {
  private static final int PAGE = 1_000;

  /**
   * @param poll longest time between two looks at the log when nobody says that there is something
   * @param ping how often a connection must show that it lives
   * @param stall how long a reader may take nothing
   * @param linger how long a closed connection has to take what is still under way to it
   * @param recheck how often credentials are looked at again when nobody says that one changed
   * @param goodbye how long connections have to close when the node stops
   */
  public record Options(
      Duration poll,
      Duration ping,
      Duration stall,
      Duration linger,
      Duration recheck,
      Duration goodbye) {
    public static final Options DEFAULT =
        new Options(
            Duration.ofSeconds(1),
            Duration.ofSeconds(15),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2));
  }

  private final EventStore store;
  private final Bus bus;
  private final LongSupplier clock;
  private final Options options;
  private final Map<EventLoop, Future<LocalConnections>> byLoop = new ConcurrentHashMap<>();
  private final List<LocalConnections> all = new CopyOnWriteArrayList<>();
  private final List<Consumer<List<LoggedEvent>>> watchers = new CopyOnWriteArrayList<>();
  private final Promise<EventTail> started = Promise.promise();
  private boolean stopped;

  /**
   * @param clock the cluster's, in epoch milliseconds: credentials expire by it
   */
  public AlertHub(EventStore store, Bus bus, LongSupplier clock, Options options) {
    this.store = store;
    this.bus = bus;
    this.clock = clock;
    this.options = options;
  }

  @Override
  public Future<?> start() {
    EventTail tail =
        new EventTail(
            vertx, cursor -> store.read(cursor, EventFilter.ALL, PAGE), this::tell, options.poll());
    return Future.all(
            bus.subscribe(Routes.EVENTS_COMMITTED, notice -> tail.nudge()),
            bus.subscribe(Routes.CREDENTIALS_CHANGED, notice -> recheck()))
        .compose(subscribed -> store.last())
        .onSuccess(
            last -> {
              tail.start(last);
              vertx.setPeriodic(options.recheck().toMillis(), timer -> recheck());
              started.complete(tail);
            });
  }

  @Override
  public Future<?> stop() {
    return farewell();
  }

  /**
   * Tells nothing more, and closes all connections with the reason that the node stops. To be done
   * while there still is an HTTP listener, which would cut them without a word.
   *
   * @return completes when they are gone, or have had long enough
   */
  public Future<?> farewell() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(none -> closeAll().onComplete(done));
    return done.future();
  }

  private Future<Void> closeAll() {
    stopped = true;
    EventTail tail = started.future().result();
    if (tail != null) {
      tail.stop();
    }
    List<Future<?>> closed = new ArrayList<>();
    all.forEach(here -> closed.add(here.close()));
    return Future.join(closed)
        .timeout(options.goodbye().toMillis(), TimeUnit.MILLISECONDS)
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  /**
   * Has somebody told of what any node has committed, on the hub's context, before any connection
   * is.
   *
   * @param watcher must not block
   */
  public void watch(Consumer<List<LoggedEvent>> watcher) {
    watchers.add(watcher);
  }

  private Future<?> tell(List<LoggedEvent> events) {
    watchers.forEach(watcher -> watcher.accept(events));
    if (all.isEmpty()) {
      return Future.succeededFuture();
    }
    List<EventEnvelope> envelopes = events.stream().map(EventEnvelope::new).toList();
    List<Future<?>> told = new ArrayList<>(all.size());
    all.forEach(here -> told.add(here.feed().tell(envelopes)));
    return Future.join(told);
  }

  private void recheck() {
    all.forEach(LocalConnections::recheck);
  }

  Options options() {
    return options;
  }

  /**
   * The connections of the event loop that calls.
   *
   * @return fails with UNAVAILABLE when the node stops
   */
  Future<LocalConnections> here() {
    ContextInternal caller = ((ContextInternal) vertx.getOrCreateContext()).unwrap();
    return byLoop
        .computeIfAbsent(
            caller.nettyEventLoop(), loop -> started.future().compose(tail -> join(caller, tail)))
        .map(
            here -> {
              if (here.isClosed()) {
                throw stopping();
              }
              return here;
            });
  }

  private static CurfewException stopping() {
    return CurfewException.of(ErrorCode.UNAVAILABLE, "The node stops");
  }

  /** On the hub's context, so that a feed begins exactly where the tail stands. */
  private Future<LocalConnections> join(ContextInternal caller, EventTail tail) {
    Promise<LocalConnections> joined = caller.promise();
    context.runOnContext(
        none -> {
          if (stopped) {
            joined.fail(stopping());
            return;
          }
          LocalFeed feed = new LocalFeed(caller, store, tail.position());
          LocalConnections here = new LocalConnections(vertx, caller, feed, options, clock);
          all.add(here);
          joined.complete(here);
        });
    return joined.future();
  }

  /** How many connections there are, those that are being closed included. */
  public int connections() {
    return all.stream().mapToInt(LocalConnections::size).sum();
  }

  /** How many readers have been cut for being slow. */
  public long readersCut() {
    return all.stream().mapToLong(LocalConnections::readersCut).sum();
  }
}
