package dev.curfew.config;

import java.util.Locale;

/** A part of the work that a node may take on; by default a node takes on all. */
public enum NodeRole {
  /** Answers HTTP. */
  API,
  /** Hosts shards: the live sessions and their timers. */
  SESSIONS,
  /** Hands out recordings to encoders and uploaders. */
  CLAIMS,
  /** Encodes recordings. */
  ENCODER,
  /** Stores encoded recordings at their destination. */
  UPLOADER,
  /** Finds what everything else missed; one in the cluster is active. */
  WATCHDOG,
  /** Fans events out to the sockets of this node. */
  ALERTS,
  /** Drives webhooks and event streams of other systems. */
  DELIVERY;

  /** As it is written in the file. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
