package dev.curfew.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.curfew.audit.Finding.Kind;
import dev.curfew.auth.SealKey;
import dev.curfew.auth.SecretBox;
import dev.curfew.store.EventPartitions;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestLog;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the seals find, by whoever can write to the database. */
class SealsTest {
  private static final String STARTED = "dev.curfew.session.started";
  private static final SealKey KEY = SealKey.of(SecretBox.of(new byte[32]));

  private TestStore store;
  private DirectSql sql;
  private TestLog log;
  private Sealing sealing;

  @BeforeEach
  void open() throws Exception {
    store = TestStore.open();
    sql = DirectSql.open(store.endpoint());
    log = new TestLog(sql);
    sealing = new Sealing(store.database(), KEY, 4);
  }

  @AfterEach
  void close() throws Exception {
    sql.close();
    store.close();
  }

  /** Three batches: a to d, e to h, i and j; by turns of realm 1 and realm 2. */
  private void sealedLog() throws SQLException {
    for (String name : "a b c d e f g h i j".split(" ")) {
      int realm = 1 + (name.charAt(0) - 'a') % 2;
      log.write(STARTED, realm, UUID.randomUUID(), name.equals("c") ? null : 7L, name);
    }
    Await.result(sealing.all());
  }

  private List<Finding> verify() {
    return verify(KEY, null);
  }

  private List<Finding> verify(SealKey key, @Nullable Integer realm) {
    List<Finding> findings = new ArrayList<>();
    LogVerification verification = new LogVerification(store.database(), key);
    Long after = 0L;
    while (after != null) {
      VerifiedPart part = Await.result(verification.step(realm, after));
      findings.addAll(part.findings());
      after = part.next();
    }
    return findings;
  }

  private Finding only() {
    List<Finding> findings = verify();
    assertThat(findings).hasSize(1);
    return findings.get(0);
  }

  private void findsAt(Kind kind, int realm, long seal, String event) throws SQLException {
    Finding found = only();
    assertThat(found.kind()).isEqualTo(kind);
    assertThat(found.realmId()).isEqualTo(realm);
    assertThat(found.seal()).isEqualTo(seal);
    assertThat(found.at())
        .isEqualTo(sql.number("SELECT ms(at) FROM event WHERE data->>'name' = ?", event));
  }

  @Test
  void untouchedLog_isAsItWasSealed() throws SQLException {
    sealedLog();
    log.write("not sealed yet");

    VerifiedPart part = Await.result(new LogVerification(store.database(), KEY).step(null, 0));

    assertThat(part.findings()).isEmpty();
    assertThat(part.batches()).isEqualTo(3);
    assertThat(part.events()).isEqualTo(10);
    assertThat(part.unsealed()).isEqualTo(1);
    assertThat(part.next()).isNull();
    assertThat(verify(KEY, 2)).isEmpty();
    assertThat(
            sql.column(
                "SELECT realm_id || ':' || number || ':' || events FROM seal ORDER BY batch, realm_id"))
        .containsExactly("1:1:2", "2:1:2", "1:2:2", "2:2:2", "1:3:1", "2:3:1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data = data || '{\"remark\":\"nothing\"}'",
        "type = 'dev.curfew.session.extended'",
        "at = at - interval '1 microsecond'",
        "recorded_at = recorded_at + interval '1 microsecond'",
        "user_id = NULL",
        "user_id = 8",
        "session_id = NULL",
        "session_id = gen_random_uuid()"
      })
  void alteredEvent_isNamed(String change) throws SQLException {
    sealedLog();
    assertThat(sql.run("UPDATE event SET " + change + " WHERE data->>'name' = 'f'")).isEqualTo(1);
    findsAt(Kind.EVENT_ALTERED, 2, 2, "f");
  }

  @Test
  void eventOfAnotherRealm_isMissedInOneAndFoundInTheOther() throws SQLException {
    sealedLog();
    sql.run("UPDATE event SET realm_id = 2 WHERE data->>'name' = 'e'");
    assertThat(verify())
        .extracting(Finding::kind, Finding::realmId)
        .containsExactlyInAnyOrder(tuple(Kind.EVENT_REMOVED, 1), tuple(Kind.EVENT_INSERTED, 2));
  }

  @Test
  void removedEvent_isNamedByTheOneBefore() throws SQLException {
    sealedLog();
    sql.run("DELETE FROM event WHERE data->>'name' = 'g'");
    findsAt(Kind.EVENT_REMOVED, 1, 2, "e");
    assertThat(only().message()).isEqualTo("Event 2 of the 2 under seal 2 is gone, after this one");
    sql.run("DELETE FROM event WHERE data->>'name' = 'e'");
    assertThat(verify()).extracting(Finding::kind).containsOnly(Kind.EVENT_REMOVED).hasSize(2);
  }

  @Test
  void insertedEvent_isNamed() throws SQLException {
    sealedLog();
    for (String realm : List.of("2", "77")) {
      sql.run(
          "INSERT INTO event SELECT xid, id, recorded_at, type, "
              + realm
              + ", session_id, 9, at, data || '{\"name\":\"new\"}' FROM event"
              + " WHERE data->>'name' = 'e'");
      Finding found = only();
      assertThat(found.kind()).isEqualTo(Kind.EVENT_INSERTED);
      assertThat(found.realmId()).isEqualTo(Integer.valueOf(realm));
      assertThat(found.batch()).isEqualTo(2);
      assertThat(found.eventId()).isNotNull();
      sql.run("DELETE FROM event WHERE data->>'name' = 'new'");
    }
    assertThat(verify()).isEmpty();
  }

  @Test
  void severalChanges_areToldApart() throws SQLException {
    for (int i = 0; i < 40; i++) {
      log.write(STARTED, 1, UUID.randomUUID(), 7L, "n" + i);
    }
    Await.result(new Sealing(store.database(), KEY).all());
    sql.run("DELETE FROM event WHERE data->>'name' IN ('n3', 'n4', 'n39')");
    sql.run("UPDATE event SET user_id = 8 WHERE data->>'name' IN ('n10', 'n11')");
    sql.run(
        "INSERT INTO event SELECT xid, id, recorded_at, type, 1, session_id, 9, at, data FROM event"
            + " WHERE data->>'name' = 'n20'");
    assertThat(verify())
        .extracting(Finding::kind)
        .containsExactly(
            Kind.EVENT_REMOVED,
            Kind.EVENT_REMOVED,
            Kind.EVENT_ALTERED,
            Kind.EVENT_ALTERED,
            Kind.EVENT_INSERTED,
            Kind.EVENT_REMOVED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE seal SET hash = sha256('x') WHERE realm_id = 1 AND number = 2",
        "UPDATE seal SET mac = sha256('x') WHERE realm_id = 1 AND number = 2",
        "UPDATE seal SET events = 3 WHERE realm_id = 1 AND number = 2",
        "UPDATE seal SET last_id = last_id + 1 WHERE realm_id = 1 AND number = 2",
        "UPDATE seal_batch SET hash = sha256('x') WHERE number = 2",
        "UPDATE seal_batch SET mac = sha256('x') WHERE number = 2",
        "UPDATE seal_batch SET day = 0 WHERE number = 2",
        "UPDATE seal_batch SET sealed_at = sealed_at - interval '1 day' WHERE number = 2",
        "INSERT INTO seal SELECT 1, 4, 2, events, first_xid, first_id, first_recorded_at, last_xid,"
            + " last_id, last_recorded_at, marks, hash, mac FROM seal WHERE realm_id=1 AND number=3",
        "INSERT INTO seal_batch SELECT 4, day, last_xid, last_id + 1, last_recorded_at, events,"
            + " sealed_at, hash, sha256('x') FROM seal_batch WHERE number = 3"
      })
  void forgedSeal_isFound(String forgery) throws SQLException {
    sealedLog();
    assertThat(sql.run(forgery)).isEqualTo(1);
    assertThat(verify()).isNotEmpty().extracting(Finding::kind).contains(Kind.SEAL_ALTERED);
    assertThat(verify().get(0).kind()).isEqualTo(Kind.SEAL_ALTERED);
  }

  @Test
  void forgedMarks_areFoundWithAnythingTheyHide() throws SQLException {
    sealedLog();
    sql.run("UPDATE seal SET marks = sha256('x') WHERE realm_id = 1 AND number = 2");
    assertThat(verify()).isEmpty();
    sql.run("UPDATE event SET user_id = 8 WHERE data->>'name' = 'e'");
    assertThat(verify()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE FROM seal WHERE realm_id = 1 AND number = 2",
        "DELETE FROM seal WHERE realm_id = 1 AND number = 3",
        "DELETE FROM seal_batch WHERE number = 2",
        "DELETE FROM seal_batch WHERE number = 3"
      })
  void removedSeal_isMissed(String removal) throws SQLException {
    sealedLog();
    assertThat(sql.run(removal)).isEqualTo(1);
    assertThat(verify()).isNotEmpty().extracting(Finding::kind).containsOnly(Kind.SEAL_REMOVED);
  }

  @Test
  void tailCutOffWithItsSeals_isMissedByWhoNotedTheHead() throws SQLException {
    sealedLog();
    String before = sql.value("SELECT encode(hash, 'hex') FROM seal_batch WHERE number = 2");
    String head = sql.value("SELECT encode(hash, 'hex') FROM seal_batch WHERE number = 3");
    String ofRealm =
        sql.value("SELECT encode(hash, 'hex') FROM seal WHERE realm_id = 2 AND number = 3");
    LogVerification verification = new LogVerification(store.database(), KEY);
    assertThat(Await.result(verification.expect(null, new Head(null, 3, head)))).isEmpty();

    sql.run("DELETE FROM event WHERE data->>'name' IN ('i', 'j')");
    sql.run("DELETE FROM seal WHERE batch = 3");
    sql.run("DELETE FROM seal_batch WHERE number = 3");

    assertThat(verify()).isEmpty();
    assertThat(Await.result(verification.expect(null, new Head(null, 2, before)))).isEmpty();
    assertThat(
            Await.result(verification.expect(null, new Head(null, 3, head))).orElseThrow().kind())
        .isEqualTo(Kind.LOG_TRUNCATED);
    assertThat(
            Await.result(verification.expect(2, new Head("two", 3, ofRealm))).orElseThrow().kind())
        .isEqualTo(Kind.LOG_TRUNCATED);

    log.write("another", "and one more", "and more");
    Await.result(sealing.all());
    assertThat(verify()).isEmpty();
    assertThat(
            Await.result(verification.expect(null, new Head(null, 3, head))).orElseThrow().kind())
        .isEqualTo(Kind.SEAL_ALTERED);
  }

  @Test
  void anotherKey_believesNothing() throws SQLException {
    sealedLog();
    byte[] other = new byte[32];
    other[0] = 1;
    assertThat(verify(SealKey.of(SecretBox.of(other)), null))
        .isNotEmpty()
        .extracting(Finding::kind)
        .containsOnly(Kind.SEAL_ALTERED);
  }

  @Test
  void verification_isDoneInStepsAndFromATimeOn() throws SQLException {
    sealedLog();
    LogVerification verification = new LogVerification(store.database(), KEY);
    sql.run("UPDATE event SET user_id = 8 WHERE data->>'name' = 'a'");
    assertThat(Await.result(verification.step(null, 0)).findings()).hasSize(1);
    VerifiedPart rest = Await.result(verification.step(null, 1));
    assertThat(rest.findings()).isEmpty();
    assertThat(rest.batches()).isEqualTo(2);
    assertThat(Await.result(verification.batchBefore(Long.MAX_VALUE / 2_000))).isEqualTo(3);
    assertThat(Await.result(verification.batchBefore(0))).isZero();
    assertThat(Await.result(verification.step(null, 3)).batches()).isZero();
    assertThat(Await.result(verification.step(null, 9)).findings())
        .extracting(Finding::kind)
        .containsExactly(Kind.SEAL_REMOVED);
  }

  @Test
  void lateCommit_isSealedInItsPlace() throws Exception {
    try (DirectSql slow = DirectSql.open(store.endpoint()).begin()) {
      new TestLog(slow).write("slow");
      log.write("quick");
      Await.result(sealing.all());
      assertThat(sql.number("SELECT count(*) FROM seal")).isZero();
      slow.commit();
    }
    Await.result(sealing.all());
    assertThat(sql.number("SELECT sum(events) FROM seal_batch")).isEqualTo(2);
    assertThat(verify()).isEmpty();
  }

  @Test
  void twoSealers_makeOneChainWhileOthersWrite() throws Exception {
    Sealing other = new Sealing(store.database(), KEY, 3);
    for (int round = 0; round < 20; round++) {
      try (DirectSql late = DirectSql.open(store.endpoint()).begin()) {
        new TestLog(late).write("late" + round);
        log.write("x" + round, "y" + round);
        Future<Integer> one = sealing.next();
        Future<Integer> two = other.next();
        late.commit();
        Await.result(Future.join(one, two));
      }
    }
    Await.result(Future.join(sealing.all(), other.all()));
    Await.result(sealing.all());
    assertThat(sql.number("SELECT sum(events) FROM seal_batch")).isEqualTo(60);
    assertThat(verify()).isEmpty();
  }

  @Test
  void sealerThatDied_isFollowedByAnother() throws Exception {
    log.write("a", "b", "c", "d", "e");
    TestStore dying = TestStore.open(store.endpoint());
    assertThat(Await.result(new Sealing(dying.database(), KEY, 2).next())).isEqualTo(2);
    dying.close();
    Sealer sealer = new Sealer(store.database(), sealing, Duration.ofMillis(10));
    Await.result(store.vertx().deployVerticle(sealer));
    Await.until("the rest is sealed", () -> sql.number("SELECT sum(events) FROM seal_batch") == 5);
    assertThat(verify()).isEmpty();
  }

  @Test
  void droppedDay_isVerifiedThroughItsSeals() throws Exception {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    EventPartitions partitions = new EventPartitions(store.database());
    for (int age : new int[] {40, 39, 1}) {
      for (int i = 0; i < 3; i++) {
        sql.run(
            "INSERT INTO event (recorded_at, type, realm_id, at, data) VALUES"
                + " (now() - ? * interval '1 day', 'dev.curfew.auth.login', 1, now(), '{}')",
            age);
      }
    }
    Await.result(sealing.all());
    assertThat(sql.number("SELECT count(DISTINCT day) FROM seal_batch")).isEqualTo(3);
    assertThat(verify()).isEmpty();

    Retention retention = new Retention(store.database(), KEY);
    Await.result(partitions.dropOlderThan(Duration.ofDays(30), retention::release));

    assertThat(sql.number("SELECT count(*) FROM event")).isEqualTo(3);
    VerifiedPart part = Await.result(new LogVerification(store.database(), KEY).step(null, 0));
    assertThat(part.findings()).isEmpty();
    assertThat(part.dropped()).isEqualTo(6);
    assertThat(part.events()).isEqualTo(3);
    sql.run("UPDATE seal_floor SET day = ?", today.toEpochDay() + 1);
    sql.run("DELETE FROM event");
    assertThat(verify()).extracting(Finding::kind).contains(Kind.SEAL_ALTERED, Kind.EVENT_REMOVED);
  }

  @Test
  void unsealedDay_isNotDropped() throws SQLException {
    sql.run(
        "INSERT INTO event (recorded_at, type, realm_id, at, data) VALUES"
            + " (now() - interval '40 days', 'dev.curfew.auth.login', 1, now(), '{}')");
    EventPartitions partitions = new EventPartitions(store.database());
    Retention retention = new Retention(store.database(), KEY);
    Await.result(partitions.dropOlderThan(Duration.ofDays(30), retention::release));
    assertThat(sql.number("SELECT count(*) FROM event")).isEqualTo(1);
    Await.result(sealing.all());
    Await.result(partitions.dropOlderThan(Duration.ofDays(30), retention::release));
    assertThat(sql.number("SELECT count(*) FROM event")).isZero();
    assertThat(verify()).isEmpty();
  }
}
