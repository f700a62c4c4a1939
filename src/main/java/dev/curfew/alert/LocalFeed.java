package dev.curfew.alert;

import dev.curfew.store.EventCursor;
import dev.curfew.store.EventFilter;
import dev.curfew.store.EventPage;
import dev.curfew.store.EventStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The event log as one event loop tells it to its own subscribers. All on that event loop. */
final class LocalFeed {
  private static final int REMEMBERED = 2_048;

  /** Work in one go before other work of the event loop gets its turn. */
  private static final long SLICE = TimeUnit.MILLISECONDS.toNanos(20);

  /** Reads of this event loop at one time: many who reconnect must not take the whole pool. */
  private static final int READS_AT_ONCE = 2;

  private static final long RETRY_MILLIS = 1_000;

  private record Read(
      EventCursor after, EventFilter filter, int limit, Consumer<EventPage> handler) {}

  private final Context context;
  private final EventStore store;
  private final RecentEvents recent;
  private final SubscriberIndex index = new SubscriberIndex();
  private final Deque<Read> waiting = new ArrayDeque<>();
  private int reading;

  LocalFeed(Context context, EventStore store, EventCursor from) {
    this.context = context;
    this.store = store;
    this.recent = new RecentEvents(REMEMBERED, from);
  }

  RecentEvents recent() {
    return recent;
  }

  /**
   * Begins a subscription; {@link Subscription#pump} sets it going.
   *
   * @param after null for what comes from now on
   */
  Subscription subscribe(EventFilter filter, @Nullable EventCursor after, EventSink sink) {
    Subscription subscription =
        new Subscription(this, filter, after == null ? recent.upTo() : after, sink);
    index.add(subscription);
    return subscription;
  }

  /** Takes a subscription out, though not while events are being handed out. */
  void remove(Subscription subscription) {
    context.runOnContext(none -> index.remove(subscription));
  }

  /** Tells new events. From any thread; completes when all have been told. */
  Future<Void> tell(List<EventEnvelope> events) {
    Promise<Void> told = Promise.promise();
    context.runOnContext(none -> tell(events, 0, told));
    return told.future();
  }

  private void tell(List<EventEnvelope> events, int from, Promise<Void> told) {
    long until = System.nanoTime() + SLICE;
    for (int i = from; i < events.size(); i++) {
      EventEnvelope event = events.get(i);
      recent.add(event);
      index.forEachCandidate(event.event(), subscription -> subscription.offer(event));
      if (System.nanoTime() > until) {
        int rest = i + 1;
        context.runOnContext(none -> tell(events, rest, told));
        return;
      }
    }
    told.complete();
  }

  /** Reads the log, when it is this reader's turn and until it succeeds. */
  void read(EventCursor after, EventFilter filter, int limit, Consumer<EventPage> handler) {
    waiting.add(new Read(after, filter, limit, handler));
    readNext();
  }

  private void readNext() {
    if (reading == READS_AT_ONCE) {
      return;
    }
    Read next = waiting.poll();
    if (next == null) {
      return;
    }
    reading++;
    store
        .read(next.after, next.filter, next.limit)
        .onComplete(
            result ->
                context.runOnContext(
                    none -> {
                      reading--;
                      if (result.succeeded()) {
                        next.handler.accept(result.result());
                      } else {
                        retry(next);
                      }
                      readNext();
                    }));
  }

  private void retry(Read read) {
    context
        .owner()
        .setTimer(
            RETRY_MILLIS,
            timer -> {
              waiting.add(read);
              readNext();
            });
  }
}
