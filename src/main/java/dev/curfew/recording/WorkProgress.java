package dev.curfew.recording;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** How far this node's workers have come with what they are working on. */
final class WorkProgress {
  private final Map<UUID, Double> fractions = new ConcurrentHashMap<>();

  /**
   * @param fraction from 0 to 1
   */
  void at(UUID sessionId, double fraction) {
    fractions.put(sessionId, fraction);
  }

  void over(UUID sessionId) {
    fractions.remove(sessionId);
  }

  OptionalDouble of(UUID sessionId) {
    Double fraction = fractions.get(sessionId);
    return fraction == null ? OptionalDouble.empty() : OptionalDouble.of(fraction);
  }
}
