package dev.curfew.alert;

import io.vertx.core.Future;
import java.time.Duration;

/**
 * What is under way to one reader of the bridge, as {@link Outflow} knows it of a stream that says
 * by itself when it is full. A SockJS connection does not: it counts as empty whatever waits behind
 * it. So what was written counts until its write is done. On the connection's event loop.
 */
final class InFlight {
  /** Characters under way from which on there is no room. */
  private static final int MOST = 64 * 1024;

  private static final int ROOM = MOST / 2;

  private final long patience;
  private final Runnable drained;
  private long underWay;
  private boolean full;
  private long lastTaken;

  /**
   * @param stall how long a reader may take nothing
   * @param drained called when there is room again
   */
  InFlight(Duration stall, Runnable drained) {
    this.patience = stall.toNanos();
    this.drained = drained;
  }

  /**
   * Something is being written.
   *
   * @param written completes when the reader's system, or the one before it, has taken it
   */
  void add(int size, Future<?> written) {
    underWay += size;
    written.onComplete(
        done -> {
          underWay -= size;
          lastTaken = System.nanoTime();
          if (full && underWay <= ROOM) {
            full = false;
            drained.run();
          }
        });
  }

  /** Whether the reader has to catch up first. */
  boolean isFull() {
    if (!full && underWay >= MOST) {
      full = true;
      lastTaken = System.nanoTime();
    }
    return full;
  }

  /**
   * @param now of {@link System#nanoTime}
   */
  boolean isStalled(long now) {
    return full && now - lastTaken > patience;
  }
}
