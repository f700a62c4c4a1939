package dev.curfew.simulation;

import dev.curfew.session.EndReason;
import dev.curfew.session.RealmThresholds;
import dev.curfew.session.SessionEvent;
import dev.curfew.session.SessionRecord;
import dev.curfew.session.SessionState;
import dev.curfew.session.Terms;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * One session's part of a commit, event by event: what it makes of the row, and whether it was time
 * for it. The arithmetic is written out here once more, on purpose.
 */
final class Retelling {
  private final World world;
  private final Incumbency owner;
  private final Story story;
  private final SessionRecord session;
  private final Terms terms;
  private @Nullable SessionState state;
  private @Nullable EndReason reason;
  private long expiresAt;
  private int generation;
  private long warnedDownTo = Long.MAX_VALUE;
  private long last;

  Retelling(
      World world,
      Incumbency owner,
      Story story,
      SessionRecord session,
      @Nullable SessionRecord before) {
    this.world = world;
    this.owner = owner;
    this.story = story;
    this.session = session;
    this.terms = session.terms();
    if (before != null) {
      state = before.state();
      reason = before.reason();
      expiresAt = before.expiresAt();
      generation = before.generation();
      warnedDownTo = before.warnedDownTo();
    }
  }

  Story.State state(@Nullable String process) {
    return new Story.State(Objects.requireNonNull(state), reason, expiresAt, generation, process);
  }

  boolean accountsFor(SessionRecord after) {
    return state == after.state()
        && reason == after.reason()
        && expiresAt == after.expiresAt()
        && generation == after.generation()
        && warnedDownTo == after.warnedDownTo()
        && (state == SessionState.ENDED) == (after.endedAt() != 0)
        && (state == SessionState.ENDED || state == SessionState.ENDING) == (after.endingAt() != 0);
  }

  void next(SessionEvent event) {
    BrokenRule.unless(event.at() >= last, 0, "out of order: %s", event);
    BrokenRule.unless(event.at() <= owner.node.clock.now(), 3, "from the future: %s", event);
    last = event.at();
    switch (event.type()) {
      case SESSION_APPROVED -> granted(event, SessionState.APPROVED);
      case SESSION_STARTED -> {
        if (state == null) {
          granted(event, SessionState.ACTIVE);
        } else {
          started(event);
        }
      }
      case SESSION_EXTENDED -> extended(event);
      case SESSION_EXPIRING -> warned(event);
      case SESSION_EXPIRED, SESSION_IDLE, SESSION_LOST, SESSION_REVOKED, SESSION_STOPPED ->
          ending(event);
      case RECORDING_CAPTURED -> story.recordings++;
      case SESSION_ENDED -> {
        BrokenRule.unless(state == SessionState.ENDING, 1, "from %s: %s", state, event);
        state = SessionState.ENDED;
      }
      default -> throw BrokenRule.of(4, "not an event of a session: %s", event);
    }
    BrokenRule.unless(
        event.expiresAt() == expiresAt && event.generation() == generation,
        5,
        "the deadline is %d of generation %d: %s",
        expiresAt,
        generation,
        event);
  }

  private void granted(SessionEvent event, SessionState as) {
    BrokenRule.unless(state == null, 4, "begins in %s: %s", state, event);
    state = as;
    expiresAt = event.expiresAt();
    story.inUseSince = Math.max(session.startedAt(), event.at());
    BrokenRule.unless(expiresAt > event.at(), 7, "over when it begins: %s", event);
  }

  private void started(SessionEvent event) {
    BrokenRule.unless(
        state == SessionState.APPROVED && event.at() >= session.startedAt(),
        1,
        "from %s, start %d: %s",
        state,
        session.startedAt(),
        event);
    state = SessionState.ACTIVE;
    story.inUseSince = event.at();
  }

  private void extended(SessionEvent event) {
    BrokenRule.unless(isLive(), 2, "extended in %s: %s", state, event);
    BrokenRule.unless(event.at() < expiresAt, 1, "extended after the deadline: %s", event);
    BrokenRule.unless(event.expiresAt() > expiresAt, 7, "extended backwards: %s", event);
    expiresAt = event.expiresAt();
    generation++;
    warnedDownTo = Long.MAX_VALUE;
    story.extensionsCommitted++;
  }

  private void warned(SessionEvent event) {
    long threshold = event.threshold();
    BrokenRule.unless(
        owner.knownAt(event.at()).stream().anyMatch(added -> smallestPast(event, added)),
        5,
        "%s and %s have no such threshold, or a smaller one that is past as well: %s",
        terms,
        owner.knownAt(event.at()),
        event);
    BrokenRule.unless(isLive(), 5, "in %s: %s", state, event);
    BrokenRule.unless(threshold < warnedDownTo, 5, "again (%d): %s", warnedDownTo, event);
    BrokenRule.unless(
        story.warnings.add(new Story.Warning(generation, threshold)), 5, "told twice: %s", event);
    BrokenRule.unless(
        expiresAt - threshold <= event.at() && event.at() < expiresAt, 5, "not now: %s", event);
    BrokenRule.unless(session.startedAt() <= event.at(), 5, "has not begun: %s", event);
    warnedDownTo = threshold;
  }

  private boolean smallestPast(SessionEvent event, RealmThresholds added) {
    long[] own = terms.warnBefore().millis();
    long[] others = added.of(terms.realmId()).millis();
    return LongStream.concat(Arrays.stream(own), Arrays.stream(others))
            .filter(each -> expiresAt - each <= event.at())
            .min()
            .orElse(0)
        == event.threshold();
  }

  private void ending(SessionEvent event) {
    BrokenRule.unless(isLive(), 1, "ends in %s: %s", state, event);
    EndReason why = Objects.requireNonNull(event.reason());
    BrokenRule.unless(why.cause() == event.type(), 4, "reason and type differ: %s", event);
    switch (why) {
      case EXPIRED -> due(event, expiresAt);
      case IDLE ->
          due(event, silentSince(event, owner.heard(story.id).access) + positive(terms.maxIdle()));
      case LOST -> {
        BrokenRule.unless(session.kind().ownedByProcess(), 6, "has no process: %s", event);
        due(event, silentSince(event, owner.heard(story.id).report) + positive(terms.staleAfter()));
      }
      default -> {}
    }
    state = SessionState.ENDING;
    reason = why;
  }

  private boolean isLive() {
    return state == SessionState.APPROVED || state == SessionState.ACTIVE;
  }

  private long positive(long duration) {
    BrokenRule.unless(duration > 0, 6, "no such limit in %s", terms);
    return duration;
  }

  /** Silence begins no earlier than this, as far as anybody outside can know. */
  private long silentSince(SessionEvent event, long lastAcknowledged) {
    BrokenRule.unless(state == SessionState.ACTIVE, 6, "not in use: %s", event);
    return Math.max(
        Math.max(story.inUseSince, lastAcknowledged),
        Math.max(owner.hearingSince(event.at()), owner.heard(story.id).adopted));
  }

  private void due(SessionEvent event, long deadline) {
    int rule = event.reason() == EndReason.EXPIRED ? 3 : 6;
    BrokenRule.unless(
        event.at() >= deadline, rule, "%d ms early: %s", deadline - event.at(), event);
    BrokenRule.unless(
        event.deadline() >= deadline && event.deadline() <= event.at(),
        rule,
        "the deadline was %d: %s",
        deadline,
        event);
    BrokenRule.unless(
        world.timeline.now() >= deadline - NodeClock.BOUND, rule, "truly early: %s", event);
  }
}
