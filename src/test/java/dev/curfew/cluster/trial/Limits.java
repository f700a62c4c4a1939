package dev.curfew.cluster.trial;

import java.time.Duration;

/**
 * How long the cluster may take. What it is built for is less, and measured elsewhere on a quiet
 * machine; here three nodes, their database and their clients share two processors with other work.
 * {@code -Dtrial.patience=N} makes all of them N times as long.
 */
final class Limits {
  private static final int PATIENCE = Integer.getInteger("trial.patience", 1);

  /** How late a cluster may be that is not in trouble. */
  static final Duration ORDINARY = Duration.ofSeconds(1).multipliedBy(PATIENCE);

  /** From the death of a node until others do its work. */
  static final Duration TAKEOVER = Duration.ofSeconds(4).multipliedBy(PATIENCE);

  /** From when a node stands still until others do its work. */
  static final Duration DETECTION = Duration.ofSeconds(7).multipliedBy(PATIENCE);

  /** From when the database is back until all is done that was due. */
  static final Duration RECOVERY = Duration.ofSeconds(3).multipliedBy(PATIENCE);

  /** How much later a shard is that moves from one node that runs to another. */
  static final Duration MOVE = Duration.ofSeconds(2).multipliedBy(PATIENCE);

  private Limits() {}
}
