package dev.curfew.recording;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this node takes the store of raw recordings to be away. Its begin and its end are logged,
 * not what happens in between.
 */
final class StoreOutage {
  private static final Logger LOG = LoggerFactory.getLogger(StoreOutage.class);
  private static final long NONE = Long.MIN_VALUE;

  private final AtomicLong since = new AtomicLong(NONE);

  boolean lasts() {
    return since.get() != NONE;
  }

  void begin(String why) {
    if (since.compareAndSet(NONE, System.nanoTime())) {
      LOG.warn(
          "The store of raw recordings is away; what is captured goes to this node's spool: {}",
          why);
    }
  }

  void end() {
    long began = since.getAndSet(NONE);
    if (began != NONE) {
      LOG.info(
          "The store of raw recordings is back after {} s",
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began));
    }
  }
}
