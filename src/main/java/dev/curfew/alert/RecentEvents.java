package dev.curfew.alert;

import dev.curfew.store.EventCursor;
import org.jspecify.annotations.Nullable;

/** The last events of the log that were told, without a gap up to the newest. */
final class RecentEvents {
  private final @Nullable EventEnvelope[] ring;
  private long first;
  private long end;
  private EventCursor before;
  private EventCursor upTo;

  /**
   * @param from the place after which events will be added
   */
  RecentEvents(int capacity, EventCursor from) {
    this.ring = new EventEnvelope[capacity];
    this.before = from;
    this.upTo = from;
  }

  /** Adds the event that follows all others; the oldest makes room. */
  void add(EventEnvelope event) {
    if (end - first == ring.length) {
      before = at(first).event().cursor();
      first++;
    }
    ring[(int) (end % ring.length)] = event;
    end++;
    upTo = event.event().cursor();
  }

  /** Whether everything after a cursor is here, as far as it has been told. */
  boolean covers(EventCursor cursor) {
    return !before.isAfter(cursor);
  }

  /** The place of the newest event. */
  EventCursor upTo() {
    return upTo;
  }

  /** The number of the first event after a covered cursor; {@link #end} when there is none. */
  long firstAfter(EventCursor cursor) {
    long low = first;
    long high = end;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (at(middle).event().cursor().isAfter(cursor)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** One more than the number of the newest event. */
  long end() {
    return end;
  }

  EventEnvelope at(long number) {
    EventEnvelope event = ring[(int) (number % ring.length)];
    if (event == null) {
      throw new IllegalArgumentException("no event " + number);
    }
    return event;
  }
}
