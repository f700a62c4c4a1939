package dev.curfew.simulation;

import dev.curfew.session.Batch;
import dev.curfew.session.BatchResult;
import dev.curfew.session.NewSession;
import dev.curfew.session.SessionEvent;
import dev.curfew.session.SessionRecord;
import dev.curfew.session.SessionState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The database, as far as the statements of the session store show it. A statement runs in virtual
 * time and answers, or is rolled back by a failure of the server and never does.
 */
final class ModelStore {
  /** Told of every batch that changes anything, when it does. */
  interface Watcher {
    /**
     * @param before the rows as they were, of those there were
     * @param logged the events that went into the log
     */
    void applied(Batch batch, Map<UUID, SessionRecord> before, List<SessionEvent> logged);
  }

  private static final class Owner {
    long epoch;
    long batch;
    long voided;
    Set<UUID> refused = Set.of();
    boolean locked;
    final Deque<Runnable> blocked = new ArrayDeque<>();
  }

  private record Pulse(long lastAccess, long lastReported) {}

  private final Timeline timeline;
  private final Watcher watcher;
  private final List<Owner> owners = new ArrayList<>();
  private final Map<UUID, SessionRecord> rows = new LinkedHashMap<>();
  private final List<Map<UUID, SessionRecord>> notEnded = new ArrayList<>();
  private final Map<UUID, Pulse> pulses = new HashMap<>();
  private final Map<Long, UUID> numericIds = new HashMap<>();
  private final Set<UUID> poisoned = new HashSet<>();
  private final Set<UUID> oncePoisoned = new HashSet<>();
  private boolean up = true;
  private long life;

  ModelStore(Timeline timeline, int shards, Watcher watcher) {
    this.timeline = timeline;
    this.watcher = watcher;
    for (int shard = 0; shard < shards; shard++) {
      owners.add(new Owner());
      notEnded.add(new LinkedHashMap<>());
    }
  }

  // The server

  boolean up() {
    return up;
  }

  /** Everything under way is rolled back. */
  void goDown() {
    up = false;
    life++;
    for (Owner owner : owners) {
      owner.locked = false;
      owner.blocked.clear();
    }
  }

  void comeUp() {
    up = true;
  }

  /** From now on the database refuses every change of this row for its content. */
  void poison(UUID id) {
    poisoned.add(id);
    oncePoisoned.add(id);
  }

  void healRows() {
    poisoned.clear();
  }

  private void later(long delay, Runnable action) {
    long begun = life;
    timeline.after(
        delay,
        () -> {
          if (begun == life) {
            action.run();
          }
        });
  }

  // Batches

  /**
   * @param takes how long the statement runs, holding its shard
   */
  void commit(Batch batch, long takes, Consumer<BatchResult> answer) {
    Owner owner = owners.get(batch.shard());
    lock(
        owner,
        () -> {
          if (owner.epoch != batch.epoch() || owner.batch != batch.sequence() - 1) {
            unlock(owner);
            later(takes, () -> answer.accept(progress(owner, batch)));
            return;
          }
          later(
              takes,
              () -> {
                String objection = objectionTo(batch);
                if (objection == null) {
                  BatchResult result = apply(owner, batch);
                  unlock(owner);
                  answer.accept(result);
                } else {
                  unlock(owner);
                  later(takes, () -> giveUp(owner, batch, objection, answer));
                }
              });
        });
  }

  /** A statement of its own, after the one that was refused: others may come between. */
  private void giveUp(Owner owner, Batch batch, String why, Consumer<BatchResult> answer) {
    lock(
        owner,
        () -> {
          BatchResult result;
          if (owner.epoch == batch.epoch() && owner.batch == batch.sequence() - 1) {
            owner.batch = batch.sequence();
            owner.voided = batch.sequence();
            owner.refused = Set.of();
            result = new BatchResult.Rejected(why);
          } else {
            result = progress(owner, batch);
          }
          unlock(owner);
          answer.accept(result);
        });
  }

  private static BatchResult progress(Owner owner, Batch batch) {
    if (owner.epoch == batch.epoch() && owner.voided == batch.sequence()) {
      return new BatchResult.Rejected("refused before");
    }
    return owner.epoch == batch.epoch() && owner.batch >= batch.sequence()
        ? new BatchResult.Committed(owner.refused)
        : new BatchResult.Deposed();
  }

  private BatchResult apply(Owner owner, Batch batch) {
    Map<UUID, SessionRecord> before = new HashMap<>();
    Set<UUID> refused = new HashSet<>();
    for (Batch.Change change : batch.changes()) {
      UUID id = change.after().id();
      SessionRecord row = rows.get(id);
      NewSession created = change.created();
      if (created != null && row == null) {
        insert(batch.shard(), change.after(), created);
      } else if (created == null && row != null && hasRoom(row, change.after())) {
        before.put(id, row);
        write(batch.shard(), updated(row, change.after()));
      } else {
        refused.add(id);
      }
    }
    List<SessionEvent> logged =
        batch.events().stream().filter(event -> !refused.contains(event.sessionId())).toList();
    owner.batch = batch.sequence();
    owner.refused = Set.copyOf(refused);
    watcher.applied(batch, before, logged);
    return new BatchResult.Committed(owner.refused);
  }

  private @Nullable String objectionTo(Batch batch) {
    Set<Long> numbers = new HashSet<>();
    for (Batch.Change change : batch.changes()) {
      SessionRecord after = change.after();
      if (change.created() == null && poisoned.contains(after.id())) {
        return "poisoned " + after.id();
      }
      boolean inserted = change.created() != null && !rows.containsKey(after.id());
      if (inserted
          && (numericIds.containsKey(after.numericId()) || !numbers.add(after.numericId()))) {
        return "numeric id " + after.numericId() + " twice";
      }
    }
    return null;
  }

  private static boolean hasRoom(SessionRecord row, SessionRecord after) {
    return row.state() != SessionState.ENDED && row.state().code() <= after.state().code();
  }

  private void insert(int shard, SessionRecord after, NewSession created) {
    NewSession.Token token = created.details().token();
    numericIds.put(after.numericId(), after.id());
    pulses.put(after.id(), new Pulse(after.lastAccess(), after.lastReported()));
    write(
        shard,
        new SessionRecord(
            after.id(),
            created.numericId(),
            created.kind(),
            after.state(),
            after.reason(),
            created.userId(),
            created.terms(),
            after.startedAt(),
            after.expiresAt(),
            after.generation(),
            after.warnedDownTo(),
            after.owner(),
            created.effects(),
            0,
            0,
            after.lastSeenAt(),
            after.endingAt(),
            after.endedAt(),
            token == null ? null : token.secret()));
  }

  /** Takes from a change what the statement takes, and nothing else. */
  private static SessionRecord updated(SessionRecord row, SessionRecord after) {
    return new SessionRecord(
        row.id(),
        row.numericId(),
        row.kind(),
        after.state(),
        after.reason(),
        row.userId(),
        row.terms(),
        row.startedAt(),
        after.expiresAt(),
        after.generation(),
        after.warnedDownTo(),
        after.owner(),
        row.effects(),
        0,
        0,
        after.lastSeenAt() == 0 ? row.lastSeenAt() : after.lastSeenAt(),
        after.endingAt() == 0 ? row.endingAt() : after.endingAt(),
        after.endedAt() == 0 ? row.endedAt() : after.endedAt(),
        row.secret());
  }

  private void write(int shard, SessionRecord row) {
    rows.put(row.id(), row);
    if (row.state() == SessionState.ENDED) {
      notEnded.get(shard).remove(row.id());
    } else {
      notEnded.get(shard).put(row.id(), row);
    }
  }

  // Ownership

  void takeShard(int shard, Consumer<Long> answer) {
    Owner owner = owners.get(shard);
    lock(
        owner,
        () -> {
          owner.epoch++;
          owner.batch = 0;
          owner.voided = 0;
          owner.refused = Set.of();
          unlock(owner);
          answer.accept(owner.epoch);
        });
  }

  private void lock(Owner owner, Runnable locked) {
    if (owner.locked) {
      owner.blocked.add(locked);
    } else {
      owner.locked = true;
      locked.run();
    }
  }

  private void unlock(Owner owner) {
    Runnable next = owner.blocked.poll();
    if (next == null) {
      owner.locked = false;
    } else {
      later(0, next);
    }
  }

  boolean isOwner(int shard, long epoch) {
    return owners.get(shard).epoch == epoch;
  }

  // Rows

  /** What the statement for a shard's live rows answers, heartbeats joined. */
  List<SessionRecord> live(int shard) {
    return notEnded.get(shard).values().stream().map(this::joined).toList();
  }

  Optional<SessionRecord> find(UUID id) {
    return Optional.ofNullable(rows.get(id)).map(this::joined);
  }

  List<UUID> overdue(long lateness) {
    return rows.values().stream()
        .filter(row -> row.state().live() && row.expiresAt() < timeline.now() - lateness)
        .map(SessionRecord::id)
        .toList();
  }

  private SessionRecord joined(SessionRecord row) {
    Pulse pulse = pulses.get(row.id());
    return new SessionRecord(
        row.id(),
        row.numericId(),
        row.kind(),
        row.state(),
        row.reason(),
        row.userId(),
        row.terms(),
        row.startedAt(),
        row.expiresAt(),
        row.generation(),
        row.warnedDownTo(),
        row.owner(),
        row.effects(),
        pulse.lastAccess(),
        pulse.lastReported(),
        row.lastSeenAt(),
        row.endingAt(),
        row.endedAt(),
        row.secret());
  }

  /** Heartbeats; a later one is never replaced by an earlier. */
  void pulse(UUID id, long lastAccess, long lastReported) {
    pulses.computeIfPresent(
        id,
        (same, old) ->
            new Pulse(
                Math.max(old.lastAccess(), lastAccess),
                Math.max(old.lastReported(), lastReported)));
  }

  // For whoever watches

  @Nullable SessionRecord row(UUID id) {
    return rows.get(id);
  }

  Iterable<SessionRecord> rows() {
    return rows.values();
  }

  /** The rows of a shard that have not ended, without their heartbeats. */
  Map<UUID, SessionRecord> notEnded(int shard) {
    return notEnded.get(shard);
  }

  boolean wasPoisoned(UUID id) {
    return oncePoisoned.contains(id);
  }

  boolean numberTaken(long numericId, UUID byOtherThan) {
    UUID holder = numericIds.get(numericId);
    return holder != null && !holder.equals(byOtherThan);
  }
}
