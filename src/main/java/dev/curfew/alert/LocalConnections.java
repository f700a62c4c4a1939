package dev.curfew.alert;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The connections of one event loop that are told events, and their feed. Closes those whose reader
 * stalls, whose credential is withdrawn or expires, and all when the node stops.
 */
final class LocalConnections {
  private static final long TICK_MILLIS = 1_000;

  /** Longest wait for a credential to expire before the cluster's clock is looked at again. */
  private static final long LONGEST_WAIT_MILLIS = TimeUnit.HOURS.toMillis(1);

  private static final long NO_TIMER = -1;

  /** What is kept of a connection until it is gone. */
  private static final class Held {
    private final Promise<Void> gone = Promise.promise();
    private long expiry = NO_TIMER;
  }

  private final Vertx vertx;
  private final Context context;
  private final LocalFeed feed;
  private final AlertHub.Options options;
  private final LongSupplier clock;
  private final Map<AlertConnection, Held> open = new LinkedHashMap<>();
  private final AtomicLong readersCut = new AtomicLong();
  private long timer = NO_TIMER;
  private boolean rechecking;
  private boolean recheckAgain;
  private boolean closed;

  /**
   * @param clock the cluster's, in epoch milliseconds: credentials expire by it
   */
  LocalConnections(
      Vertx vertx, Context context, LocalFeed feed, AlertHub.Options options, LongSupplier clock) {
    this.vertx = vertx;
    this.context = context;
    this.feed = feed;
    this.options = options;
    this.clock = clock;
    context.runOnContext(none -> timer = vertx.setPeriodic(TICK_MILLIS, fired -> tick()));
  }

  LocalFeed feed() {
    return feed;
  }

  /** Whether the node stops, and takes no more connections. */
  boolean isClosed() {
    return closed;
  }

  Vertx vertx() {
    return vertx;
  }

  AlertHub.Options options() {
    return options;
  }

  /** Looks after a connection of this event loop from now on; it may be closed at once. */
  void add(AlertConnection connection) {
    Held held = new Held();
    open.put(connection, held);
    if (closed) {
      goAway(connection);
    } else {
      expireOnTime(connection, held);
      // Whoever said that the credential was withdrawn may have looked before it was here.
      recheck(connection);
    }
  }

  /** A connection is gone, whoever closed it. */
  void remove(AlertConnection connection) {
    Held held = open.remove(connection);
    if (held != null) {
      vertx.cancelTimer(held.expiry);
      held.gone.complete();
    }
  }

  private void expireOnTime(AlertConnection connection, Held held) {
    vertx.cancelTimer(held.expiry);
    held.expiry = NO_TIMER;
    long expiresAt = connection.admission().expiresAt();
    if (expiresAt == 0) {
      return;
    }
    long left = expiresAt - clock.getAsLong();
    if (left <= 0) {
      connection.close(CloseCode.POLICY_VIOLATION, "the credential has expired");
    } else {
      held.expiry =
          vertx.setTimer(
              Math.min(left, LONGEST_WAIT_MILLIS), fired -> expireOnTime(connection, held));
    }
  }

  private void tick() {
    long now = System.nanoTime();
    for (AlertConnection connection : List.copyOf(open.keySet())) {
      if (connection.isStalled(now)) {
        readersCut.incrementAndGet();
        connection.close(
            CloseCode.TRY_AGAIN_LATER, "reading too slowly; go on after the last event you have");
      } else {
        connection.ping(now);
      }
    }
  }

  /** Looks at every connection's credential again, one at a time. From any thread. */
  void recheck() {
    context.runOnContext(
        none -> {
          recheckAgain = true;
          if (!rechecking) {
            recheckAll();
          }
        });
  }

  private void recheckAll() {
    rechecking = recheckAgain;
    if (recheckAgain) {
      recheckAgain = false;
      recheck(List.copyOf(open.keySet()).iterator());
    }
  }

  private void recheck(Iterator<AlertConnection> rest) {
    if (rest.hasNext()) {
      recheck(rest.next()).onComplete(done -> context.runOnContext(none -> recheck(rest)));
    } else {
      recheckAll();
    }
  }

  private Future<?> recheck(AlertConnection connection) {
    return connection
        .admission()
        .objection()
        .onSuccess(
            objection -> {
              Held held = open.get(connection);
              if (objection.isPresent()) {
                connection.close(CloseCode.POLICY_VIOLATION, objection.get());
              } else if (held != null) {
                expireOnTime(connection, held);
              }
            });
  }

  /** Closes every connection, since the node stops. Completes when they are gone. */
  Future<Void> close() {
    Promise<Void> all = Promise.promise();
    context.runOnContext(
        none -> {
          closed = true;
          vertx.cancelTimer(timer);
          List<Future<?>> gone = new ArrayList<>();
          open.values().forEach(held -> gone.add(held.gone.future()));
          List.copyOf(open.keySet()).forEach(LocalConnections::goAway);
          Future.join(gone).<Void>mapEmpty().onComplete(all);
        });
    return all.future();
  }

  private static void goAway(AlertConnection connection) {
    connection.close(CloseCode.GOING_AWAY, "the node stops; connect to another, or again");
  }

  /** How many there are; read from another thread, so it may be a moment old. */
  int size() {
    return open.size();
  }

  long readersCut() {
    return readersCut.get();
  }
}
