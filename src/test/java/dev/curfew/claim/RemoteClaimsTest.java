package dev.curfew.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.bus.Bus;
import dev.curfew.bus.Claims;
import dev.curfew.bus.RecordingReady;
import dev.curfew.bus.Routes;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.Claim;
import dev.curfew.lease.RecordingStage;
import dev.curfew.lease.Work;
import dev.curfew.store.ClaimStore;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.RecordedSessions;
import dev.curfew.testing.TestStore;
import dev.curfew.testing.TwoMembers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RemoteClaimsTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LITTLE_PATIENCE = Duration.ofMillis(500);
  private static final UUID FIRST = new UUID(0, 1);
  private static final UUID SECOND = new UUID(0, 2);

  private TestStore store;
  private DirectSql sql;
  private RecordedSessions sessions;
  private Bus bus;
  private ClaimStore claimStore;
  private ClaimCoordinator coordinator;
  private final List<UUID> members = new CopyOnWriteArrayList<>();
  private RemoteClaims remote;

  @BeforeEach
  void open() throws Exception {
    store = TestStore.open();
    sql = DirectSql.open(store.endpoint());
    sessions = new RecordedSessions(sql);
    bus = new Bus(store.vertx());
    claimStore = new ClaimStore(store.database());
    coordinator =
        new ClaimCoordinator(
            claimStore,
            bus,
            new ClaimCoordinator.Options(Duration.ofMinutes(2), NEVER, Duration.ofSeconds(5)));
    Await.result(store.vertx().deployVerticle(coordinator));
  }

  @AfterEach
  void close() throws SQLException {
    sql.close();
    store.close();
  }

  private void handOut(UUID member, Claims claims) {
    Await.result(store.vertx().deployVerticle(new ClaimsForOthers(claims, bus, member)));
    members.add(member);
  }

  private void ask(Duration sweep, Duration patience) {
    remote =
        new RemoteClaims(claimStore, bus, () -> members, new RemoteClaims.Options(sweep, patience));
    Await.result(store.vertx().deployVerticle(remote));
  }

  private Future<List<Claim>> claim(String instance, int most, Duration wait) {
    return remote.claim(Work.ENCODE, instance, most, wait).granted();
  }

  private static ErrorCode refusal(Future<List<Claim>> claim) {
    return ((CurfewException) Await.failure(claim)).code();
  }

  @Test
  void claim_getsWhatAnotherMemberHandsOut() throws SQLException {
    handOut(FIRST, coordinator);
    ask(NEVER, PATIENCE);
    assertThat(Await.result(claim("a", 2, Duration.ZERO))).isEmpty();
    sessions.ended(3);
    List<Claim> claims = Await.result(claim("a", 2, Duration.ZERO));
    assertThat(claims).hasSize(2).allSatisfy(claim -> assertThat(claim.owner()).isEqualTo("a"));
    assertThat(sessions.stage(claims.get(0).sessionId())).isEqualTo(RecordingStage.ENCODING);
  }

  @Test
  void claimOverTheNetwork_isTheSame() throws Exception {
    try (TwoMembers network = TwoMembers.start()) {
      Bus there = new Bus(network.second().vertx());
      Await.result(
          network
              .second()
              .vertx()
              .deployVerticle(new ClaimsForOthers(coordinator, there, TwoMembers.SECOND)));
      members.add(TwoMembers.SECOND);
      Bus here = new Bus(network.first().vertx());
      remote =
          new RemoteClaims(
              claimStore,
              here,
              () -> members,
              new RemoteClaims.Options(Duration.ofMillis(50), Duration.ofSeconds(5)));
      Await.result(network.first().vertx().deployVerticle(remote));
      UUID id = sessions.ended();
      assertThat(Await.result(claim("a", 1, LONG)))
          .extracting(Claim::sessionId)
          .containsExactly(id);
    }
  }

  @Test
  void claimThatWaits_isWokenByTheWordThatOneIsReady() throws SQLException {
    handOut(FIRST, coordinator);
    ask(NEVER, PATIENCE);
    Future<List<Claim>> waiting = claim("a", 1, LONG);
    UUID id = sessions.ended();
    bus.publish(Routes.RECORDING_READY, RecordingReady.INSTANCE);
    assertThat(Await.result(waiting)).extracting(Claim::sessionId).containsExactly(id);
  }

  @Test
  void claimThatWaits_isFoundByTheSweepWhenTheWordIsLost() throws SQLException {
    handOut(FIRST, coordinator);
    ask(Duration.ofMillis(20), PATIENCE);
    Future<List<Claim>> waiting = claim("a", 1, LONG);
    UUID id = sessions.ended();
    assertThat(Await.result(waiting)).extracting(Claim::sessionId).containsExactly(id);
  }

  @Test
  void claimThatWaits_isAnsweredWithNothingWhenItsWaitIsOver() {
    handOut(FIRST, coordinator);
    ask(NEVER, PATIENCE);
    assertThat(Await.result(claim("a", 1, Duration.ofMillis(100)))).isEmpty();
  }

  @Test
  void manyClaims_getDifferentRecordings() throws SQLException {
    handOut(FIRST, coordinator);
    ask(Duration.ofMillis(50), PATIENCE);
    Set<UUID> all = new HashSet<>(sessions.ended(60));
    List<Future<List<Claim>>> asked = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      asked.add(claim("encoder-" + i, 1, i % 2 == 0 ? Duration.ZERO : LONG));
    }
    List<UUID> granted = new ArrayList<>();
    asked.forEach(each -> Await.result(each).forEach(claim -> granted.add(claim.sessionId())));
    assertThat(granted).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void claimWhereNobodyHandsOut_isUnavailableAtTheEndOfItsWait() {
    ask(NEVER, PATIENCE);
    assertThat(refusal(claim("a", 1, Duration.ZERO))).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(refusal(claim("a", 1, Duration.ofMillis(50)))).isEqualTo(ErrorCode.UNAVAILABLE);
    members.add(FIRST);
    assertThat(refusal(claim("a", 1, Duration.ZERO))).isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void memberThatIsGone_isPassedOver() throws SQLException {
    members.add(FIRST);
    handOut(SECOND, coordinator);
    ask(NEVER, PATIENCE);
    UUID id = sessions.ended();
    assertThat(Await.result(claim("a", 1, Duration.ZERO)))
        .extracting(Claim::sessionId)
        .containsExactly(id);
  }

  @Test
  void cancelledClaim_givesBackWhatItWasGranted() throws SQLException {
    handOut(FIRST, coordinator);
    ask(NEVER, PATIENCE);
    UUID id = sessions.ended();
    Claims.Ticket ticket = remote.claim(Work.ENCODE, "a", 1, Duration.ZERO);
    Await.result(ticket.granted());
    ticket.cancel();
    Await.until("given back", () -> sessions.stage(id) == RecordingStage.ENDED);
  }

  @Test
  void claimCancelledWhileItIsAskedFor_givesBackWhatItIsGranted() throws SQLException {
    SlowClaims slow = new SlowClaims();
    handOut(FIRST, slow);
    ask(NEVER, PATIENCE);
    UUID id = sessions.ended();
    Claims.Ticket ticket = remote.claim(Work.ENCODE, "a", 1, Duration.ZERO);
    Await.until("granted there", () -> sessions.stage(id) == RecordingStage.ENCODING);
    ticket.cancel();
    slow.answers.complete();
    Await.until("given back", () -> sessions.stage(id) == RecordingStage.ENDED);
    assertThat(Await.result(ticket.granted())).isEmpty();
  }

  @Test
  void claimWhoseAnswerComesTooLate_isGivenBackThereAndNotAskedForAgainBefore()
      throws SQLException {
    SlowClaims slow = new SlowClaims();
    handOut(FIRST, slow);
    ask(NEVER, LITTLE_PATIENCE);
    UUID id = sessions.ended();
    assertThat(refusal(claim("a", 1, Duration.ZERO))).isEqualTo(ErrorCode.UNAVAILABLE);
    Await.until("given back", () -> sessions.stage(id) == RecordingStage.ENDED);
    assertThat(slow.asked).isEqualTo(1);
    slow.answers.complete();
    assertThat(Await.result(claim("b", 1, Duration.ZERO)))
        .extracting(Claim::sessionId)
        .containsExactly(id);
  }

  @Test
  void claimThatWaits_isAskedForAgainWhenALateAnswerHasBeenWithdrawn() throws SQLException {
    SlowClaims slow = new SlowClaims();
    handOut(FIRST, slow);
    ask(Duration.ofMillis(20), LITTLE_PATIENCE);
    UUID id = sessions.ended();
    Future<List<Claim>> waiting = claim("a", 1, LONG);
    Await.until("withdrawn and asked again", () -> slow.asked > 1);
    slow.answers.complete();
    Claim claim = Await.result(waiting).get(0);
    assertThat(claim.sessionId()).isEqualTo(id);
    assertThat(sql.number("SELECT token FROM recording WHERE session_id = ?", id))
        .isEqualTo(claim.token());
  }

  /** When nobody confirms the withdrawal, the claim may be another's: it is not put again. */
  @Test
  void claimThatIsLostWithItsMember_isNotPutToAnother() throws SQLException {
    SlowClaims slow = new SlowClaims();
    Await.result(
        bus.serve(
            Routes.CLAIMS,
            FIRST,
            question -> Promise.<dev.curfew.bus.ClaimsGranted>promise().future()));
    members.add(FIRST);
    handOut(SECOND, slow);
    ask(NEVER, LITTLE_PATIENCE);
    sessions.ended();
    assertThat(refusal(claim("a", 1, LONG))).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(slow.asked).isZero();
  }

  /** Hands out what the coordinator does, and says so only when it is let. */
  private final class SlowClaims implements Claims {
    final Promise<Void> answers = Promise.promise();
    volatile int asked;

    @Override
    public Ticket claim(Work work, String instance, int most, Duration wait) {
      asked++;
      Ticket ticket = coordinator.claim(work, instance, most, wait);
      return new Ticket() {
        @Override
        public Future<List<Claim>> granted() {
          return ticket.granted().compose(claims -> answers.future().map(claims));
        }

        @Override
        public void cancel() {
          ticket.cancel();
        }
      };
    }
  }
}
