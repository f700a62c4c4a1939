package dev.curfew.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.Claim;
import dev.curfew.lease.Claimant;
import dev.curfew.lease.RecordingStage;
import dev.curfew.lease.Work;
import dev.curfew.session.Initiator;
import dev.curfew.session.RecordingRetention;
import dev.curfew.store.ClaimStore.Grant;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.RecordedSessions;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClaimStoreTest {
  private static final String SHA256 = "00".repeat(32);

  private static final Duration LEASE = Duration.ofMinutes(2);
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final long LONG_SILENCE = Duration.ofMinutes(11).toMillis();
  private static final int MOST_ATTEMPTS = 3;

  private static TestStore store;
  private static DirectSql sql;
  private static RecordedSessions sessions;
  private static ClaimStore claims;

  @BeforeAll
  static void open() throws Exception {
    store = TestStore.open();
    sql = DirectSql.open(store.endpoint());
    sessions = new RecordedSessions(sql);
    claims = new ClaimStore(store.database());
  }

  @AfterAll
  static void close() throws SQLException {
    sql.close();
    store.close();
  }

  @BeforeEach
  void empty() throws SQLException {
    sql.run("TRUNCATE recording, artefact, session, event");
  }

  @Test
  void claim_takesTheLongestWaitingFirst() throws SQLException {
    UUID first = sessions.ended();
    UUID second = sessions.ended();
    UUID third = sessions.ended();

    Grant grant = Await.result(claims.claim(Work.ENCODE, List.of("a", "b"), LEASE, 0));

    assertThat(grant.granted())
        .extracting(granted -> granted.claim().sessionId())
        .containsExactly(first, second);
    assertThat(grant.granted())
        .extracting(granted -> granted.claim().owner())
        .containsExactly("a", "b");
    assertThat(grant.granted()).allSatisfy(g -> assertThat(g.claim().attempt()).isEqualTo(1));
    assertThat(sessions.stage(third)).isEqualTo(RecordingStage.ENDED);
    assertThat(sessions.events(first)).containsExactly("encoding");
  }

  @Test
  void claim_looksNoFurtherBackThanAsked() throws SQLException {
    sessions.ended();
    long later = System.currentTimeMillis() + 60_000;
    assertThat(Await.result(claims.claim(Work.ENCODE, List.of("a"), LEASE, later)).granted())
        .isEmpty();
  }

  @Test
  void claim_passesOverWhatAnotherTransactionIsClaiming() throws Exception {
    UUID locked = sessions.ended();
    UUID free = sessions.ended();
    try (DirectSql other = DirectSql.open(store.endpoint()).begin()) {
      other.column("SELECT 1 FROM recording WHERE session_id = ? FOR UPDATE", locked);
      assertThat(claimOne(Work.ENCODE, "a").sessionId()).isEqualTo(free);
      other.rollback();
    }
  }

  /** PITFALLS 19. */
  @Test
  void everyWordOfAnEarlierClaim_changesNothing() throws SQLException {
    UUID id = sessions.ended();
    Claim lost = claimOne(Work.ENCODE, "encoder");
    sessions.silent(id, LONG_SILENCE);
    assertThat(giveUpStale(0)).hasSize(1);
    Claim current = claimOne(Work.ENCODE, "encoder");
    String before = row(id);

    for (RecordingStage to : RecordingStage.values()) {
      refused(report(lost, to), ErrorCode.NOT_OWNER);
    }
    refused(claims.renew(id, lost.claimant(), LEASE), ErrorCode.NOT_OWNER);
    refused(claims.handBack(id, lost.claimant(), Duration.ZERO, "over"), ErrorCode.NOT_OWNER);
    refused(claims.requireHeld(id, lost.claimant(), Work.ENCODE), ErrorCode.NOT_OWNER);

    assertThat(row(id)).isEqualTo(before);
    assertThat(current.attempt()).isEqualTo(2);
    assertThat(current.token()).isGreaterThan(lost.token());
    assertThat(sessions.events(id)).containsExactly("encoding", "requeued", "encoding");
  }

  @Test
  void report_repeated_isASuccessAndOneEvent() throws SQLException {
    UUID id = sessions.ended();
    Claim claim = claimOne(Work.ENCODE, "encoder");

    assertThat(Await.result(report(claim, RecordingStage.DONE_ENCODED)).changed()).isTrue();
    assertThat(Await.result(report(claim, RecordingStage.DONE_ENCODED)).changed()).isFalse();
    claimOne(Work.UPLOAD, "uploader");
    assertThat(Await.result(report(claim, RecordingStage.DONE_ENCODED)).stage())
        .isEqualTo(RecordingStage.UPLOADING);

    assertThat(sessions.events(id)).containsExactly("encoding", "encoded", "uploading");
  }

  @Test
  void report_byNameAlone_countsForTheOwner() throws SQLException {
    UUID id = sessions.ended();
    claimOne(Work.ENCODE, "encoder");
    refused(
        claims.report(
            id,
            Claimant.of("other", null),
            RecordingStage.DONE_ENCODED,
            3,
            Duration.ZERO,
            StageDetails.NONE),
        ErrorCode.NOT_OWNER);
    Await.result(
        claims.report(
            id,
            Claimant.of("encoder", null),
            RecordingStage.DONE_ENCODED,
            3,
            Duration.ZERO,
            StageDetails.NONE));
    assertThat(sessions.stage(id)).isEqualTo(RecordingStage.DONE_ENCODED);
  }

  @Test
  void attempts_usedUp_leaveItFailedUntilItIsRetried() throws SQLException {
    UUID id = sessions.ended();
    for (int attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      Claim claim = claimOne(Work.ENCODE, "encoder");
      assertThat(claim.attempt()).isEqualTo(attempt);
      Await.result(
          claims.report(
              id,
              claim.claimant(),
              RecordingStage.FAILED,
              MOST_ATTEMPTS,
              Duration.ZERO,
              StageDetails.failure("no codec")));
    }
    assertThat(sessions.stage(id)).isEqualTo(RecordingStage.FAILED);
    assertThat(sessions.events(id))
        .containsExactly("encoding", "requeued", "encoding", "requeued", "encoding", "failed");
    assertThat(Await.result(claims.claim(Work.ENCODE, List.of("a"), LEASE, 0)).granted()).isEmpty();

    Initiator admin = new Initiator(Initiator.Kind.ADMIN, 1, "admin");
    assertThat(Await.result(claims.retry(id, admin)).stage()).isEqualTo(RecordingStage.ENDED);
    refused(claims.retry(id, admin), ErrorCode.WRONG_STATE);
    assertThat(claimOne(Work.ENCODE, "encoder").attempt()).isEqualTo(1);
  }

  /** PITFALLS 20: time alone gives nobody up. */
  @Test
  void renewal_keepsTheOwnerFromBeingGivenUp() throws SQLException {
    UUID id = sessions.ended();
    Claim claim = claimOne(Work.ENCODE, "encoder");
    sessions.silent(id, LONG_SILENCE);
    assertThat(Await.result(claims.renew(id, claim.claimant(), LEASE)).leaseUntil())
        .isGreaterThan(System.currentTimeMillis());
    assertThat(giveUpStale(0)).isEmpty();
  }

  /** PITFALLS 21: what an earlier process of the name left behind is still silent. */
  @Test
  void reusedName_hidesNoOrphan() throws SQLException {
    UUID left = sessions.ended();
    Claim orphan = claimOne(Work.ENCODE, "encoder");
    sessions.silent(left, LONG_SILENCE);
    UUID own = sessions.ended();
    Claim claim = claimOne(Work.ENCODE, "encoder");
    Await.result(claims.renew(own, claim.claimant(), LEASE));

    refused(
        claims.renew(left, Claimant.of("encoder", claim.claimToken()), LEASE), ErrorCode.NOT_OWNER);
    assertThat(giveUpStale(0))
        .extracting(ClaimStore.GivenUp::sessionId)
        .as("the present one's signs of life are not the orphan's")
        .containsExactly(left);
    claimOne(Work.ENCODE, "encoder");
    refused(claims.renew(left, orphan.claimant(), LEASE), ErrorCode.NOT_OWNER);
    refused(report(orphan, RecordingStage.DONE_ENCODED), ErrorCode.NOT_OWNER);
  }

  @Test
  void reportThatAnAttemptFailed_repeated_isASuccessAndOneEvent() throws SQLException {
    UUID id = sessions.ended();
    Claim claim = claimOne(Work.ENCODE, "encoder");

    assertThat(Await.result(report(claim, RecordingStage.FAILED)).changed()).isTrue();
    assertThat(Await.result(report(claim, RecordingStage.FAILED)).changed()).isFalse();
    refused(report(claim, RecordingStage.DONE_ENCODED), ErrorCode.NOT_OWNER);
    claimOne(Work.ENCODE, "another");
    refused(report(claim, RecordingStage.FAILED), ErrorCode.NOT_OWNER);

    assertThat(sessions.events(id)).containsExactly("encoding", "requeued", "encoding");
  }

  /**
   * PITFALLS 15: what was encoded stays whatever becomes of its upload, until it is uploaded, and
   * no uploader alters it.
   */
  @Test
  void whatWasEncoded_isLostByNoMove() throws SQLException {
    UUID id = sessions.ended();
    Claim encode = claimOne(Work.ENCODE, "encoder");
    Await.result(artefacts().putArtefact(id, encode.claimant(), video("good")));
    Await.result(report(encode, RecordingStage.DONE_ENCODED));

    for (int attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      Claim upload = claimOne(Work.UPLOAD, "uploader");
      refused(
          artefacts().putArtefact(id, upload.claimant(), video("altered")), ErrorCode.NOT_OWNER);
      refused(artefacts().putArtefact(id, encode.claimant(), video("late")), ErrorCode.NOT_OWNER);
      sessions.silent(id, LONG_SILENCE);
      Await.result(claims.giveUpStale(Work.UPLOAD, LIMIT, 0, MOST_ATTEMPTS, 100));
      assertThat(locations(id)).containsExactly("good");
    }
    assertThat(sessions.stage(id)).isEqualTo(RecordingStage.FAILED);
    assertThat(Await.result(claims.retry(id, Initiator.WATCHDOG)).stage())
        .isEqualTo(RecordingStage.DONE_ENCODED);
    Claim upload = claimOne(Work.UPLOAD, "uploader");
    assertThat(upload.attempt()).isEqualTo(1);
    Await.result(artefacts().putDestination(id, upload.claimant(), ArtefactKind.VIDEO, "there"));
    Await.result(report(upload, RecordingStage.DONE_UPLOADED));
    assertThat(giveUpStale(0)).isEmpty();
    assertThat(locations(id)).containsExactly("good");
  }

  /** What an attempt left is let go by the next one, which makes everything anew. */
  @Test
  void whatAnUnfinishedAttemptMade_staysUntilTheNextBegins() throws SQLException {
    UUID id = sessions.ended();
    Claim first = claimOne(Work.ENCODE, "encoder");
    Await.result(artefacts().putArtefact(id, first.claimant(), video("unfinished")));
    sessions.silent(id, LONG_SILENCE);
    assertThat(giveUpStale(0)).hasSize(1);
    assertThat(locations(id)).containsExactly("unfinished");
    Claim second = claimOne(Work.ENCODE, "encoder");
    assertThat(locations(id)).isEmpty();
    refused(artefacts().putArtefact(id, first.claimant(), video("late")), ErrorCode.NOT_OWNER);
    Await.result(artefacts().putArtefact(id, second.claimant(), video("whole")));
    assertThat(locations(id)).containsExactly("whole");
  }

  /**
   * PITFALLS 15: whoever reports while the watchdog comes by has either finished, or been moved.
   */
  @Test
  void workThatEndsAsTheWatchdogComesBy_isEitherDoneOrPutBack() throws SQLException {
    int recordings = 100;
    sessions.ended(recordings);
    List<Claim> finishing = new ArrayList<>();
    Await.result(claims.claim(Work.ENCODE, Collections.nCopies(recordings, "encoder"), LEASE, 0))
        .granted()
        .forEach(granted -> finishing.add(granted.claim()));
    for (Claim claim : finishing) {
      Await.result(
          artefacts().putArtefact(claim.sessionId(), claim.claimant(), video(claim.claimToken())));
      sessions.silent(claim.sessionId(), LONG_SILENCE);
    }

    Future<List<ClaimStore.GivenUp>> sweep =
        claims.giveUpStale(Work.ENCODE, LIMIT, 0, MOST_ATTEMPTS, recordings);
    Set<UUID> done = ConcurrentHashMap.newKeySet();
    List<Future<?>> reports = new ArrayList<>();
    Collections.reverse(finishing);
    for (Claim claim : finishing) {
      reports.add(
          report(claim, RecordingStage.DONE_ENCODED)
              .onSuccess(moved -> done.add(claim.sessionId()))
              .otherwiseEmpty());
    }
    Await.result(Future.join(reports));
    List<UUID> givenUp = Await.result(sweep).stream().map(ClaimStore.GivenUp::sessionId).toList();

    assertThat(givenUp).doesNotContainAnyElementsOf(done);
    assertThat(givenUp.size() + done.size()).isEqualTo(recordings);
    for (Claim claim : finishing) {
      boolean wasDone = done.contains(claim.sessionId());
      assertThat(sessions.stage(claim.sessionId()))
          .isEqualTo(wasDone ? RecordingStage.DONE_ENCODED : RecordingStage.ENDED);
      assertThat(sessions.events(claim.sessionId()))
          .containsExactly("encoding", wasDone ? "encoded" : "requeued");
      assertThat(locations(claim.sessionId())).containsExactly(claim.claimToken());
    }
  }

  private static RecordingStore artefacts() {
    return new RecordingStore(store.database(), RecordingRetention.FOREVER);
  }

  private static ArtefactRow video(String location) {
    return new ArtefactRow(
        ArtefactKind.VIDEO, "video/mp4", 1, SHA256, StoredForm.plain(1, SHA256), location, null);
  }

  private static List<String> locations(UUID id) throws SQLException {
    return sql.column("SELECT location FROM artefact WHERE session_id = ?", id);
  }

  @Test
  void silence_isGivenUpOnlyAfterWhatCouldBeHeard() throws SQLException {
    UUID id = sessions.ended();
    claimOne(Work.ENCODE, "encoder");
    sessions.silent(id, LONG_SILENCE);
    assertThat(giveUpStale(System.currentTimeMillis())).isEmpty();
    assertThat(giveUpStale(System.currentTimeMillis() - LONG_SILENCE)).hasSize(1);
  }

  @Test
  void poll_isAnsweredToWhoeverWorkedOnItLast() throws SQLException {
    UUID id = sessions.ended();
    Renewal gateway =
        Await.result(claims.renew(id, Claimant.of(RecordedSessions.GATEWAY, null), LEASE));
    assertThat(gateway).isEqualTo(new Renewal(RecordingStage.ENDED, 0, true));
    refused(claims.renew(id, Claimant.of("stranger", null), LEASE), ErrorCode.NOT_OWNER);
    refused(
        claims.renew(new UUID(1, 1), Claimant.of("stranger", null), LEASE), ErrorCode.NOT_FOUND);

    Claim claim = claimOne(Work.ENCODE, "encoder");
    Await.result(report(claim, RecordingStage.DONE_ENCODED));
    assertThat(Await.result(claims.renew(id, Claimant.of("encoder", null), LEASE)))
        .isEqualTo(new Renewal(RecordingStage.DONE_ENCODED, 0, false));
  }

  @Test
  void earlierRunsOfAWorker_areGivenUpAtOnce() throws SQLException {
    UUID earlier = sessions.ended();
    claimOne(Work.ENCODE, "node-1/encoder/a");
    UUID present = sessions.ended();
    claimOne(Work.ENCODE, "node-1/encoder/b");
    UUID another = sessions.ended();
    claimOne(Work.ENCODE, "node-10/encoder/a");

    Await.result(
        claims.giveUpEarlierRuns(
            Work.ENCODE, "node-1/encoder/", "node-1/encoder/b", MOST_ATTEMPTS));

    assertThat(sessions.stage(earlier)).isEqualTo(RecordingStage.ENDED);
    assertThat(sessions.stage(present)).isEqualTo(RecordingStage.ENCODING);
    assertThat(sessions.stage(another)).isEqualTo(RecordingStage.ENCODING);
  }

  /**
   * Fifty claimants, some of whom vanish with what they claimed, and a watchdog that puts it back:
   * every recording is finished once, and never by two at a time.
   */
  @Test
  void recordings_haveOneOwnerEachUnderFiftyClaimants() throws Exception {
    int recordings = 500;
    Set<UUID> all = new HashSet<>(sessions.ended(recordings));
    Random random = new Random(42);
    Set<UUID> finished = ConcurrentHashMap.newKeySet();
    Set<Long> tokens = ConcurrentHashMap.newKeySet();
    AtomicInteger finishedTwice = new AtomicInteger();
    List<Claim> lost = Collections.synchronizedList(new ArrayList<>());

    for (int round = 0; finished.size() < recordings; round++) {
      assertThat(round).as("rounds").isLessThan(200);
      List<Future<?>> claimants = new ArrayList<>();
      for (int claimant = 0; claimant < 50; claimant++) {
        String name = "encoder-" + claimant;
        boolean vanishes = random.nextInt(5) == 0;
        claimants.add(
            claims
                .claim(Work.ENCODE, Collections.nCopies(1 + random.nextInt(5), name), LEASE, 0)
                .compose(
                    grant -> {
                      List<Future<?>> reports = new ArrayList<>();
                      grant
                          .granted()
                          .forEach(
                              granted -> {
                                Claim claim = granted.claim();
                                assertThat(tokens.add(claim.token() ^ claim.sessionId().hashCode()))
                                    .isTrue();
                                if (vanishes) {
                                  lost.add(claim);
                                } else {
                                  reports.add(finish(claim, finished, finishedTwice));
                                }
                              });
                      return Future.join(reports);
                    }));
      }
      // Meanwhile the watchdog comes by and finds everybody silent, those too who are just
      // reporting.
      sql.run(
          """
          UPDATE recording SET lease_until = lease_until - interval '11 minutes',
            reported_at = reported_at - interval '11 minutes' WHERE stage = 3
          """);
      Await.result(claims.giveUpStale(Work.ENCODE, LIMIT, 0, 1_000, 1_000));
      Await.result(Future.join(claimants));
    }

    for (Claim claim : lost) {
      refused(report(claim, RecordingStage.DONE_ENCODED), ErrorCode.NOT_OWNER);
    }
    assertThat(finished).isEqualTo(all);
    assertThat(finishedTwice).hasValue(0);
    assertThat(lost).as("the test is about them").isNotEmpty();
    assertThat(sql.number("SELECT count(*) FROM event WHERE type = 'dev.curfew.recording.encoded'"))
        .isEqualTo(recordings);
    assertThat(sql.number("SELECT count(*) FROM recording WHERE stage = 4")).isEqualTo(recordings);
  }

  private Future<?> finish(Claim claim, Set<UUID> finished, AtomicInteger finishedTwice) {
    return report(claim, RecordingStage.DONE_ENCODED)
        .onSuccess(
            moved -> {
              if (!finished.add(claim.sessionId())) {
                finishedTwice.incrementAndGet();
              }
            })
        .recover(
            refusal -> {
              assertThat(((CurfewException) refusal).code()).isEqualTo(ErrorCode.NOT_OWNER);
              return Future.succeededFuture();
            });
  }

  private static Future<ClaimStore.Moved> report(Claim claim, RecordingStage to) {
    return claims.report(
        claim.sessionId(), claim.claimant(), to, MOST_ATTEMPTS, Duration.ZERO, StageDetails.NONE);
  }

  private static Claim claimOne(Work work, String instance) {
    Grant grant = Await.result(claims.claim(work, List.of(instance), LEASE, 0));
    assertThat(grant.granted()).hasSize(1);
    return grant.granted().get(0).claim();
  }

  private static List<ClaimStore.GivenUp> giveUpStale(long hearingSince) {
    return Await.result(claims.giveUpStale(Work.ENCODE, LIMIT, hearingSince, MOST_ATTEMPTS, 100));
  }

  private static String row(UUID id) throws SQLException {
    return sql.value("SELECT r::text FROM recording r WHERE session_id = ?", id);
  }

  private static void refused(Future<?> future, ErrorCode code) {
    assertThat(Await.failure(future))
        .isInstanceOfSatisfying(
            CurfewException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }
}
