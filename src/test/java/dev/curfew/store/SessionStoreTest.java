package dev.curfew.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.session.Batch;
import dev.curfew.session.BatchResult;
import dev.curfew.session.EndReason;
import dev.curfew.session.EventType;
import dev.curfew.session.Initiator;
import dev.curfew.session.NewSession;
import dev.curfew.session.SessionEvent;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionRecord;
import dev.curfew.session.SessionState;
import dev.curfew.session.Terms;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionStoreTest {
  private static final int SHARD = 7;
  private static final long NOW = 1_771_410_600_000L;
  private static final long HOUR = 3_600_000;
  private static final Terms TERMS = new Terms(3, 1, 8 * HOUR, 600_000, 300_000, 60_000, 300_000);
  private static final Initiator BY = new Initiator(Initiator.Kind.USER, 23, "jdoe");

  private static final AtomicLong NUMERIC = new AtomicLong(100);

  private TestStore node;
  private SessionStore store;
  private DirectSql sql;
  private long epoch;

  @BeforeEach
  void open() throws Exception {
    node = TestStore.open();
    store = new SessionStore(node.database());
    sql = DirectSql.open(node.endpoint());
    epoch = Await.result(take(SHARD, "here"));
  }

  /** A new owner, from whomever it is. */
  private Future<Long> take(int shard, String owner) {
    ShardStore shards = new ShardStore(node.database());
    long seen = Await.result(shards.owners()).get(shard).epoch();
    return shards.take(shard, owner, UUID.randomUUID(), seen);
  }

  @AfterEach
  void close() throws Exception {
    sql.close();
    node.close();
  }

  @Test
  void commit_writesSessionPulseAndEventsTogether() throws Exception {
    NewSession session = session(SessionKind.ACCESS);

    assertThat(commit(1, creation(session))).isEqualTo(BatchResult.Committed.WHOLE);

    assertThat(Await.result(store.find(session.id()))).contains(active(session));
    assertThat(Await.result(store.live(SHARD))).containsExactly(active(session));
    assertThat(events(session)).containsExactly("dev.curfew.session.started");
    assertThat(sql.number("SELECT count(*) FROM session_pulse")).isOne();
    assertThat(sql.number("SELECT count(*) FROM recording")).isZero();
  }

  @Test
  void commit_keepsTheOrderOfEvents() throws Exception {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      parts.add(creation(session(SessionKind.ACCESS)));
    }

    commit(1, parts.toArray(Part[]::new));

    assertThat(sql.column("SELECT session_id::text FROM event ORDER BY xid, id"))
        .containsExactlyElementsOf(
            parts.stream().map(part -> part.change().after().id().toString()).toList());
  }

  @Test
  void commit_sentTwiceIsAppliedOnce() throws Exception {
    NewSession session = session(SessionKind.ACCESS);

    assertThat(commit(1, creation(session))).isEqualTo(BatchResult.Committed.WHOLE);
    assertThat(commit(1, creation(session))).isEqualTo(BatchResult.Committed.WHOLE);

    assertThat(events(session)).hasSize(1);
    assertThat(sql.number("SELECT count(*) FROM session")).isOne();
    assertThat(progress()).isOne();
  }

  @Test
  void commit_sentAgainGivesTheSameRefusals() throws Exception {
    NewSession first = session(SessionKind.ACCESS);
    NewSession other = session(SessionKind.ACCESS);
    commit(1, creation(first));

    BatchResult answer = commit(2, creation(first), creation(other));
    BatchResult again = commit(2, creation(first), creation(other));

    assertThat(answer).isEqualTo(new BatchResult.Committed(Set.of(first.id())));
    assertThat(again).isEqualTo(answer);
    assertThat(events(first)).hasSize(1);
    assertThat(events(other)).hasSize(1);
  }

  @Test
  void commit_ofAnotherEpochIsDeposedAndChangesNothing() throws Exception {
    NewSession session = session(SessionKind.ACCESS);
    commit(1, creation(session));
    long newEpoch = Await.result(take(SHARD, "there"));
    assertThat(newEpoch).isEqualTo(epoch + 1);

    assertThat(commit(2, end(session, EndReason.EXPIRED))).isInstanceOf(BatchResult.Deposed.class);
    assertThat(commit(1, end(session, EndReason.EXPIRED))).isInstanceOf(BatchResult.Deposed.class);

    assertThat(state(session)).isEqualTo(SessionState.ACTIVE);
    assertThat(events(session)).containsExactly("dev.curfew.session.started");
    assertThat(sql.value("SELECT node FROM shard_owner WHERE shard = " + SHARD)).isEqualTo("there");
    assertThat(progress()).isZero();
  }

  @Test
  void commit_aheadOfItsPlaceChangesNothing() throws Exception {
    NewSession session = session(SessionKind.ACCESS);

    assertThat(commit(2, creation(session))).isInstanceOf(BatchResult.Deposed.class);

    assertThat(sql.number("SELECT count(*) FROM session")).isZero();
  }

  @Test
  void commit_thatArrivesLateIsAppliedOnce() throws Exception {
    NewSession session = session(SessionKind.ACCESS);
    commit(1, creation(session));
    Batch batch = batch(2, end(session, EndReason.REVOKED));
    try (DirectSql lock = DirectSql.open(node.endpoint()).begin()) {
      lock.column("SELECT id FROM session WHERE id = ? FOR UPDATE", session.id());
      Future<BatchResult> first = commitAlone(batch);
      awaitBlocked(1);
      Future<BatchResult> second = commitAlone(batch);
      awaitBlocked(2);
      assertThat(first.isComplete() || second.isComplete()).isFalse();
      lock.commit();

      assertThat(Await.result(first)).isEqualTo(BatchResult.Committed.WHOLE);
      assertThat(Await.result(second)).isEqualTo(BatchResult.Committed.WHOLE);
    }

    assertThat(events(session))
        .containsExactly(
            "dev.curfew.session.started", "dev.curfew.session.revoked", "dev.curfew.session.ended");
    assertThat(progress()).isEqualTo(2);
  }

  @Test
  void commit_thatTheNewOwnerOvertakesChangesNothing() throws Exception {
    NewSession session = session(SessionKind.ACCESS);
    commit(1, creation(session));
    try (DirectSql lock = DirectSql.open(node.endpoint()).begin()) {
      lock.run("UPDATE shard_owner SET epoch = epoch + 1, batch = 0 WHERE shard = " + SHARD);
      Future<BatchResult> late = commitAlone(batch(2, end(session, EndReason.EXPIRED)));
      awaitBlocked(1);
      lock.commit();

      assertThat(Await.result(late)).isInstanceOf(BatchResult.Deposed.class);
    }
    assertThat(state(session)).isEqualTo(SessionState.ACTIVE);
    assertThat(events(session)).hasSize(1);
  }

  @Test
  void takeShard_waitsForTheBatchUnderWay() throws Exception {
    NewSession session = session(SessionKind.ACCESS);
    commit(1, creation(session));
    Future<BatchResult> commit;
    Future<Long> taken;
    try (DirectSql lock = DirectSql.open(node.endpoint()).begin()) {
      lock.column("SELECT id FROM session WHERE id = ? FOR UPDATE", session.id());
      commit = commitAlone(batch(2, end(session, EndReason.EXPIRED)));
      awaitBlocked(1);
      taken = take(SHARD, "there");
      awaitBlocked(2);
      lock.commit();
    }

    assertThat(Await.result(commit)).isEqualTo(BatchResult.Committed.WHOLE);
    assertThat(Await.result(taken)).isEqualTo(epoch + 1);
    assertThat(Await.result(store.live(SHARD))).isEmpty();
  }

  @Test
  void creation_ofAnIdThatExistsIsRefusedWithItsEvent() throws Exception {
    NewSession session = session(SessionKind.ACCESS);
    commit(1, creation(session));
    sql.run("UPDATE session SET user_id = 99 WHERE id = ?", session.id());

    assertThat(commit(2, creation(session)))
        .isEqualTo(new BatchResult.Committed(Set.of(session.id())));

    assertThat(sql.number("SELECT user_id FROM session")).isEqualTo(99);
    assertThat(events(session)).hasSize(1);
  }

  @Test
  void change_ofAnEndedRowIsRefusedWithItsEvent() throws Exception {
    NewSession session = session(SessionKind.ACCESS);
    NewSession other = session(SessionKind.ACCESS);
    commit(1, creation(session), creation(other));
    commit(2, end(session, EndReason.REVOKED));

    assertThat(commit(3, end(session, EndReason.EXPIRED), end(other, EndReason.EXPIRED)))
        .isEqualTo(new BatchResult.Committed(Set.of(session.id())));

    assertThat(Await.result(store.find(session.id())).orElseThrow().reason())
        .isEqualTo(EndReason.REVOKED);
    assertThat(events(session)).hasSize(3).doesNotContain("dev.curfew.session.expired");
    assertThat(events(other)).contains("dev.curfew.session.expired");
  }

  @Test
  void change_neverGoesBackInState() throws Exception {
    NewSession session = session(SessionKind.ACCESS);
    commit(1, creation(session));
    sql.run("UPDATE session SET state = 3, reason = 1 WHERE id = ?", session.id());

    Part extension =
        new Part(
            new Batch.Change(active(session), null, 0),
            List.of(event(session, EventType.SESSION_EXTENDED, null)));
    assertThat(commit(2, extension)).isEqualTo(new BatchResult.Committed(Set.of(session.id())));

    assertThat(state(session)).isEqualTo(SessionState.ENDING);
    assertThat(events(session)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":", "nonsense", "{\"a\":\"\\u0000\"}", "{\"a\":\"\0\"}"})
  void creation_thatTheDatabaseCannotTakeIsRejectedWhole(String attributes) throws Exception {
    NewSession sound = session(SessionKind.ACCESS);
    NewSession unsound =
        session(SessionKind.ACCESS, new NewSession.Details(attributes, null, null, null));

    assertThat(commit(1, creation(sound), creation(unsound)))
        .isInstanceOf(BatchResult.Rejected.class);
    assertThat(sql.number("SELECT count(*) FROM session")).isZero();
    assertThat(sql.number("SELECT count(*) FROM event")).isZero();

    // The number is used up: the sound part goes again under the next.
    assertThat(commit(2, creation(sound))).isEqualTo(BatchResult.Committed.WHOLE);
  }

  @Test
  void refusedBatch_isNeverAppliedLate_evenWhenNothingStandsAgainstItAnyMore() throws Exception {
    NewSession first = session(SessionKind.ACCESS);
    commit(1, creation(first));
    NUMERIC.decrementAndGet();
    NewSession second = session(SessionKind.ACCESS);
    assertThat(commit(2, creation(second))).isInstanceOf(BatchResult.Rejected.class);
    sql.run("UPDATE session SET numeric_id = numeric_id + 1000000");

    // An earlier sending of it, or the repetition after an answer that was lost.
    assertThat(commit(2, creation(second))).isInstanceOf(BatchResult.Rejected.class);

    assertThat(Await.result(store.find(second.id()))).isEmpty();
    assertThat(events(second)).isEmpty();
    assertThat(commit(3, creation(second))).isEqualTo(BatchResult.Committed.WHOLE);
    // Asked late, it still is not what the number after it was.
    assertThat(commit(3, creation(second))).isEqualTo(BatchResult.Committed.WHOLE);
    assertThat(events(second)).hasSize(1);
  }

  @Test
  void creation_withANumericIdInUseIsRejected() throws Exception {
    NewSession first = session(SessionKind.ACCESS);
    commit(1, creation(first));
    NUMERIC.decrementAndGet();

    assertThat(commit(2, creation(session(SessionKind.ACCESS))))
        .isInstanceOf(BatchResult.Rejected.class);
  }

  @Test
  void creation_opensTheCheckoutWithTheSession() throws Exception {
    NewSession session =
        session(
            SessionKind.PSM,
            new NewSession.Details(
                "{\"deviceName\":\"db1\"}",
                "192.0.2.1",
                null,
                new NewSession.CheckoutOpening(41, 5, "db1.example")));

    commit(1, creation(session));

    assertThat(sql.value("SELECT session_id::text FROM checkout WHERE id = 41"))
        .isEqualTo(session.id().toString());
    assertThat(sql.value("SELECT attributes->>'deviceName' FROM session")).isEqualTo("db1");
    assertThat(sql.value("SELECT ipv4_address FROM session")).isEqualTo("192.0.2.1");
  }

  @Test
  void end_movesTheRecordingToEndedInTheSameTransaction() throws Exception {
    NewSession session = session(SessionKind.PSM);
    commit(1, creation(session));
    assertThat(sql.number("SELECT stage FROM recording")).isEqualTo(1);

    commit(2, end(session, EndReason.STOPPED));

    assertThat(sql.number("SELECT stage FROM recording")).isEqualTo(2);
    assertThat(sql.number("SELECT ms(ended_at) FROM recording")).isEqualTo(NOW + HOUR);
    assertThat(sql.value("SELECT last_gateway FROM recording")).isEqualTo("psm-1");
    assertThat(sql.value("SELECT (ready_at IS NOT NULL)::text FROM recording")).isEqualTo("true");
    assertThat(sql.value("SELECT (r.xmin = s.xmin)::text FROM recording r, session s"))
        .isEqualTo("true");
  }

  @Test
  void end_leavesARecordingAloneThatIsFurtherOn() throws Exception {
    NewSession session = session(SessionKind.PSM);
    commit(1, creation(session));
    sql.run("UPDATE recording SET stage = 4");

    commit(2, end(session, EndReason.STOPPED));

    assertThat(sql.number("SELECT stage FROM recording")).isEqualTo(4);
  }

  @Test
  void creation_thatEndsInItsOwnBatchHasAnEndedRecording() throws Exception {
    NewSession session = session(SessionKind.PSM);
    Part end = end(session, EndReason.REVOKED);
    Part part = new Part(new Batch.Change(end.change().after(), session, 1), end.events());

    assertThat(commit(1, part)).isEqualTo(BatchResult.Committed.WHOLE);

    assertThat(state(session)).isEqualTo(SessionState.ENDED);
    assertThat(sql.number("SELECT stage FROM recording")).isEqualTo(2);
  }

  @Test
  void event_dataSaysWhatHappened() throws Exception {
    NewSession session = session(SessionKind.ACCESS);
    commit(1, creation(session));
    SessionEvent expired =
        new SessionEvent(
            EventType.SESSION_EXPIRED,
            session.id(),
            session.numericId(),
            session.kind(),
            1,
            23,
            NOW + HOUR + 12,
            NOW + HOUR,
            0,
            SessionState.ACTIVE,
            SessionState.ENDING,
            EndReason.EXPIRED,
            0,
            NOW + HOUR,
            Initiator.POLICY,
            null);
    commit(2, new Part(end(session, EndReason.EXPIRED).change(), List.of(expired)));

    JsonObject data =
        new JsonObject(
            sql.value("SELECT data::text FROM event WHERE type = 'dev.curfew.session.expired'"));
    assertThat(data.getString("sessionId")).isEqualTo(session.id().toString());
    assertThat(data.getLong("numericId")).isEqualTo(session.numericId());
    assertThat(data.getLong("userId")).isEqualTo(23);
    assertThat(data.getLong("latenessMillis")).isEqualTo(12);
    assertThat(data.getString("deadline")).isEqualTo("2026-02-18T11:30:00Z");
    assertThat(data.getString("reason")).isEqualTo("expired");
    assertThat(data.getJsonObject("by").getString("kind")).isEqualTo("policy");
  }

  // Several shards in one statement

  @Test
  void commit_ofSeveralShardsAnswersEach() throws Exception {
    long second = Await.result(take(8, "here"));
    long third = Await.result(take(9, "here"));
    NewSession again = session(SessionKind.ACCESS);
    NewSession conflicting = session(SessionKind.ACCESS);
    NewSession late = session(SessionKind.ACCESS);
    NewSession fresh = session(SessionKind.ACCESS);
    commit(1, creation(again));
    Await.result(
        store.commit(
            List.of(new Batch(8, second, 1, List.of(creation(conflicting).change), List.of()))));
    Await.result(take(9, "there"));

    List<BatchResult> results =
        Await.result(
            store.commit(
                List.of(
                    new Batch(9, third, 1, List.of(creation(late).change), creation(late).events),
                    batch(1, creation(again)),
                    new Batch(
                        8,
                        second,
                        2,
                        List.of(creation(conflicting).change, creation(fresh).change),
                        creation(fresh).events))));

    assertThat(results)
        .containsExactly(
            new BatchResult.Deposed(),
            BatchResult.Committed.WHOLE,
            new BatchResult.Committed(Set.of(conflicting.id())));
    assertThat(events(again)).hasSize(1);
    assertThat(events(late)).isEmpty();
    assertThat(events(fresh)).hasSize(1);
    assertThat(Await.result(store.find(late.id()))).isEmpty();
    assertThat(Await.result(store.live(8))).hasSize(2);
  }

  @Test
  void commit_ofSeveralShardsIsNotHeldUpByOnesContent() throws Exception {
    long second = Await.result(take(8, "here"));
    NewSession sound = session(SessionKind.ACCESS);
    NewSession unsound =
        session(SessionKind.ACCESS, new NewSession.Details("nonsense", null, null, null));

    List<BatchResult> results =
        Await.result(
            store.commit(
                List.of(
                    batch(1, creation(unsound)),
                    new Batch(
                        8, second, 1, List.of(creation(sound).change), creation(sound).events))));

    assertThat(results.get(0)).isInstanceOf(BatchResult.Rejected.class);
    assertThat(results.get(1)).isEqualTo(BatchResult.Committed.WHOLE);
    assertThat(events(sound)).hasSize(1);
    assertThat(progress()).as("the refused number is used up").isOne();
  }

  @Test
  void commits_thatShareShardsDoNotWaitInACircle() throws Exception {
    long second = Await.result(take(8, "here"));
    List<Future<List<BatchResult>>> sent = new ArrayList<>();
    try (DirectSql lock = DirectSql.open(node.endpoint()).begin()) {
      lock.column("SELECT shard FROM shard_owner WHERE shard = 7 FOR UPDATE");
      NewSession one = session(SessionKind.ACCESS);
      NewSession two = session(SessionKind.ACCESS);
      Batch seven = batch(1, creation(one));
      Batch eight = new Batch(8, second, 1, List.of(creation(two).change), creation(two).events);
      sent.add(store.commit(List.of(eight, seven)));
      sent.add(store.commit(List.of(seven, eight)));
      sent.add(store.commit(List.of(eight)));
      awaitBlocked(2);
      lock.commit();
      for (Future<List<BatchResult>> answer : sent) {
        assertThat(Await.result(answer)).containsOnly(BatchResult.Committed.WHOLE);
      }
      assertThat(events(one)).hasSize(1);
      assertThat(events(two)).hasSize(1);
    }
  }

  @Test
  void pulse_neverGoesBack() throws Exception {
    NewSession session = session(SessionKind.PSM);
    commit(1, creation(session));
    UUID[] ids = {session.id(), UUID.randomUUID()};

    Await.result(store.pulse(ids, times(NOW + 5_000, NOW), times(NOW + 1_000, NOW)));
    Await.result(store.pulse(ids, times(NOW + 4_000, NOW), times(NOW + 2_000, NOW)));

    SessionRecord row = Await.result(store.find(session.id())).orElseThrow();
    assertThat(row.lastAccess()).isEqualTo(NOW + 5_000);
    assertThat(row.lastReported()).isEqualTo(NOW + 2_000);
    assertThat(sql.number("SELECT count(*) FROM session_pulse")).isOne();
  }

  @Test
  void numericIds_areNeverGivenTwice() {
    List<Long> ids = new ArrayList<>(Await.result(store.numericIds(100)));
    ids.addAll(Await.result(store.numericIds(100)));

    assertThat(ids).hasSize(200).doesNotHaveDuplicates();
  }

  @Test
  void overdue_findsOnlyWhatIsLongOver() throws Exception {
    NewSession late = session(SessionKind.ACCESS);
    NewSession running = session(SessionKind.ACCESS);
    NewSession ended = session(SessionKind.ACCESS);
    commit(1, creation(late), creation(running), creation(ended));
    commit(2, end(ended, EndReason.REVOKED));
    sql.run("UPDATE session SET expires_at = clock_timestamp() + interval '1 hour'");
    sql.run(
        "UPDATE session SET expires_at = clock_timestamp() - interval '1 minute' WHERE id IN (?, ?)",
        late.id(),
        ended.id());

    assertThat(Await.result(store.overdue(10_000, 10))).containsExactly(late.id());
    assertThat(Await.result(store.overdue(120_000, 10))).isEmpty();
  }

  // What the tests speak of

  private record Part(Batch.Change change, List<SessionEvent> events) {}

  private BatchResult commit(long sequence, Part... parts) {
    return Await.result(commitAlone(batch(sequence, parts)));
  }

  private Batch batch(long sequence, Part... parts) {
    List<Batch.Change> changes = new ArrayList<>();
    List<SessionEvent> events = new ArrayList<>();
    for (Part part : parts) {
      changes.add(part.change);
      events.addAll(part.events);
    }
    return new Batch(SHARD, epoch, sequence, changes, events);
  }

  private static NewSession session(SessionKind kind) {
    return session(kind, NewSession.Details.NONE);
  }

  private static NewSession session(SessionKind kind, NewSession.Details details) {
    return new NewSession(
        UUID.randomUUID(),
        NUMERIC.incrementAndGet(),
        kind,
        23,
        TERMS,
        NOW,
        HOUR,
        false,
        "psm-1",
        false,
        details);
  }

  private static Part creation(NewSession session) {
    return new Part(
        new Batch.Change(active(session), session, 1),
        List.of(event(session, EventType.SESSION_STARTED, null)));
  }

  private static Part end(NewSession session, EndReason reason) {
    return new Part(
        new Batch.Change(row(session, SessionState.ENDED, reason, NOW + HOUR), null, 0),
        List.of(
            event(session, reason.cause(), reason),
            event(session, EventType.SESSION_ENDED, reason)));
  }

  private static SessionRecord active(NewSession session) {
    return row(session, SessionState.ACTIVE, null, 0);
  }

  private static SessionRecord row(
      NewSession session, SessionState state, EndReason reason, long endedAt) {
    return new SessionRecord(
        session.id(),
        session.numericId(),
        session.kind(),
        state,
        reason,
        session.userId(),
        session.terms(),
        NOW,
        NOW + HOUR,
        0,
        Long.MAX_VALUE,
        session.owner(),
        session.effects(),
        NOW,
        NOW,
        0,
        endedAt,
        endedAt);
  }

  private static SessionEvent event(NewSession session, EventType type, EndReason reason) {
    return new SessionEvent(
        type,
        session.id(),
        session.numericId(),
        session.kind(),
        session.terms().realmId(),
        session.userId(),
        NOW,
        NOW + HOUR,
        0,
        null,
        null,
        reason,
        0,
        0,
        BY,
        null);
  }

  private List<String> events(NewSession session) throws Exception {
    return sql.column("SELECT type FROM event WHERE session_id = ? ORDER BY xid, id", session.id());
  }

  private SessionState state(NewSession session) {
    return Await.result(store.find(session.id())).orElseThrow().state();
  }

  private long progress() throws Exception {
    return sql.number("SELECT batch FROM shard_owner WHERE shard = " + SHARD);
  }

  private void awaitBlocked(int statements) {
    Await.until(
        statements + " statements wait for a lock",
        () ->
            sql.number(
                    "SELECT count(*) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND wait_event_type = 'Lock'")
                == statements);
  }

  private static Long[] times(long... times) {
    Long[] boxed = new Long[times.length];
    for (int i = 0; i < times.length; i++) {
      boxed[i] = times[i];
    }
    return boxed;
  }

  private Future<BatchResult> commitAlone(Batch batch) {
    return store.commit(List.of(batch)).map(results -> results.get(0));
  }
}
