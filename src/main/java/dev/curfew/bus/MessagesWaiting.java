package dev.curfew.bus;

/** A lane that is polled has got messages. */
public record MessagesWaiting() {
  public static final MessagesWaiting INSTANCE = new MessagesWaiting();
}
