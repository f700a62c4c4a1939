package dev.curfew.store;

import java.util.List;

/**
 * What the log had after a cursor.
 *
 * @param events in the log's order
 * @param next where to go on: everything up to it that was asked for is in {@code events}
 * @param more whether there is more to read at once; when false, {@code next} was the end of the
 *     log
 * @param heldBack whether events are committed already that cannot be told yet, since an older
 *     transaction is still open
 */
public record EventPage(
    List<LoggedEvent> events, EventCursor next, boolean more, boolean heldBack) {
  public EventPage {
    events = List.copyOf(events);
  }
}
