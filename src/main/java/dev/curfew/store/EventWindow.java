package dev.curfew.store;

import org.jspecify.annotations.Nullable;

/**
 * The time in which events happened, as {@link LoggedEvent#at} tells it: from the first instant, up
 * to but without the second.
 *
 * @param from in epoch milliseconds; null for no beginning
 * @param to in epoch milliseconds; null for no end
 */
public record EventWindow(@Nullable Long from, @Nullable Long to) {
  public static final EventWindow ALL = new EventWindow(null, null);

  /** The same decision that the log's reader makes in SQL. */
  public boolean holds(LoggedEvent event) {
    return (from == null || event.at() >= from) && (to == null || event.at() < to);
  }

  boolean isOpen() {
    return from == null && to == null;
  }
}
