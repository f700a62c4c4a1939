package dev.curfew.alert;

import dev.curfew.store.EventCursor;
import dev.curfew.store.EventFilter;
import dev.curfew.store.EventPage;
import dev.curfew.store.LoggedEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One reader of the event log: every event after a cursor that satisfies a filter, once, in order,
 * as fast as its sink takes them. See the package for its states. All on its feed's event loop.
 */
final class Subscription {
  private static final int PAGE = 256;

  private enum State {
    BEHIND,
    LIVE,
    OVER
  }

  private final LocalFeed feed;
  private final EventFilter filter;
  private final EventSink sink;
  private State state = State.BEHIND;

  /**
   * Everything wanted up to here was sent. While live, everything up to the feed's newest event
   * was, too; this then only says what the feed may tell that was read from the log already.
   */
  private EventCursor position;

  private final Deque<LoggedEvent> page = new ArrayDeque<>();
  private @Nullable EventCursor pageEnd;
  private boolean reading;

  Subscription(LocalFeed feed, EventFilter filter, EventCursor after, EventSink sink) {
    this.feed = feed;
    this.filter = filter;
    this.position = after;
    this.sink = sink;
  }

  EventFilter filter() {
    return filter;
  }

  boolean live() {
    return state == State.LIVE;
  }

  /** Everything wanted up to here has been sent. */
  EventCursor position() {
    EventCursor told = feed.recent().upTo();
    return state == State.LIVE && told.isAfter(position) ? told : position;
  }

  /** The feed's newest event. */
  void offer(EventEnvelope event) {
    EventCursor cursor = event.event().cursor();
    if (state != State.LIVE || !cursor.isAfter(position) || !filter.matches(event.event())) {
      return;
    }
    sink.send(event);
    if (sink.isFull()) {
      state = State.BEHIND;
      position = cursor;
    }
  }

  /** Sends what there is, until the sink is full or there is nothing more. */
  void pump() {
    while (state == State.BEHIND && !reading && !sink.isFull()) {
      LoggedEvent next = page.poll();
      EventCursor end = pageEnd;
      if (next != null) {
        position = next.cursor();
        sink.send(new EventEnvelope(next));
      } else if (end != null) {
        position = end;
        pageEnd = null;
      } else if (feed.recent().covers(position)) {
        sendRecent();
      } else {
        read();
      }
    }
  }

  private void sendRecent() {
    RecentEvents recent = feed.recent();
    for (long i = recent.firstAfter(position); i < recent.end(); i++) {
      EventEnvelope event = recent.at(i);
      position = event.event().cursor();
      if (filter.matches(event.event())) {
        sink.send(event);
        if (sink.isFull()) {
          return;
        }
      }
    }
    state = State.LIVE;
  }

  private void read() {
    reading = true;
    feed.read(position, filter, PAGE, this::arrived);
  }

  private void arrived(EventPage read) {
    reading = false;
    page.addAll(read.events());
    pageEnd = read.next();
    pump();
  }

  void end() {
    state = State.OVER;
    page.clear();
    feed.remove(this);
  }
}
