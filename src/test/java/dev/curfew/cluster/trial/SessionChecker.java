package dev.curfew.cluster.trial;

import dev.curfew.cluster.trial.Attempt.Act;
import dev.curfew.cluster.trial.Attempt.Answer;
import dev.curfew.cluster.trial.Finding.Rule;
import dev.curfew.cluster.trial.SessionHistory.Change;
import dev.curfew.cluster.trial.SessionHistory.Event;
import dev.curfew.cluster.trial.SessionHistory.Terms;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Holds a history of sessions against the rules. */
final class SessionChecker {
  private final SessionHistory history;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<UUID, SessionAccount> accounts = new LinkedHashMap<>();
  private final Map<String, List<Attempt>> starts = new HashMap<>();

  private SessionChecker(SessionHistory history) {
    this.history = history;
  }

  /**
   * Every rule that is broken, and where; empty for a good history.
   *
   * @param ordinaryMicros how late a cluster may be that is not in trouble
   */
  static List<Finding> check(SessionHistory history, long ordinaryMicros) {
    SessionChecker checker = new SessionChecker(history);
    checker.sort();
    checker.checkStarts();
    TroubleTimes troubles = new TroubleTimes(history.troubles(), ordinaryMicros);
    checker.accounts.forEach(
        (session, account) -> {
          if (account.changes().isEmpty()) {
            checker.found(
                Rule.ACKNOWLEDGED, "session %s is not there: %s", session, account.attempts());
            return;
          }
          Terms terms = history.terms().get(account.created().wish());
          if (terms == null) {
            checker.found(Rule.ASKED_FOR, "nobody asked for %s", account.created());
            return;
          }
          checker.findings.addAll(
              new TimeRules(account, terms, troubles, history.over()).findings());
          checker.findings.addAll(new AnswerRules(account).findings());
        });
    return checker.findings;
  }

  private void found(Rule rule, String text, Object... parts) {
    findings.add(new Finding(rule, text.formatted(parts)));
  }

  private SessionAccount account(UUID session) {
    return accounts.computeIfAbsent(session, none -> SessionAccount.empty());
  }

  private void sort() {
    for (Change change : history.changes()) {
      account(change.session()).changes().add(change);
    }
    for (Event event : history.events()) {
      account(event.session()).events().add(event);
    }
    for (Attempt attempt : history.attempts()) {
      if (attempt.act() == Act.START) {
        starts.computeIfAbsent(attempt.wish(), none -> new ArrayList<>()).add(attempt);
      }
      UUID session = attempt.session();
      if (session != null && attempt.act() != Act.START) {
        account(session).attempts().add(attempt);
      }
    }
  }

  /** Each start that was acknowledged opened its session; none opened two. */
  private void checkStarts() {
    Map<String, List<Change>> opened = new HashMap<>();
    for (SessionAccount account : accounts.values()) {
      if (!account.changes().isEmpty()) {
        opened
            .computeIfAbsent(account.created().wish(), none -> new ArrayList<>())
            .add(account.created());
      }
    }
    opened.forEach(
        (wish, sessions) -> {
          long most =
              starts.getOrDefault(wish, List.of()).stream()
                  .filter(Attempt::mayHaveHappened)
                  .count();
          if (sessions.size() > most) {
            found(Rule.ASKED_FOR, "%d times asked, opened: %s", most, sessions);
          }
        });
    starts.values().stream().flatMap(List::stream).forEach(start -> checkStart(start, opened));
  }

  private void checkStart(Attempt start, Map<String, List<Change>> opened) {
    if (start.answer() == Answer.REFUSED) {
      found(Rule.TRUE_ANSWERS, "a good request was refused: %s", start);
    }
    if (start.answer() == Answer.ACKNOWLEDGED
        && opened.getOrDefault(start.wish(), List.of()).stream()
            .noneMatch(created -> isOpenedBy(created, start))) {
      found(Rule.ACKNOWLEDGED, "%s opened nothing", start);
    }
  }

  private static boolean isOpenedBy(Change created, Attempt start) {
    return created.session().equals(start.session())
        && start.span().contains(created.at())
        && start.told() != null
        && start.told().expiresAt() == created.expiresAt();
  }
}
