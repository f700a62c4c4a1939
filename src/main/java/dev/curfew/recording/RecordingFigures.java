package dev.curfew.recording;

import java.util.concurrent.atomic.LongAdder;

/** What a node counts of its recordings since it started, and how its spool stands. */
public final class RecordingFigures {
  private final LongAdder postponed = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final Spool spool;
  private final StoreOutage outage;

  RecordingFigures(Spool spool, StoreOutage outage) {
    this.spool = spool;
    this.outage = outage;
  }

  void postponed() {
    postponed.increment();
  }

  void refused() {
    refused.increment();
  }

  /** How often this node's workers put a recording off for an outage. */
  public long recordingsPostponed() {
    return postponed.sum();
  }

  /** Chunks that could be kept neither in the store nor in the spool. */
  public long capturesRefused() {
    return refused.sum();
  }

  /** What the spool takes on disk, in bytes. */
  public long spoolBytes() {
    return spool.bytes();
  }

  /** Chunks in the spool. */
  public long spoolChunks() {
    return spool.chunks();
  }

  /** Whether this node takes the store of raw recordings to be away. */
  public boolean storeAway() {
    return outage.lasts();
  }
}
