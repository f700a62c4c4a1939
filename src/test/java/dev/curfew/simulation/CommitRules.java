package dev.curfew.simulation;

import dev.curfew.session.Batch;
import dev.curfew.session.EndReason;
import dev.curfew.session.EventType;
import dev.curfew.session.SessionEvent;
import dev.curfew.session.SessionRecord;
import dev.curfew.session.SessionState;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Every commit, told anew from its events: they must account for the whole difference between the
 * rows before and after, and each must have been allowed when it was decided.
 */
final class CommitRules {
  private final World world;
  private final Rules rules;
  private final Set<SessionEvent> logged = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Map<UUID, SessionRecord> ended = new HashMap<>();

  CommitRules(World world, Rules rules) {
    this.world = world;
    this.rules = rules;
  }

  boolean isLogged(SessionEvent event) {
    return logged.contains(event);
  }

  void applied(Batch batch, Map<UUID, SessionRecord> before, List<SessionEvent> events) {
    Incumbency owner = rules.incumbency(batch);
    BrokenRule.unless(
        world.store.isOwner(batch.shard(), batch.epoch()), 3, "%s is deposed and commits", owner);
    for (SessionEvent event : events) {
      BrokenRule.unless(logged.add(event), 4, "logged twice: %s", event);
    }
    for (Batch.Change change : batch.changes()) {
      UUID id = change.after().id();
      SessionRecord after = world.store.row(id);
      boolean inserted = change.created() != null;
      if (after != null && (inserted ? isNew(id, after) : before.containsKey(id))) {
        List<SessionEvent> own =
            events.stream().filter(event -> event.sessionId().equals(id)).toList();
        account(owner, change, before.get(id), after, own);
      }
    }
  }

  private boolean isNew(UUID id, SessionRecord after) {
    return rules.story(id).states.isEmpty() && after.id().equals(id);
  }

  private void account(
      Incumbency owner,
      Batch.Change change,
      @Nullable SessionRecord before,
      SessionRecord after,
      List<SessionEvent> events) {
    Story story = rules.story(after.id());
    Retelling told = new Retelling(world, owner, story, change.after(), before);
    // An owner comes without an event, so at any point of the telling.
    String ownerBefore =
        before == null ? Objects.requireNonNull(change.created()).owner() : before.owner();
    if (before != null) {
      story.became(told.state(ownerBefore));
      story.became(told.state(after.owner()));
    }
    for (SessionEvent event : events) {
      told.next(event);
      story.became(told.state(ownerBefore));
      story.became(told.state(after.owner()));
    }
    BrokenRule.unless(
        told.accountsFor(after), 4, "%s is not what its events say: %s", after, events);
    BrokenRule.unless(
        before == null || before.owner() == null || before.owner().equals(after.owner()),
        4,
        "%s changed hands: %s",
        after,
        before);
    BrokenRule.unless(
        Math.subtractExact(after.expiresAt(), after.startedAt()) <= after.terms().maxDuration(),
        7,
        "%s lasts too long",
        after);
    BrokenRule.unless(
        story.extensionsCommitted <= story.extensionsAsked,
        4,
        "%s: %d extensions made, %d asked for",
        after.id(),
        story.extensionsCommitted,
        story.extensionsAsked);
    BrokenRule.unless(
        after.reason() != EndReason.REVOKED || story.revokesAsked > 0,
        4,
        "nobody revoked %s",
        after);
    BrokenRule.unless(
        (after.reason() != EndReason.STOPPED && after.reason() != EndReason.CHECKED_IN)
            || story.stopsAsked > 0,
        4,
        "nobody stopped %s",
        after);
    if (after.state() == SessionState.ENDED) {
      BrokenRule.unless(
          story.recordings == (after.kind().recorded() ? 1 : 0),
          4,
          "%s has %d recordings",
          after,
          story.recordings);
      ended.put(after.id(), after);
    }
  }

  /** Nothing that has ended ever changes again. */
  void checkLatest() {
    for (SessionRecord row : ended.values()) {
      // Rows are replaced, never changed in place.
      BrokenRule.unless(world.store.row(row.id()) == row, 1, "%s changed", row);
    }
  }

  /** Faults have ceased long ago: everything is over, once. */
  void atTheEnd() {
    for (SessionRecord row : world.store.rows()) {
      BrokenRule.unless(row.state() == SessionState.ENDED, 3, "%s was due and has not ended", row);
      long ends =
          logged.stream()
              .filter(event -> event.sessionId().equals(row.id()))
              .filter(event -> event.type() == EventType.SESSION_ENDED)
              .count();
      BrokenRule.unless(ends == 1, 4, "%s has %d events of its end", row, ends);
    }
  }
}
