package dev.curfew.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.fault.ErrorCode;
import dev.curfew.session.Batch;
import dev.curfew.session.BatchResult;
import dev.curfew.session.Command;
import dev.curfew.session.EventType;
import dev.curfew.session.Initiator;
import dev.curfew.session.NewSession;
import dev.curfew.session.Outcome;
import dev.curfew.session.RealmThresholds;
import dev.curfew.session.SessionEvent;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionRecord;
import dev.curfew.session.SessionState;
import dev.curfew.session.Terms;
import dev.curfew.session.Thresholds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which warnings one shard gives, and when, as thresholds come and go. */
class WarningsTest {
  private static final long MINUTE = 60_000;
  private static final long START = 1_800_000_000_000L;
  private static final int REALM = 1;
  private static final Initiator USER = new Initiator(Initiator.Kind.USER, 23, "jdoe");

  private final Map<UUID, SessionRecord> rows = new LinkedHashMap<>();
  private final List<SessionEvent> log = new ArrayList<>();
  private RealmThresholds added = RealmThresholds.NONE;
  private ShardKernel<Void> kernel = opened();
  private long epoch;
  private long now = START;

  // What happens

  private ShardKernel<Void> opened() {
    ShardKernel<Void> opened = new ShardKernel<>(0, new Log());
    List<SessionRecord> live =
        rows.values().stream().filter(row -> row.state() != SessionState.ENDED).toList();
    opened.open(++epoch, live, added, Math.max(now, START));
    return opened;
  }

  /** Another node takes the shard over, with what was committed. */
  private void takeOver() {
    kernel = opened();
    passTo(now);
  }

  private final class Log implements ShardKernel.Output<Void> {
    @Override
    public void reply(Void to, Outcome outcome) {
      assertThat(outcome).isInstanceOf(Outcome.Done.class);
    }

    @Override
    public void committed(List<SessionEvent> events) {
      log.addAll(events);
    }

    @Override
    public void undo(UUID sessionId) {}

    @Override
    public void reload(UUID sessionId) {}
  }

  private void passTo(long time) {
    while (true) {
      while (kernel.advance(now, 100) == 100) {
        commit();
      }
      commit();
      long next = Math.max(now + 1, kernel.nextDeadline());
      if (next > time) {
        break;
      }
      now = next;
    }
    now = Math.max(now, time);
  }

  private void pass(long millis) {
    passTo(now + millis);
  }

  private void commit() {
    Batch batch = kernel.takeBatch();
    while (batch != null) {
      batch.changes().forEach(change -> rows.put(change.after().id(), change.after()));
      kernel.answered(BatchResult.Committed.WHOLE, now);
      batch = kernel.takeBatch();
    }
  }

  private void ask(Command command) {
    assertThat(kernel.handle(command, null, now)).isTrue();
    passTo(now);
  }

  /** Subscriptions of the realm ask for these from now on. */
  private void subscribed(long... minutes) {
    added = new RealmThresholds(Map.of(REALM, ofMinutes(minutes)));
    kernel.thresholds(added);
    passTo(now);
  }

  private UUID open(long length, long... warnBefore) {
    return openOf(REALM, 0, length, warnBefore);
  }

  private UUID openOf(int realm, long startsIn, long length, long... warnBefore) {
    UUID id = new UUID(START << 16 | 0x7000, Long.MIN_VALUE | rows.size());
    Terms terms = new Terms(1, realm, 480 * MINUTE, 0, 0, ofMinutes(warnBefore));
    NewSession session =
        new NewSession(
            id,
            rows.size() + 1L,
            SessionKind.ACCESS,
            23,
            terms,
            startsIn == 0 ? 0 : now + startsIn * MINUTE,
            length * MINUTE,
            startsIn != 0,
            null,
            false,
            NewSession.Details.NONE);
    ask(new Command.Create(session, USER));
    return id;
  }

  private void extend(UUID id, long minutes) {
    ask(new Command.Extend(id, minutes * MINUTE, USER));
  }

  private static Thresholds ofMinutes(long... minutes) {
    return Thresholds.of(Arrays.stream(minutes).map(each -> each * MINUTE).toArray());
  }

  /** What was told of a session: threshold and time left, in minutes. */
  private List<String> told(UUID id) {
    return log.stream()
        .filter(event -> event.sessionId().equals(id))
        .filter(event -> event.type() == EventType.SESSION_EXPIRING)
        .map(
            event ->
                event.threshold() / MINUTE + " at " + (event.expiresAt() - event.at()) / MINUTE)
        .toList();
  }

  // What is told of it

  @Test
  void session_isToldEachThresholdOnceAtItsTime() {
    UUID id = open(30, 10, 5, 1);
    pass(60 * MINUTE);
    assertThat(told(id)).containsExactly("10 at 10", "5 at 5", "1 at 1");
  }

  @Test
  void sessionThatStartsInsideSeveral_isToldTheSmallestOfThemAtOnce() {
    UUID id = open(8, 60, 30, 10, 5);
    assertThat(told(id)).containsExactly("10 at 8");
    pass(60 * MINUTE);
    assertThat(told(id)).containsExactly("10 at 8", "5 at 5");
  }

  @Test
  void subscriptions_addToSessionsThatLiveAlready() {
    UUID id = open(30, 5);
    UUID elsewhere = openOf(2, 0, 30, 5);
    pass(MINUTE);
    subscribed(20, 5, 2);
    UUID later = open(30, 5);
    pass(60 * MINUTE);
    assertThat(told(id)).containsExactly("20 at 20", "5 at 5", "2 at 2");
    assertThat(told(later)).containsExactly("20 at 20", "5 at 5", "2 at 2");
    assertThat(told(elsewhere)).as("another realm's").containsExactly("5 at 5");
  }

  @Test
  void newThresholds_ofWhichSeveralArePast_areToldByTheSmallestWithTheTimeThatIsLeft() {
    UUID id = open(30, 2);
    pass(23 * MINUTE);
    subscribed(20, 15, 10, 5);
    assertThat(told(id)).containsExactly("10 at 7");
    pass(60 * MINUTE);
    assertThat(told(id)).containsExactly("10 at 7", "5 at 5", "2 at 2");
  }

  @Test
  void newThreshold_beyondOneThatWasTold_isPassedOver() {
    UUID id = open(30, 10);
    pass(22 * MINUTE);
    subscribed(20, 9);
    assertThat(told(id)).containsExactly("10 at 10", "9 at 8");
  }

  @Test
  void thresholdThatIsThereAlready_isNotToldAgain() {
    UUID id = open(30, 10, 5);
    pass(21 * MINUTE);
    subscribed(10);
    subscribed(10, 5);
    subscribed();
    pass(60 * MINUTE);
    assertThat(told(id)).containsExactly("10 at 10", "5 at 5");
  }

  @Test
  void removedThreshold_isNotToldAnyMore() {
    subscribed(20, 10);
    UUID id = open(30, 5);
    pass(11 * MINUTE);
    subscribed(20);
    pass(60 * MINUTE);
    assertThat(told(id)).containsExactly("20 at 20", "5 at 5");
  }

  @Test
  void thresholdRemovedAfterItWasTold_isRememberedWhenItComesBack() {
    subscribed(20);
    UUID id = open(30, 5);
    pass(11 * MINUTE);
    subscribed();
    takeOver();
    pass(MINUTE);
    subscribed(25, 20);
    pass(60 * MINUTE);
    assertThat(told(id)).containsExactly("20 at 20", "5 at 5");
  }

  @Test
  void extension_armsAllThresholdsThatAreWantedNow() {
    subscribed(20);
    UUID id = open(30, 5);
    pass(26 * MINUTE);
    subscribed(10);
    extend(id, 30);
    pass(60 * MINUTE);
    assertThat(told(id)).containsExactly("20 at 20", "5 at 5", "10 at 10", "5 at 5");
  }

  @Test
  void extensionThatEndsInsideSeveral_isToldTheSmallestOfThem() {
    UUID id = open(30, 20, 10, 5);
    pass(28 * MINUTE);
    extend(id, 5);
    pass(60 * MINUTE);
    assertThat(told(id)).containsExactly("20 at 20", "10 at 10", "5 at 5", "10 at 7", "5 at 5");
  }

  @Test
  void takeover_repeatsNothingAndMakesUpForWhatWasMissed() {
    subscribed(20, 10);
    UUID id = open(30, 5);
    pass(11 * MINUTE);
    takeOver();
    assertThat(told(id)).containsExactly("20 at 20");
    now += 12 * MINUTE;
    takeOver();
    assertThat(told(id)).containsExactly("20 at 20", "10 at 7");
    takeOver();
    pass(60 * MINUTE);
    assertThat(told(id)).containsExactly("20 at 20", "10 at 7", "5 at 5");
  }

  @Test
  void takeover_byAnOwnerThatKnowsOfOtherThresholds_tellsThose() {
    subscribed(20);
    UUID id = open(30, 5);
    pass(11 * MINUTE);
    added = new RealmThresholds(Map.of(REALM, ofMinutes(15)));
    takeOver();
    pass(60 * MINUTE);
    assertThat(told(id)).containsExactly("20 at 20", "15 at 15", "5 at 5");
  }

  @Test
  void sessionThatHasNotBegun_isNotWarned() {
    UUID id = openOf(REALM, 60, 10, 30, 5);
    pass(59 * MINUTE);
    subscribed(90);
    assertThat(told(id)).isEmpty();
    pass(20 * MINUTE);
    assertThat(told(id)).containsExactly("30 at 10", "5 at 5");
  }

  @Test
  void endedSession_isNotWarned() {
    UUID id = open(30, 5);
    ask(new Command.Revoke(id, USER, null));
    subscribed(60);
    pass(60 * MINUTE);
    assertThat(told(id)).isEmpty();
  }

  @Test
  void suspendedShard_warnsWhenTheDatabaseIsBack() {
    UUID id = open(30);
    pass(25 * MINUTE);
    kernel.suspend();
    subscribed(20, 10);
    assertThat(told(id)).isEmpty();
    kernel.resume(now);
    passTo(now);
    assertThat(told(id)).containsExactly("10 at 5");
  }

  @Test
  void longestThreshold_neitherOverflowsNorRepeats() {
    added = new RealmThresholds(Map.of(REALM, Thresholds.of(Terms.LONGEST, 1)));
    kernel.thresholds(added);
    UUID id = open(30);
    pass(60 * MINUTE);
    assertThat(told(id)).containsExactly(Terms.LONGEST / MINUTE + " at 30", "0 at 0");
  }

  @Test
  void closedShard_takesNoNotice() {
    UUID id = open(30);
    kernel.close(ErrorCode.UNAVAILABLE);
    kernel.thresholds(new RealmThresholds(Map.of(REALM, ofMinutes(60))));
    assertThat(kernel.advance(now, 100)).isZero();
    assertThat(told(id)).isEmpty();
  }
}
