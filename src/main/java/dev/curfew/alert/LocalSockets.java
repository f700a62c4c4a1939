package dev.curfew.alert;

import dev.curfew.store.EventCursor;
import dev.curfew.store.EventFilter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The WebSockets of one event loop that are told events, and their feed. */
final class LocalSockets {
  private static final long TICK_MILLIS = 1_000;

  private final Vertx vertx;
  private final Context context;
  private final LocalFeed feed;
  private final AlertHub.Options options;
  private final Map<AlertSocket, Promise<Void>> open = new LinkedHashMap<>();
  private final AtomicLong readersCut = new AtomicLong();
  private long timer = -1;
  private boolean rechecking;
  private boolean closed;

  LocalSockets(Vertx vertx, Context context, LocalFeed feed, AlertHub.Options options) {
    this.vertx = vertx;
    this.context = context;
    this.feed = feed;
    this.options = options;
    context.runOnContext(none -> timer = vertx.setPeriodic(TICK_MILLIS, fired -> tick()));
  }

  LocalFeed feed() {
    return feed;
  }

  /** Tells a WebSocket of this event loop what comes after a cursor, or from now on. */
  void open(AlertSocket.Peer peer, EventFilter filter, @Nullable EventCursor after) {
    AlertSocket socket = new AlertSocket(vertx, peer, options);
    Promise<Void> gone = Promise.promise();
    open.put(socket, gone);
    socket.open(
        feed.subscribe(filter, after, socket),
        () -> {
          open.remove(socket);
          gone.complete();
        });
    if (closed) {
      goAway(socket);
    }
  }

  private void tick() {
    long now = System.nanoTime();
    for (AlertSocket socket : List.copyOf(open.keySet())) {
      if (socket.isStalled(now)) {
        readersCut.incrementAndGet();
        socket.close(
            CloseCode.TRY_AGAIN_LATER, "reading too slowly; go on after the last event you have");
      } else {
        socket.ping(now);
      }
    }
  }

  /** Looks at every connection's credential again, one at a time. From any thread. */
  void recheck() {
    context.runOnContext(
        none -> {
          if (!rechecking) {
            rechecking = true;
            recheck(List.copyOf(open.keySet()).iterator());
          }
        });
  }

  private void recheck(Iterator<AlertSocket> rest) {
    if (rest.hasNext()) {
      rest.next().recheck().onComplete(done -> context.runOnContext(none -> recheck(rest)));
    } else {
      rechecking = false;
    }
  }

  /** Closes every connection, since the node stops. Completes when they are gone. */
  Future<Void> close() {
    Promise<Void> all = Promise.promise();
    context.runOnContext(
        none -> {
          closed = true;
          vertx.cancelTimer(timer);
          List<Future<?>> gone = new ArrayList<>();
          open.values().forEach(promise -> gone.add(promise.future()));
          List.copyOf(open.keySet()).forEach(LocalSockets::goAway);
          Future.join(gone).<Void>mapEmpty().onComplete(all);
        });
    return all.future();
  }

  private static void goAway(AlertSocket socket) {
    socket.close(CloseCode.GOING_AWAY, "the node stops; connect to another, or again");
  }

  /** How many there are; read from another thread, so it may be a moment old. */
  int size() {
    return open.size();
  }

  long readersCut() {
    return readersCut.get();
  }
}
