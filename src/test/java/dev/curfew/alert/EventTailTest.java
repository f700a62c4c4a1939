package dev.curfew.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.store.EventCursor;
import dev.curfew.store.EventPage;
import dev.curfew.store.LoggedEvent;
import dev.curfew.testing.Await;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventTailTest {
  private static final Duration SELDOM = Duration.ofHours(1);

  /** A log in memory whose reader can be made to wait, fail, or see less than there is. */
  private final class FakeLog implements EventTail.Log {
    private final List<LoggedEvent> events = new ArrayList<>();
    private final AtomicInteger reads = new AtomicInteger();
    private int visible;
    private boolean failing;
    private Promise<Void> gate;

    @Override
    public synchronized Future<EventPage> after(EventCursor cursor) {
      reads.incrementAndGet();
      Promise<Void> wait = gate;
      return (wait == null ? Future.<Void>succeededFuture() : wait.future())
          .compose(open -> page(cursor));
    }

    private synchronized Future<EventPage> page(EventCursor cursor) {
      if (failing) {
        return Future.failedFuture(CurfewException.of(ErrorCode.UNAVAILABLE, "away"));
      }
      int from = (int) cursor.id();
      int to = Math.min(visible, from + 3);
      return Future.succeededFuture(
          new EventPage(
              events.subList(from, to),
              new EventCursor(1, to, 0),
              to < visible,
              visible < events.size()));
    }

    synchronized void add(int count, boolean visibleToo) {
      for (int i = 0; i < count; i++) {
        events.add(
            new LoggedEvent(
                new EventCursor(1, events.size() + 1, 0), "t", 1, "root", null, null, 0, "{}"));
      }
      visible = visibleToo ? events.size() : visible;
    }

    synchronized void reveal() {
      visible = events.size();
    }

    synchronized void fail(boolean now) {
      failing = now;
    }

    synchronized Promise<Void> close() {
      gate = Promise.promise();
      return gate;
    }

    synchronized void open() {
      Promise<Void> wait = gate;
      gate = null;
      wait.complete();
    }
  }

  private final FakeLog log = new FakeLog();
  private final List<Long> told = new CopyOnWriteArrayList<>();
  private Vertx vertx;
  private Context context;
  private EventTail tail;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
    context = vertx.getOrCreateContext();
  }

  @AfterEach
  void close() {
    run(() -> tail.stop());
    Await.result(vertx.close());
  }

  @Test
  void start_tellsWhatComesAfterItsCursor() {
    log.add(10, true);

    start(SELDOM, new EventCursor(1, 4, 0));

    Await.until("all told", () -> told.size() == 6);
    assertThat(told).containsExactly(5L, 6L, 7L, 8L, 9L, 10L);
  }

  @Test
  void nudges_meanwhileAreOneMoreRead() {
    start(SELDOM, EventCursor.START);
    Await.until("first read", () -> log.reads.get() == 1);
    log.close();
    nudge();
    Await.until("second read begins", () -> log.reads.get() == 2);
    for (int i = 0; i < 10_000; i++) {
      nudge();
    }
    run(() -> {});
    log.add(2, true);
    log.open();

    Await.until("told", () -> told.size() == 2);
    run(() -> {});
    assertThat(log.reads.get()).isEqualTo(3);
    assertThat(told).containsExactly(1L, 2L);
  }

  @Test
  void nudge_duringTheLastReadIsNotLost() {
    start(SELDOM, EventCursor.START);
    for (int i = 1; i <= 200; i++) {
      log.add(1, true);
      nudge();
      int expected = i;
      Await.until("event " + i, () -> told.size() == expected);
    }
    assertThat(told).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void lostNudge_isMadeUpForBySchedule() {
    start(Duration.ofMillis(50), EventCursor.START);
    Await.until("first read", () -> log.reads.get() >= 1);

    log.add(1, true);

    Await.until("told without a nudge", () -> told.size() == 1);
  }

  @Test
  void heldBackEvents_areLookedForSoon() {
    start(SELDOM, EventCursor.START);
    Await.until("first read", () -> log.reads.get() == 1);
    log.add(1, false);
    nudge();
    Await.until("looked several times", () -> log.reads.get() > 4);
    assertThat(told).isEmpty();

    log.reveal();

    Await.until("told", () -> told.size() == 1);
  }

  @Test
  void failure_isTriedAgainFromTheSamePlace() {
    log.fail(true);
    start(Duration.ofMillis(20), EventCursor.START);
    log.add(2, true);
    Await.until("several tries", () -> log.reads.get() > 3);
    assertThat(told).isEmpty();

    log.fail(false);

    Await.until("told", () -> told.size() == 2);
    assertThat(told).containsExactly(1L, 2L);
  }

  @Test
  void listener_isGivenTimeToTakeEachPage() {
    log.add(9, true);
    Promise<Void> slow = Promise.promise();
    tail =
        new EventTail(
            vertx,
            log,
            events -> {
              events.forEach(event -> told.add(event.cursor().id()));
              return slow.future();
            },
            SELDOM);
    run(() -> tail.start(EventCursor.START));
    Await.until("first page", () -> told.size() == 3);
    for (int i = 0; i < 100; i++) {
      nudge();
    }
    run(() -> {});
    assertThat(log.reads.get()).isEqualTo(1);

    slow.complete();

    Await.until("the rest", () -> told.size() == 9);
  }

  @Test
  void stop_endsReading() {
    start(Duration.ofMillis(5), EventCursor.START);
    run(() -> tail.stop());
    int before = log.reads.get();
    log.add(1, true);
    nudge();
    run(() -> {});

    assertThat(log.reads.get()).isEqualTo(before);
    assertThat(told).isEmpty();
  }

  private void start(Duration interval, EventCursor from) {
    tail =
        new EventTail(
            vertx,
            log,
            events -> {
              events.forEach(event -> told.add(event.cursor().id()));
              return Future.succeededFuture();
            },
            interval);
    run(() -> tail.start(from));
  }

  private void nudge() {
    context.runOnContext(none -> tail.nudge());
  }

  /** Does something on the tail's context, after everything that was asked of it before. */
  private void run(Runnable action) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        none -> {
          action.run();
          done.complete();
        });
    Await.result(done.future());
  }
}
