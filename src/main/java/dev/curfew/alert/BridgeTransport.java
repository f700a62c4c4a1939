package dev.curfew.alert;

import io.vertx.core.Future;

/** What carries the frames of one bridge connection. Used on the connection's event loop. */
interface BridgeTransport {
  /** How frames are written on it. */
  BridgeWire wire();

  /** Sends a frame; completes on the connection's event loop when it has left. */
  Future<Void> write(String frame);

  /** Says why, as far as the protocol can, and closes once that has left. */
  void close(CloseCode code, String reason);

  /** Ends the connection at once, whatever is under way. */
  void disconnect();

  /** Who is at the other end, for the log. */
  String peer();
}
