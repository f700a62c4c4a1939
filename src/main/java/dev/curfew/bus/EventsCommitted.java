package dev.curfew.bus;

/** There is something new in the event log. */
public record EventsCommitted() {
  public static final EventsCommitted INSTANCE = new EventsCommitted();
}
