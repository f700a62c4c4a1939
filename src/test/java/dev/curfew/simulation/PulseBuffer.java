package dev.curfew.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** The heartbeats of a node on their way to the database; what could not be written goes again. */
final class PulseBuffer {
  private record Pulse(long lastAccess, long lastReported) {}

  private final Node node;
  private final World world;
  private Map<UUID, Pulse> waiting = new HashMap<>();
  private boolean writing;

  PulseBuffer(Node node, World world) {
    this.node = node;
    this.world = world;
  }

  void add(UUID id, long lastAccess, long lastReported) {
    waiting.put(id, new Pulse(lastAccess, lastReported));
  }

  void writeIfIdle() {
    if (writing || waiting.isEmpty()) {
      return;
    }
    writing = true;
    Map<UUID, Pulse> written = waiting;
    waiting = new HashMap<>();
    node.link.<Boolean>call(
        answer -> {
          written.forEach(
              (id, pulse) -> world.store.pulse(id, pulse.lastAccess(), pulse.lastReported()));
          answer.accept(true);
        },
        done -> writing = false,
        () -> {
          writing = false;
          written.forEach(waiting::putIfAbsent);
        });
  }
}
