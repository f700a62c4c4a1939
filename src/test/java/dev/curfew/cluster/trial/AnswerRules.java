package dev.curfew.cluster.trial;

import dev.curfew.claim.history.Span;
import dev.curfew.cluster.trial.Attempt.Act;
import dev.curfew.cluster.trial.Attempt.Answer;
import dev.curfew.cluster.trial.Attempt.Told;
import dev.curfew.cluster.trial.Finding.Rule;
import dev.curfew.cluster.trial.SessionHistory.Change;
import dev.curfew.cluster.trial.SessionHistory.Event;
import dev.curfew.session.EndReason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What must hold between the answers that clients had of one session and what became of it. */
final class AnswerRules {
  /** Statuses by which a good request may be refused because its session is over. */
  private static final Set<Integer> OVER = Set.of(404, 409);

  /** How far the cluster's clock may be from the clients', in microseconds. */
  private static final long CLOCK_ERROR = 50_000;

  private final SessionAccount account;
  private final @Nullable Change end;
  private final List<Finding> findings = new ArrayList<>();

  AnswerRules(SessionAccount account) {
    this.account = account;
    this.end = account.end();
  }

  List<Finding> findings() {
    account.attempts().forEach(this::check);
    checkExtensions();
    checkEnd();
    return findings;
  }

  private void found(Rule rule, Attempt attempt) {
    findings.add(new Finding(rule, "%s, but it was %s".formatted(attempt, account.changes())));
  }

  private void check(Attempt attempt) {
    if (attempt.answer() == Answer.REFUSED) {
      // Heartbeats, revokes and stops of a session that is over are no errors.
      boolean over = attempt.act() == Act.EXTEND && OVER.contains(attempt.status());
      if (!over || !isOverBy(attempt.span().to())) {
        found(Rule.TRUE_ANSWERS, attempt);
      }
    }
    Told told = attempt.told();
    if (attempt.answer() != Answer.ACKNOWLEDGED || told == null) {
      return;
    }
    switch (attempt.act()) {
      case HEARTBEAT -> {
        if (told.live() ? isOverBy(attempt.span().from()) : !isOverBy(attempt.span().to())) {
          found(Rule.TRUE_ANSWERS, attempt);
        }
      }
      case REVOKE, STOP -> {
        boolean asTold = told.reason() == null || isReason(told.reason());
        if (told.live() || !asTold || !isOverBy(attempt.span().to())) {
          found(Rule.ACKNOWLEDGED, attempt);
        }
      }
      case START, EXTEND -> {
        // See below, and the checker of all.
      }
    }
  }

  private boolean isOverBy(long at) {
    return end != null && end.at() <= at;
  }

  private boolean isReason(String told) {
    EndReason reason = account.last().reason();
    return reason != null && reason.wireName().equals(told);
  }

  /** Each extension is one that somebody asked for, and each acknowledged one is there. */
  private void checkExtensions() {
    List<Attempt> asked = new ArrayList<>();
    for (Attempt attempt : account.attempts()) {
      if (attempt.act() == Act.EXTEND && attempt.mayHaveHappened()) {
        asked.add(attempt);
      }
    }
    List<Event> generations = account.generations();
    for (int i = 1; i < generations.size(); i++) {
      Event extended = generations.get(i);
      long by = extended.expiresAt() - generations.get(i - 1).expiresAt();
      Attempt asker = asker(asked, extended, by);
      if (asker == null) {
        findings.add(new Finding(Rule.ASKED_FOR, "nobody asked for " + extended));
      } else {
        asked.remove(asker);
      }
    }
    asked.stream()
        .filter(attempt -> attempt.answer() == Answer.ACKNOWLEDGED)
        .forEach(attempt -> found(Rule.ACKNOWLEDGED, attempt));
  }

  /**
   * Whose extension it is: of several who asked for the same, the one whose answer shows the least
   * that came after it, and one without an answer only when there is no other.
   */
  private static @Nullable Attempt asker(List<Attempt> asked, Event extended, long by) {
    return asked.stream()
        .filter(attempt -> attempt.additionalMillis() == by)
        .filter(attempt -> mayHaveAsked(attempt, extended))
        .min(Comparator.comparingLong(AnswerRules::shown))
        .orElse(null);
  }

  private static boolean mayHaveAsked(Attempt attempt, Event extended) {
    Span span = attempt.span();
    return span.from() <= extended.at() + CLOCK_ERROR
        && (attempt.answer() == Answer.UNKNOWN
            || extended.at() <= span.to() + CLOCK_ERROR && extended.expiresAt() <= shown(attempt));
  }

  private static long shown(Attempt attempt) {
    Told told = attempt.told();
    return told == null ? Long.MAX_VALUE : told.expiresAt();
  }

  private void checkEnd() {
    if (end == null || end.reason() == null) {
      return;
    }
    Act word =
        switch (end.reason()) {
          case REVOKED -> Act.REVOKE;
          case STOPPED -> Act.STOP;
          case EXPIRED, IDLE, LOST -> null;
          case CHECKED_IN, QUOTA, DENIED -> Act.START;
        };
    if (word != null
        && account.attempts().stream()
            .noneMatch(
                attempt ->
                    attempt.act() == word
                        && attempt.mayHaveHappened()
                        && attempt.span().from() <= end.at())) {
      findings.add(new Finding(Rule.ASKED_FOR, "nobody asked for " + end));
    }
  }
}
