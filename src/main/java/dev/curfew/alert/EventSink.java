package dev.curfew.alert;

/** Where a subscription's events go: one connection. */
interface EventSink {
  /** Sends an event. Only called while not full. */
  void send(EventEnvelope event);

  /**
   * Whether the reader has to catch up first; {@link Subscription#pump} is called when it has. Also
   * when the connection is gone.
   */
  boolean isFull();
}
