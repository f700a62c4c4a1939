package dev.curfew.alert;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.store.EventCursor;
import dev.curfew.store.EventFilter;
import org.jspecify.annotations.Nullable;

/**
 * One address that a bridge connection has registered, with the right that it was registered with.
 * The right may end while the connection goes on; a reader that stalls, and a node that stops, end
 * the connection.
 */
final class BridgeRegistration implements AlertConnection, EventSink {
  private final BridgeConnection connection;
  private final LocalConnections here;
  private final String address;
  private final Admission admission;
  private final Subscription subscription;
  private final String beforeBody;
  private final String afterBody;

  /**
   * @param after null for what comes from now on
   */
  BridgeRegistration(
      BridgeConnection connection,
      LocalConnections here,
      String address,
      Admission admission,
      EventFilter filter,
      @Nullable EventCursor after) {
    this.connection = connection;
    this.here = here;
    this.address = address;
    this.admission = admission;
    this.beforeBody = connection.wire().beforeBody(address);
    this.afterBody = connection.wire().afterBody();
    this.subscription = here.feed().subscribe(filter, after, this);
  }

  /** Begins to send; the right may turn out to have ended meanwhile. */
  void begin() {
    here.add(this);
    pump();
  }

  /** Goes on sending, when there is room. */
  void pump() {
    subscription.pump();
  }

  /** Nothing more is sent. */
  void end() {
    subscription.end();
    here.remove(this);
  }

  @Override
  public Admission admission() {
    return admission;
  }

  @Override
  public void send(EventEnvelope event) {
    connection.write(beforeBody + event.text() + afterBody);
  }

  @Override
  public boolean isFull() {
    return connection.isFull();
  }

  @Override
  public boolean isStalled(long now) {
    return connection.isStalled(now);
  }

  /** The connection itself listens for signs of life. */
  @Override
  public void ping(long now) {}

  @Override
  public void close(CloseCode code, String reason) {
    if (code == CloseCode.POLICY_VIOLATION) {
      connection.end(
          address, BridgeRefusal.of(CurfewException.of(ErrorCode.UNAUTHENTICATED, reason)));
    } else {
      connection.close(code, reason);
    }
  }
}
