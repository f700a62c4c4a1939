package dev.curfew.alert;

import io.vertx.core.streams.WriteStream;
import java.time.Duration;

/**
 * What is under way to one reader: whether there is room for more, and since when there is none.
 * Nothing waits for a reader anywhere else. On the connection's event loop.
 */
final class Outflow {
  /** Bytes under way from which on there is no room. */
  private static final int WRITE_QUEUE = 64 * 1024;

  private final WriteStream<?> stream;
  private final long patience;
  private boolean stopped;
  private boolean full;
  private long fullSince;

  /**
   * @param stall how long a reader may take nothing
   * @param drained called when there is room again
   */
  Outflow(WriteStream<?> stream, Duration stall, Runnable drained) {
    this.stream = stream;
    this.patience = stall.toNanos();
    stream.setWriteQueueMaxSize(WRITE_QUEUE);
    stream.drainHandler(
        none -> {
          full = false;
          if (!stopped) {
            drained.run();
          }
        });
  }

  /** Nothing more is to be sent. */
  void stop() {
    stopped = true;
  }

  /** Whether the reader has to catch up first, or there is nobody to read any more. */
  boolean isFull() {
    if (stopped) {
      return true;
    }
    boolean now = stream.writeQueueFull();
    if (now && !full) {
      full = true;
      fullSince = System.nanoTime();
    }
    return now;
  }

  /**
   * @param now of {@link System#nanoTime}
   */
  boolean isStalled(long now) {
    return !stopped && isFull() && now - fullSince > patience;
  }
}
