package dev.curfew.kernel;

import java.util.UUID;

/** Takes the heartbeats that the database has not got yet. */
@FunctionalInterface
public interface PulseSink {
  void pulse(UUID sessionId, long lastAccess, long lastReported);
}
