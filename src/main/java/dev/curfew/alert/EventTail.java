package dev.curfew.alert;

import dev.curfew.store.EventCursor;
import dev.curfew.store.EventPage;
import dev.curfew.store.HoldBackPace;
import dev.curfew.store.LoggedEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the end of the event log and tells what is new, each event once, in order.
 *
 * <p>It reads when it is nudged, and on a schedule in case a nudge was lost. One read is under way
 * at a time; any number of nudges meanwhile are one more read. While committed events are held back
 * by an older transaction it looks again soon. All on one context.
 */
final class EventTail {
  private static final Logger LOG = LoggerFactory.getLogger(EventTail.class);
  private static final long TOO_LONG_HELD_BACK = TimeUnit.SECONDS.toNanos(10);

  /** The log, from a place on. */
  @FunctionalInterface
  interface Log {
    Future<EventPage> after(EventCursor cursor);
  }

  /** Takes what is new; nothing more comes before the returned future completes. */
  @FunctionalInterface
  interface Listener {
    Future<?> arrived(List<LoggedEvent> events);
  }

  private final Vertx vertx;
  private final Log log;
  private final Listener listener;
  private final long interval;
  private EventCursor position = EventCursor.START;
  private boolean reading;
  private boolean again;
  private boolean stopped = true;
  private boolean failing;
  private final HoldBackPace pace = new HoldBackPace();
  private long heldBackSince;
  private long timer = -1;

  /**
   * @param interval longest time between two reads
   */
  EventTail(Vertx vertx, Log log, Listener listener, Duration interval) {
    this.vertx = vertx;
    this.log = log;
    this.listener = listener;
    this.interval = interval.toMillis();
  }

  /** Begins to tell what comes after a cursor. */
  void start(EventCursor from) {
    position = from;
    stopped = false;
    read();
  }

  void stop() {
    stopped = true;
    vertx.cancelTimer(timer);
  }

  /** Everything up to here has been told, or is being told. */
  EventCursor position() {
    return position;
  }

  /** There may be something new. */
  void nudge() {
    if (reading) {
      again = true;
    } else {
      read();
    }
  }

  private void read() {
    if (stopped) {
      return;
    }
    vertx.cancelTimer(timer);
    reading = true;
    again = false;
    log.after(position)
        .compose(
            page -> {
              position = page.next();
              return page.events().isEmpty()
                  ? Future.succeededFuture(page)
                  : listener.arrived(page.events()).map(page);
            })
        .onComplete(
            result -> {
              reading = false;
              if (result.succeeded()) {
                failing = false;
                next(result.result());
              } else {
                failed(result.cause());
              }
            });
  }

  private void next(EventPage page) {
    if (!page.events().isEmpty()) {
      // Whoever held events back is not the one who may hold back more.
      pace.startAnew();
      heldBackSince = 0;
    }
    if (page.more() || again) {
      read();
      return;
    }
    if (page.heldBack()) {
      lookAgain(pace.nextMillis());
      warnOfHolding();
    } else {
      pace.startAnew();
      heldBackSince = 0;
      lookAgain(interval);
    }
  }

  private void failed(Throwable failure) {
    if (!failing && !stopped) {
      failing = true;
      LOG.warn("The event log cannot be read, trying again: {}", failure.getMessage());
    }
    lookAgain(interval);
  }

  private void lookAgain(long delay) {
    timer = vertx.setTimer(delay, fired -> nudge());
  }

  private void warnOfHolding() {
    long now = System.nanoTime();
    if (heldBackSince == 0) {
      heldBackSince = now;
    } else if (now - heldBackSince > TOO_LONG_HELD_BACK) {
      heldBackSince = now;
      LOG.warn(
          "A transaction on the database server has been open for long, and holds back every event"
              + " since it began");
    }
  }
}
