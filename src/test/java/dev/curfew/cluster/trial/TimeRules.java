package dev.curfew.cluster.trial;

import dev.curfew.cluster.trial.Attempt.Act;
import dev.curfew.cluster.trial.Attempt.Answer;
import dev.curfew.cluster.trial.Finding.Rule;
import dev.curfew.cluster.trial.SessionHistory.Change;
import dev.curfew.cluster.trial.SessionHistory.Event;
import dev.curfew.cluster.trial.SessionHistory.Terms;
import dev.curfew.session.EndReason;
import dev.curfew.session.EventType;
import dev.curfew.session.SessionState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What must hold of one session's rows and events, and of when they came to be. */
final class TimeRules {
  /** How far the clocks of two nodes may be apart, in microseconds. */
  private static final long CLOCK_ERROR = 50_000;

  /**
   * Whoever has sent so many within the time that it may be silent has not fallen silent, whether
   * it was answered or not: after whatever kept the cluster from hearing it, it gets all that time
   * anew.
   */
  private static final int REPORTS_OF_A_LIVING_ONE = 3;

  private static final Set<EventType> BEGINNINGS =
      Set.of(EventType.SESSION_STARTED, EventType.SESSION_APPROVED);

  private final SessionAccount account;
  private final Terms terms;
  private final TroubleTimes troubles;
  private final long over;
  private final List<Finding> findings = new ArrayList<>();

  TimeRules(SessionAccount account, Terms terms, TroubleTimes troubles, long over) {
    this.account = account;
    this.terms = terms;
    this.troubles = troubles;
    this.over = over;
  }

  List<Finding> findings() {
    checkStates();
    checkEvents();
    checkWarnings();
    checkDeadlines();
    Change end = account.end();
    if (end != null) {
      checkReason(end);
    }
    return findings;
  }

  private void found(Rule rule, String text, Object... parts) {
    findings.add(new Finding(rule, text.formatted(parts)));
  }

  private static long micros(long millis) {
    return TimeUnit.MILLISECONDS.toMicros(millis);
  }

  private void checkStates() {
    Change before = null;
    for (Change change : account.changes()) {
      if (change.from() != (before == null ? null : before.to())) {
        found(Rule.LEGAL_STATES, "after %s came %s", before, change);
      } else if (before != null && !mayFollow(before, change)) {
        found(Rule.LEGAL_STATES, "%s became %s", before, change);
      }
      before = change;
    }
  }

  /** Several decisions may be committed as one change. */
  private static boolean mayFollow(Change before, Change change) {
    boolean extended = change.generation() > before.generation();
    return before.to() != SessionState.ENDED
        && change.to().code() >= before.to().code()
        && (before.reason() == null || before.reason() == change.reason())
        && (change.reason() == null) == change.to().live()
        && (extended
            ? before.to().live() && change.expiresAt() > before.expiresAt()
            : change.expiresAt() == before.expiresAt()
                && change.generation() == before.generation());
  }

  private void checkEvents() {
    for (EventType beginning : BEGINNINGS) {
      if (account.count(beginning) > 1) {
        found(Rule.ONE_EVENT_EACH, "%s began more than once: %s", account.created(), beginning);
      }
    }
    if (account.events().isEmpty() || !BEGINNINGS.contains(account.events().get(0).type())) {
      found(Rule.ONE_EVENT_EACH, "%s did not begin: %s", account.created(), account.events());
    }
    int extensions = account.last().generation() - account.created().generation();
    if (account.count(EventType.SESSION_EXTENDED) != extensions) {
      found(Rule.ONE_EVENT_EACH, "%s, but told was %s", account.changes(), account.events());
    }
    EndReason reason = account.last().reason();
    for (EndReason any : EndReason.values()) {
      long expected = reason != null && any.cause() == reason.cause() ? 1 : 0;
      if (account.count(any.cause()) != expected) {
        found(Rule.ONE_EVENT_EACH, "%s, but told was %s", account.last(), account.events());
        break;
      }
    }
    boolean ended = account.last().to() == SessionState.ENDED;
    if (account.count(EventType.SESSION_ENDED) != (ended ? 1 : 0)) {
      found(Rule.ONE_EVENT_EACH, "%s, but told was %s", account.last(), account.events());
    } else if (ended && lastEvent().type() != EventType.SESSION_ENDED) {
      found(Rule.ONE_EVENT_EACH, "after the end came %s", lastEvent());
    }
  }

  private Event lastEvent() {
    return account.events().get(account.events().size() - 1);
  }

  // Warnings

  /** A threshold of a generation. */
  private record Warning(int generation, long thresholdSeconds) {}

  /**
   * PITFALLS 26: a warning that was planned before an extension is not given after it; none is
   * given twice by two owners of a shard, and none is forgotten.
   */
  private void checkWarnings() {
    Set<Warning> given = new HashSet<>();
    int generation = account.created().generation();
    for (Event event : account.events()) {
      if (event.generation() < generation) {
        found(Rule.ONE_WARNING_EACH, "generation %d was over: %s", generation, event);
      }
      generation = event.generation();
      if (event.type() == EventType.SESSION_EXPIRING) {
        if (!given.add(new Warning(event.generation(), event.thresholdSeconds()))) {
          found(Rule.ONE_WARNING_EACH, "given again: %s", event);
        }
        long due = micros(event.expiresAt() - event.thresholdSeconds() * 1_000);
        if (event.at() < due - CLOCK_ERROR) {
          found(Rule.NEVER_EARLY, "%s was due at %d", event, due);
        }
      }
    }
    List<Event> generations = account.generations();
    Change end = account.end();
    for (int i = 0; i < generations.size(); i++) {
      boolean last = i == generations.size() - 1;
      long until = last ? end == null ? over : end.at() : generations.get(i + 1).at();
      checkWarned(generations.get(i), until, given);
    }
  }

  /**
   * One that has passed while nobody could warn is made good only as long as no smaller threshold
   * has been reached.
   */
  private void checkWarned(Event generation, long until, Set<Warning> given) {
    List<Long> thresholds = terms.warnBeforeSeconds();
    long expires = micros(generation.expiresAt());
    for (int i = 0; i < thresholds.size(); i++) {
      long threshold = thresholds.get(i);
      long next = i + 1 < thresholds.size() ? thresholds.get(i + 1) : 0;
      long useless = Math.min(until, expires - TimeUnit.SECONDS.toMicros(next));
      long due = Math.max(generation.at(), expires - TimeUnit.SECONDS.toMicros(threshold));
      if (troubles.latest(due) < useless
          && !given.contains(new Warning(generation.generation(), threshold))) {
        found(Rule.WARNED, "no warning of %d s for %s, due at %d", threshold, generation, due);
      }
    }
  }

  // Ends

  /** PITFALLS 1 and 4: nobody keeps access because the one who kept the clock has died. */
  private void checkDeadlines() {
    Change before = null;
    for (Change change : account.changes()) {
      if (before != null && before.to().live()) {
        checkNotLate(before, change.at(), change);
      }
      before = change;
    }
    if (before != null && before.to().live()) {
      checkNotLate(before, over, null);
    }
  }

  private void checkNotLate(Change live, long until, @Nullable Change next) {
    long latest = troubles.latest(micros(live.expiresAt()));
    if (until > latest) {
      found(
          Rule.NEVER_LATE,
          "%s lived %d ms too long; then %s",
          live,
          TimeUnit.MICROSECONDS.toMillis(until - latest),
          next);
    }
  }

  /**
   * PITFALLS 7: what the cluster could not hear is no silence, so whoever reported all the time and
   * was answered is not lost. PITFALLS 8: a node whose clock is wrong ends nothing before its time.
   */
  private void checkReason(Change end) {
    EndReason reason = Objects.requireNonNull(end.reason());
    // By the cluster's clock; the row was changed a moment later.
    long decided =
        account.events().stream()
            .filter(event -> event.type() == reason.cause())
            .mapToLong(Event::at)
            .findFirst()
            .orElse(end.at());
    if (decided > end.at() + CLOCK_ERROR) {
      found(Rule.NEVER_EARLY, "%s was decided later, at %d", end, decided);
    }
    long began = account.events().isEmpty() ? end.at() : account.events().get(0).at();
    switch (reason) {
      case EXPIRED -> notBefore(end, decided, micros(end.expiresAt()));
      case IDLE -> {
        boolean limited = terms.maxIdleMillis() > 0;
        notBefore(end, decided, limited ? began + micros(terms.maxIdleMillis()) : Long.MAX_VALUE);
      }
      case LOST -> {
        long stale = micros(terms.staleAfterMillis());
        boolean owned = terms.reported();
        notBefore(end, decided, owned ? lastHeard(began, decided) + stale : Long.MAX_VALUE);
        if (reportsSent(decided - stale, decided) >= REPORTS_OF_A_LIVING_ONE) {
          found(Rule.NEVER_EARLY, "%s, though it reported: %s", end, account.attempts());
        }
      }
      default -> {
        // On somebody's word; see the answers.
      }
    }
  }

  private void notBefore(Change end, long decided, long deadline) {
    if (decided < deadline - CLOCK_ERROR) {
      found(Rule.NEVER_EARLY, "%s was decided at %d, due at %d", end, decided, deadline);
    }
  }

  private long reportsSent(long from, long to) {
    return account.attempts().stream()
        .filter(attempt -> attempt.act() == Act.HEARTBEAT)
        .filter(Attempt::mayHaveHappened)
        .filter(attempt -> from < attempt.span().from() && attempt.span().from() < to)
        .count();
  }

  private long lastHeard(long began, long before) {
    return account.attempts().stream()
        .filter(attempt -> attempt.act() == Act.HEARTBEAT)
        .filter(attempt -> attempt.answer() == Answer.ACKNOWLEDGED)
        .filter(attempt -> attempt.told() != null && attempt.told().live())
        .mapToLong(attempt -> attempt.span().from())
        .filter(sent -> sent < before)
        .reduce(began, Math::max);
  }
}
