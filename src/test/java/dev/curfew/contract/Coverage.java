package dev.curfew.contract;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Which statuses of which operations were seen, by operationId. Safe for use by several threads.
 */
final class Coverage {
  private final Map<String, Set<Integer>> seen = new ConcurrentHashMap<>();

  void record(Operation operation, int status) {
    seen.computeIfAbsent(operation.id(), id -> new ConcurrentSkipListSet<>()).add(status);
  }

  boolean has(Operation operation) {
    return seen.containsKey(operation.id());
  }

  /** Seen with an answer that is no refusal. */
  boolean hasSuccess(Operation operation) {
    return seen.getOrDefault(operation.id(), Set.of()).stream().anyMatch(status -> status < 400);
  }

  Map<String, Set<Integer>> snapshot() {
    Map<String, Set<Integer>> copy = new TreeMap<>();
    seen.forEach((id, statuses) -> copy.put(id, new TreeSet<>(statuses)));
    return copy;
  }
}
