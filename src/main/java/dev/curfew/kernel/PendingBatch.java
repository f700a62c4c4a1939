package dev.curfew.kernel;

import dev.curfew.session.Batch;
import dev.curfew.session.NewSession;
import dev.curfew.session.Outcome;
import dev.curfew.session.SessionEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decisions that wait for, or are on, their way to the database, with the replies they owe. */
final class PendingBatch<R> {
  /** One session's part. */
  static final class Entry<R> {
    final LiveSession session;
    @Nullable NewSession created;
    long createdBy;
    long lastSeenAt;
    long endingAt;
    long endedAt;
    final List<SessionEvent> events = new ArrayList<>(2);
    final List<Reply<R>> replies = new ArrayList<>(1);
    Batch.@Nullable Change sealed;

    Entry(LiveSession session) {
      this.session = session;
    }

    Batch.Change change() {
      Batch.Change change = sealed;
      if (change == null) {
        change =
            new Batch.Change(session.record(lastSeenAt, endingAt, endedAt), created, createdBy);
        sealed = change;
      }
      return change;
    }
  }

  record Reply<R>(R to, Outcome outcome) {}

  final Map<LiveSession, Entry<R>> entries = new LinkedHashMap<>();

  Entry<R> entry(LiveSession session) {
    return entries.computeIfAbsent(session, Entry::new);
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Fixes the content: later decisions on the same sessions belong to the next batch. */
  Batch seal(int shard, long epoch, long sequence) {
    List<Batch.Change> changes = new ArrayList<>(entries.size());
    List<SessionEvent> events = new ArrayList<>(entries.size() * 2);
    for (Entry<R> entry : entries.values()) {
      changes.add(entry.change());
      events.addAll(entry.events);
    }
    return new Batch(shard, epoch, sequence, changes, events);
  }

  /** One batch for each session, in order, so that one bad row cannot hold up the others. */
  List<PendingBatch<R>> split() {
    List<PendingBatch<R>> parts = new ArrayList<>(entries.size());
    for (Map.Entry<LiveSession, Entry<R>> entry : entries.entrySet()) {
      PendingBatch<R> part = new PendingBatch<>();
      part.entries.put(entry.getKey(), entry.getValue());
      parts.add(part);
    }
    return parts;
  }
}
