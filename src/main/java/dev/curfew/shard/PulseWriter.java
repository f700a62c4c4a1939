package dev.curfew.shard;

import dev.curfew.store.SessionStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the heartbeats of all shards of a node, in few large statements. One is under way at a
 * time; what arrives meanwhile goes with the next, and what could not be written goes again.
 */
public final class PulseWriter {
  private static final Logger LOG = LoggerFactory.getLogger(PulseWriter.class);
  private static final int LARGEST = 10_000;

  private record Pulse(long lastAccess, long lastReported) {}

  private final SessionStore store;
  private Map<UUID, Pulse> waiting = new HashMap<>();
  private Future<Void> writing = Future.succeededFuture();

  private PulseWriter(SessionStore store) {
    this.store = store;
  }

  /** A writer that writes what it has got at every interval. */
  public static PulseWriter start(Vertx vertx, SessionStore store, Duration interval) {
    PulseWriter writer = new PulseWriter(store);
    vertx.setPeriodic(interval.toMillis(), timer -> writer.writeIfIdle());
    return writer;
  }

  synchronized void add(UUID sessionId, long lastAccess, long lastReported) {
    waiting.put(sessionId, new Pulse(lastAccess, lastReported));
  }

  private synchronized void writeIfIdle() {
    if (writing.isComplete()) {
      writing = write();
    }
  }

  /** Completes when everything handed over so far has been written, or could not be. */
  public synchronized Future<Void> flush() {
    Future<Void> before = writing;
    writing = before.eventually(this::write);
    return writing;
  }

  private Future<Void> write() {
    Map<UUID, Pulse> pulses;
    synchronized (this) {
      if (waiting.isEmpty()) {
        return Future.succeededFuture();
      }
      pulses = waiting;
      waiting = new HashMap<>();
    }
    List<Map.Entry<UUID, Pulse>> entries = new ArrayList<>(pulses.entrySet());
    // Every writer locks rows in the same order, so that none waits for another in a circle.
    entries.sort(Map.Entry.comparingByKey());
    Future<Void> done = Future.succeededFuture();
    for (int from = 0; from < entries.size(); from += LARGEST) {
      List<Map.Entry<UUID, Pulse>> part =
          entries.subList(from, Math.min(entries.size(), from + LARGEST));
      done = done.eventually(() -> writePart(part));
    }
    return done;
  }

  private Future<Void> writePart(List<Map.Entry<UUID, Pulse>> part) {
    UUID[] ids = new UUID[part.size()];
    Long[] lastAccess = new Long[ids.length];
    Long[] lastReported = new Long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = part.get(i).getKey();
      lastAccess[i] = part.get(i).getValue().lastAccess();
      lastReported[i] = part.get(i).getValue().lastReported();
    }
    return store
        .pulse(ids, lastAccess, lastReported)
        .onFailure(
            failure -> {
              LOG.debug("Heartbeats could not be written, they will be again", failure);
              takeBack(part);
            });
  }

  private synchronized void takeBack(List<Map.Entry<UUID, Pulse>> part) {
    for (Map.Entry<UUID, Pulse> entry : part) {
      waiting.putIfAbsent(entry.getKey(), entry.getValue());
    }
  }
}
