package dev.curfew.alert;

/**
 * A connection that is told events, whatever its protocol. Its event loop's {@link
 * LocalConnections} look after it, from {@link LocalConnections#add} until it says that it is gone.
 * All on that event loop.
 */
interface AlertConnection {
  /** With which right it is told. */
  Admission admission();

  /**
   * Whether the reader has taken nothing for too long; it is closed then with {@link
   * CloseCode#TRY_AGAIN_LATER}.
   *
   * @param now of {@link System#nanoTime}
   */
  boolean isStalled(long now);

  /**
   * Makes sure that the peer lives; called about once a second.
   *
   * @param now of {@link System#nanoTime}
   */
  void ping(long now);

  /**
   * Says why, as far as the protocol can, and closes. A peer that does not let that through is
   * disconnected after a while. Does nothing while it is being closed.
   *
   * @param reason for the reader; at most 123 bytes
   */
  void close(CloseCode code, String reason);
}
