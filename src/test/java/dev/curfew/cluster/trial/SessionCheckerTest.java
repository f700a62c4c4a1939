package dev.curfew.cluster.trial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.claim.history.Span;
import dev.curfew.cluster.trial.Attempt.Act;
import dev.curfew.cluster.trial.Attempt.Answer;
import dev.curfew.cluster.trial.Attempt.Told;
import dev.curfew.cluster.trial.Finding.Rule;
import dev.curfew.cluster.trial.SessionHistory.Change;
import dev.curfew.cluster.trial.SessionHistory.Event;
import dev.curfew.cluster.trial.SessionHistory.Terms;
import dev.curfew.cluster.trial.SessionHistory.Trouble;
import dev.curfew.session.EndReason;
import dev.curfew.session.EventType;
import dev.curfew.session.SessionState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Histories made by hand, good ones and those that break one rule each. Times in seconds. */
class SessionCheckerTest {
  private static final UUID SESSION = new UUID(1, 1);
  private static final UUID OTHER = new UUID(2, 2);
  private static final String WISH = "wish";
  private static final long ORDINARY = 1_000_000;
  private static final int BEGUN = 1_000;
  private static final int EXPIRES = 1_010;

  private final List<Attempt> attempts = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
  private final List<Trouble> troubles = new ArrayList<>();
  private Terms terms = new Terms(true, 4_000, 0, List.of());
  private double over = 2_000;

  private static long micros(double seconds) {
    return Math.round(seconds * 1_000_000);
  }

  private static long millis(double seconds) {
    return Math.round(seconds * 1_000);
  }

  private Set<Rule> broken() {
    SessionHistory history =
        new SessionHistory(attempts, changes, events, troubles, Map.of(WISH, terms), micros(over));
    return SessionChecker.check(history, ORDINARY).stream()
        .map(Finding::rule)
        .collect(Collectors.toSet());
  }

  // What clients did

  private void attempt(
      double at, Act act, double by, Answer answer, int status, @Nullable Told told) {
    attempts.add(
        new Attempt(
            new Span(micros(at - 0.1), micros(at + 0.1)),
            "node-1",
            act,
            SESSION,
            WISH,
            millis(by),
            answer,
            status,
            told));
  }

  private void acknowledged(double at, Act act, double by, Told told) {
    attempt(at, act, by, Answer.ACKNOWLEDGED, 200, told);
  }

  private void heard(double at) {
    acknowledged(at, Act.HEARTBEAT, 0, new Told(true, null, 0));
  }

  // What the database did

  private void changed(
      double at,
      @Nullable SessionState from,
      SessionState to,
      @Nullable EndReason reason,
      double expires,
      int generation) {
    changes.add(
        new Change(
            changes.size(),
            SESSION,
            micros(at),
            WISH,
            from,
            to,
            reason,
            millis(expires),
            generation));
  }

  private void told(double at, EventType type, double expires, int generation, long threshold) {
    events.add(new Event(SESSION, type, micros(at), millis(expires), generation, threshold, null));
  }

  private void opened() {
    acknowledged(BEGUN, Act.START, 0, new Told(true, null, millis(EXPIRES)));
    created();
  }

  private void created() {
    changed(BEGUN, null, SessionState.ACTIVE, null, EXPIRES, 0);
    told(BEGUN, EventType.SESSION_STARTED, EXPIRES, 0, 0);
  }

  private void extendedTo(double at, double expires, int generation) {
    changed(at, SessionState.ACTIVE, SessionState.ACTIVE, null, expires, generation);
    told(at, EventType.SESSION_EXTENDED, expires, generation, 0);
  }

  private void ended(double at, EndReason reason, double expires, int generation) {
    changed(at, SessionState.ACTIVE, SessionState.ENDED, reason, expires, generation);
    told(at, reason.cause(), expires, generation, 0);
    told(at, EventType.SESSION_ENDED, expires, generation, 0);
  }

  private void expired() {
    ended(EXPIRES + 0.01, EndReason.EXPIRED, EXPIRES, 0);
  }

  // Good ones

  @Test
  void expiredOnTime_isGood() {
    terms = new Terms(true, 4_000, 0, List.of(5L, 2L));
    opened();
    heard(1_001);
    heard(1_004);
    told(1_005, EventType.SESSION_EXPIRING, EXPIRES, 0, 5);
    told(1_008, EventType.SESSION_EXPIRING, EXPIRES, 0, 2);
    expired();
    acknowledged(1_012, Act.HEARTBEAT, 0, new Told(false, null, 0));
    acknowledged(1_013, Act.REVOKE, 0, new Told(false, "expired", millis(EXPIRES)));
    attempt(1_014, Act.EXTEND, 5, Answer.REFUSED, 409, null);

    assertThat(broken()).isEmpty();
  }

  @Test
  void extendedAndRevoked_withAnswersThatWereLost_isGood() {
    opened();
    acknowledged(1_005, Act.EXTEND, 5, new Told(true, null, millis(1_015)));
    extendedTo(1_005, 1_015, 1);
    attempt(1_006, Act.EXTEND, 7, Answer.UNKNOWN, 503, null);
    extendedTo(1_009, 1_022, 2);
    attempt(1_010, Act.EXTEND, 7, Answer.UNKNOWN, 0, null);
    attempt(1_011, Act.REVOKE, 0, Answer.UNKNOWN, 0, null);
    ended(1_011.5, EndReason.REVOKED, 1_022, 2);
    acknowledged(1_012, Act.REVOKE, 0, new Told(false, "revoked", millis(1_022)));

    assertThat(broken()).isEmpty();
  }

  @Test
  void startWithoutAnAnswer_mayHaveOpenedASessionOrNot() {
    attempt(BEGUN, Act.START, 0, Answer.UNKNOWN, 503, null);
    assertThat(broken()).isEmpty();
    created();
    expired();
    assertThat(broken()).isEmpty();
  }

  @Test
  void deadlineDuringTrouble_mayBeKeptAfterIt() {
    opened();
    troubles.add(new Trouble(new Span(micros(1_009), micros(1_014)), 0, "killed"));
    ended(1_014.9, EndReason.EXPIRED, EXPIRES, 0);

    assertThat(broken()).isEmpty();
  }

  @Test
  void deadlineDuringAMove_mayBeKeptLater_butNotAtTheEndOfItOnly() {
    opened();
    troubles.add(new Trouble(new Span(micros(1_009), micros(1_030)), 2_000_000, "starts"));
    ended(1_012.9, EndReason.EXPIRED, EXPIRES, 0);
    assertThat(broken()).isEmpty();

    changes.clear();
    events.clear();
    created();
    ended(1_013.1, EndReason.EXPIRED, EXPIRES, 0);
    assertThat(broken()).containsOnly(Rule.NEVER_LATE);
  }

  @Test
  void warningDuringTrouble_isMadeGoodOrNeedNotBe() {
    terms = new Terms(true, 4_000, 0, List.of(5L, 2L));
    opened();
    troubles.add(new Trouble(new Span(micros(1_004), micros(1_008)), 0, "killed"));
    told(1_008.5, EventType.SESSION_EXPIRING, EXPIRES, 0, 2);
    expired();

    assertThat(broken()).isEmpty();
  }

  // States

  @Test
  void revived_isFound() {
    opened();
    expired();
    changed(1_011, SessionState.ENDED, SessionState.ACTIVE, null, EXPIRES, 0);
    over = 1_011.5;

    assertThat(broken()).contains(Rule.LEGAL_STATES);
  }

  @Test
  void reasonThatChanges_isFound() {
    opened();
    changed(1_010, SessionState.ACTIVE, SessionState.ENDING, EndReason.EXPIRED, EXPIRES, 0);
    changed(1_011, SessionState.ENDING, SessionState.ENDED, EndReason.LOST, EXPIRES, 0);
    told(1_010, EventType.SESSION_LOST, EXPIRES, 0, 0);
    told(1_011, EventType.SESSION_ENDED, EXPIRES, 0, 0);

    assertThat(broken()).contains(Rule.LEGAL_STATES);
  }

  @Test
  void deadlineThatIsForgotten_isFound() {
    opened();
    acknowledged(1_005, Act.EXTEND, 5, new Told(true, null, millis(1_015)));
    extendedTo(1_005, 1_015, 1);
    changed(1_006, SessionState.ACTIVE, SessionState.ACTIVE, null, EXPIRES, 0);
    changed(1_010, SessionState.ACTIVE, SessionState.ENDED, EndReason.EXPIRED, EXPIRES, 0);
    told(1_010, EventType.SESSION_EXPIRED, EXPIRES, 0, 0);
    told(1_010, EventType.SESSION_ENDED, EXPIRES, 0, 0);

    assertThat(broken()).contains(Rule.LEGAL_STATES);
  }

  // Events

  @Test
  void endToldTwice_isFound() {
    opened();
    expired();
    told(1_011, EventType.SESSION_ENDED, EXPIRES, 0, 0);

    assertThat(broken()).containsOnly(Rule.ONE_EVENT_EACH);
  }

  @Test
  void twoReasonsTold_isFound() {
    opened();
    told(1_010, EventType.SESSION_LOST, EXPIRES, 0, 0);
    expired();

    assertThat(broken()).containsOnly(Rule.ONE_EVENT_EACH);
  }

  @Test
  void endThatIsNotTold_isFound() {
    opened();
    changed(1_010, SessionState.ACTIVE, SessionState.ENDED, EndReason.EXPIRED, EXPIRES, 0);

    assertThat(broken()).containsOnly(Rule.ONE_EVENT_EACH);
  }

  @Test
  void beginningThatIsNotTold_isFound() {
    opened();
    events.clear();
    expired();

    assertThat(broken()).containsOnly(Rule.ONE_EVENT_EACH);
  }

  @Test
  void extensionThatIsNotTold_isFound() {
    opened();
    attempt(1_005, Act.EXTEND, 5, Answer.UNKNOWN, 0, null);
    changed(1_005, SessionState.ACTIVE, SessionState.ACTIVE, null, 1_015, 1);
    ended(1_015, EndReason.EXPIRED, 1_015, 1);

    assertThat(broken()).containsOnly(Rule.ONE_EVENT_EACH);
  }

  @Test
  void warningAfterTheEnd_isFound() {
    opened();
    expired();
    told(1_010.1, EventType.SESSION_EXPIRING, EXPIRES, 0, 2);

    assertThat(broken()).containsOnly(Rule.ONE_EVENT_EACH);
  }

  // Warnings

  @Test
  void warningGivenTwice_isFound() {
    opened();
    told(1_008, EventType.SESSION_EXPIRING, EXPIRES, 0, 2);
    told(1_009, EventType.SESSION_EXPIRING, EXPIRES, 0, 2);
    expired();

    assertThat(broken()).containsOnly(Rule.ONE_WARNING_EACH);
  }

  @Test
  void warningOfAGenerationThatIsOver_isFound() {
    opened();
    acknowledged(1_005, Act.EXTEND, 5, new Told(true, null, millis(1_015)));
    extendedTo(1_005, 1_015, 1);
    told(1_008, EventType.SESSION_EXPIRING, EXPIRES, 0, 2);
    ended(1_015, EndReason.EXPIRED, 1_015, 1);

    assertThat(broken()).containsOnly(Rule.ONE_WARNING_EACH);
  }

  @Test
  void warningThatIsForgotten_isFound() {
    terms = new Terms(true, 4_000, 0, List.of(5L, 2L));
    opened();
    told(1_005, EventType.SESSION_EXPIRING, EXPIRES, 0, 5);
    expired();

    assertThat(broken()).containsOnly(Rule.WARNED);
  }

  @Test
  void warningForgottenOfAnEarlierGeneration_isFound() {
    terms = new Terms(true, 4_000, 0, List.of(5L));
    opened();
    acknowledged(1_007, Act.EXTEND, 10, new Told(true, null, millis(1_020)));
    extendedTo(1_007, 1_020, 1);
    told(1_015, EventType.SESSION_EXPIRING, 1_020, 1, 5);
    ended(1_020, EndReason.EXPIRED, 1_020, 1);

    assertThat(broken()).containsOnly(Rule.WARNED);
  }

  @Test
  void warningBeforeItsTime_isFound() {
    opened();
    told(1_007, EventType.SESSION_EXPIRING, EXPIRES, 0, 2);
    expired();

    assertThat(broken()).containsOnly(Rule.NEVER_EARLY);
  }

  // Deadlines

  @Test
  void expiredBeforeItsTime_isFound() {
    opened();
    ended(1_009.9, EndReason.EXPIRED, EXPIRES, 0);

    assertThat(broken()).containsOnly(Rule.NEVER_EARLY);
  }

  @Test
  void expiredWithAClockThatIsFast_isFound() {
    opened();
    changed(1_009, SessionState.ACTIVE, SessionState.ENDED, EndReason.EXPIRED, EXPIRES, 0);
    told(1_010, EventType.SESSION_EXPIRED, EXPIRES, 0, 0);
    told(1_010, EventType.SESSION_ENDED, EXPIRES, 0, 0);

    assertThat(broken()).containsOnly(Rule.NEVER_EARLY);
  }

  @Test
  void lostThoughItReported_isFound() {
    opened();
    heard(1_003);
    ended(1_006.8, EndReason.LOST, EXPIRES, 0);

    assertThat(broken()).containsOnly(Rule.NEVER_EARLY);
  }

  @Test
  void lostAfterItsSilence_isGood() {
    opened();
    heard(1_003);
    attempt(1_005, Act.HEARTBEAT, 0, Answer.UNKNOWN, 503, null);
    ended(1_007, EndReason.LOST, EXPIRES, 0);

    assertThat(broken()).isEmpty();
  }

  @Test
  void lostThoughItReported_toNodesThatDidNotAnswer_isFound() {
    opened();
    heard(1_001);
    for (int second = 3; second < 6; second++) {
      attempt(1_000 + second, Act.HEARTBEAT, 0, Answer.UNKNOWN, 503, null);
    }
    ended(1_006, EndReason.LOST, EXPIRES, 0);

    assertThat(broken()).containsOnly(Rule.NEVER_EARLY);
  }

  @Test
  void idleBeforeItsTime_isFound() {
    terms = new Terms(false, 4_000, 6_000, List.of());
    opened();
    ended(1_005, EndReason.IDLE, EXPIRES, 0);

    assertThat(broken()).containsOnly(Rule.NEVER_EARLY);
  }

  @Test
  void lostThoughNobodyMustReport_isFound() {
    terms = new Terms(false, 4_000, 0, List.of());
    opened();
    ended(1_009, EndReason.LOST, EXPIRES, 0);

    assertThat(broken()).containsOnly(Rule.NEVER_EARLY);
  }

  @Test
  void endThatIsLate_isFound() {
    opened();
    ended(1_012, EndReason.EXPIRED, EXPIRES, 0);

    assertThat(broken()).containsOnly(Rule.NEVER_LATE);
  }

  @Test
  void endThatNeverComes_isFound() {
    opened();

    assertThat(broken()).containsOnly(Rule.NEVER_LATE);
  }

  @Test
  void extensionAfterTheDeadline_isFound() {
    opened();
    acknowledged(1_013, Act.EXTEND, 10, new Told(true, null, millis(1_020)));
    extendedTo(1_013, 1_020, 1);
    ended(1_020, EndReason.EXPIRED, 1_020, 1);

    assertThat(broken()).containsOnly(Rule.NEVER_LATE);
  }

  // Answers

  @Test
  void acknowledgedStart_thatOpenedNothing_isFound() {
    acknowledged(BEGUN, Act.START, 0, new Told(true, null, millis(EXPIRES)));

    assertThat(broken()).containsOnly(Rule.ACKNOWLEDGED);
  }

  @Test
  void acknowledgedStart_ofAnotherSession_isFound() {
    opened();
    Attempt start = attempts.remove(0);
    attempts.add(
        new Attempt(
            start.span(), "node-1", Act.START, OTHER, WISH, 0, start.answer(), 201, start.told()));
    expired();

    assertThat(broken()).contains(Rule.ACKNOWLEDGED);
  }

  @Test
  void acknowledgedExtension_thatIsNotThere_isFound() {
    opened();
    acknowledged(1_005, Act.EXTEND, 5, new Told(true, null, millis(1_015)));
    expired();

    assertThat(broken()).containsOnly(Rule.ACKNOWLEDGED);
  }

  @Test
  void acknowledgedRevoke_thatEndedNothing_isFound() {
    opened();
    acknowledged(1_005, Act.REVOKE, 0, new Told(false, "revoked", millis(EXPIRES)));
    expired();

    assertThat(broken()).containsOnly(Rule.ACKNOWLEDGED);
  }

  @Test
  void acknowledgedStop_ofASessionThatEndsLater_isFound() {
    opened();
    acknowledged(1_005, Act.STOP, 0, new Told(false, null, 0));
    ended(1_006, EndReason.STOPPED, EXPIRES, 0);

    assertThat(broken()).containsOnly(Rule.ACKNOWLEDGED);
  }

  @Test
  void requestThatOpensTwo_isFound() {
    opened();
    expired();
    Change created = changes.get(0);
    changes.add(
        new Change(
            9, OTHER, created.at(), WISH, null, SessionState.ACTIVE, null, millis(3_000), 0));
    events.add(
        new Event(OTHER, EventType.SESSION_STARTED, created.at(), millis(3_000), 0, 0, null));

    assertThat(broken()).containsOnly(Rule.ASKED_FOR);
  }

  @Test
  void extensionThatIsMadeTwice_isFound() {
    opened();
    acknowledged(1_005, Act.EXTEND, 5, new Told(true, null, millis(1_015)));
    extendedTo(1_005, 1_015, 1);
    extendedTo(1_006, 1_020, 2);
    ended(1_020, EndReason.EXPIRED, 1_020, 2);

    assertThat(broken()).containsOnly(Rule.ASKED_FOR);
  }

  @Test
  void endThatNobodyAskedFor_isFound() {
    opened();
    attempt(1_007, Act.REVOKE, 0, Answer.NOT_SENT, 0, null);
    ended(1_008, EndReason.REVOKED, EXPIRES, 0);

    assertThat(broken()).containsOnly(Rule.ASKED_FOR);
  }

  @Test
  void sessionThatNobodyAskedFor_isFound() {
    changes.add(
        new Change(
            1, OTHER, micros(BEGUN), "whose", null, SessionState.ACTIVE, null, 3_000_000, 0));

    assertThat(broken()).containsOnly(Rule.ASKED_FOR);
  }

  @Test
  void heartbeatTakenAfterTheEnd_isFound() {
    opened();
    expired();
    heard(1_011);

    assertThat(broken()).containsOnly(Rule.TRUE_ANSWERS);
  }

  @Test
  void gatewayToldToLetGoTooSoon_isFound() {
    opened();
    acknowledged(1_005, Act.HEARTBEAT, 0, new Told(false, null, 0));
    expired();

    assertThat(broken()).containsOnly(Rule.TRUE_ANSWERS);
  }

  @Test
  void heartbeatOfALiveSession_thatIsRefused_isFound() {
    opened();
    attempt(1_005, Act.HEARTBEAT, 0, Answer.REFUSED, 404, null);
    expired();

    assertThat(broken()).containsOnly(Rule.TRUE_ANSWERS);
  }

  @Test
  void extensionOfALiveSession_thatIsRefused_isFound() {
    opened();
    attempt(1_005, Act.EXTEND, 5, Answer.REFUSED, 409, null);
    expired();

    assertThat(broken()).containsOnly(Rule.TRUE_ANSWERS);
  }

  @Test
  void defectInAnAnswer_isFound() {
    opened();
    expired();
    attempt(1_012, Act.EXTEND, 5, Answer.REFUSED, 500, null);

    assertThat(broken()).containsOnly(Rule.TRUE_ANSWERS);
  }
}
