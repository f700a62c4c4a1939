package dev.curfew.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.curfew.bus.Bus;
import dev.curfew.bus.Claims;
import dev.curfew.bus.RecordingReady;
import dev.curfew.bus.Routes;
import dev.curfew.lease.Claim;
import dev.curfew.lease.RecordingStage;
import dev.curfew.lease.Work;
import dev.curfew.store.ClaimStore;
import dev.curfew.store.StageDetails;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.RecordedSessions;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClaimCoordinatorTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private TestStore store;
  private DirectSql sql;
  private RecordedSessions sessions;
  private Bus bus;
  private ClaimStore claimStore;
  private ClaimCoordinator coordinator;

  @BeforeEach
  void open() throws Exception {
    store = TestStore.open();
    sql = DirectSql.open(store.endpoint());
    sessions = new RecordedSessions(sql);
    bus = new Bus(store.vertx());
    claimStore = new ClaimStore(store.database());
  }

  @AfterEach
  void close() throws SQLException {
    sql.close();
    store.close();
  }

  private void deploy(Duration sweep) {
    coordinator =
        new ClaimCoordinator(
            claimStore,
            bus,
            new ClaimCoordinator.Options(Duration.ofMinutes(2), sweep, Duration.ofSeconds(5)));
    Await.result(store.vertx().deployVerticle(coordinator));
  }

  private void deployWithoutSweep() {
    deploy(Duration.ofHours(1));
  }

  @Test
  void claimOfNothing_isAnsweredAtOnce() {
    deployWithoutSweep();
    assertThat(claim("a", 5, Duration.ZERO)).isEmpty();
  }

  /** PITFALLS 23. */
  @Test
  void claim_getsAsManyAsItAskedForAndTheyAreItsOwn() throws SQLException {
    deployWithoutSweep();
    sessions.ended(5);
    List<Claim> claims = claim("a", 3, Duration.ZERO);
    assertThat(claims).hasSize(3).allSatisfy(c -> assertThat(c.owner()).isEqualTo("a"));
    for (Claim claim : claims) {
      assertThat(sessions.stage(claim.sessionId())).isEqualTo(RecordingStage.ENCODING);
    }
  }

  @Test
  void kindsOfWork_areServedApart() throws SQLException {
    deployWithoutSweep();
    UUID id = sessions.ended();
    assertThat(Await.result(coordinator.claim(Work.UPLOAD, "u", 1, Duration.ZERO).granted()))
        .isEmpty();
    Claim encode = claim("a", 1, Duration.ZERO).get(0);
    Await.result(
        claimStore.report(
            id,
            encode.claimant(),
            RecordingStage.DONE_ENCODED,
            3,
            Duration.ZERO,
            StageDetails.NONE));
    assertThat(Await.result(coordinator.claim(Work.UPLOAD, "u", 1, Duration.ZERO).granted()))
        .extracting(Claim::sessionId)
        .containsExactly(id);
  }

  @Test
  void claimThatWaits_isWokenByTheWordThatOneIsReady() throws SQLException {
    deployWithoutSweep();
    Future<List<Claim>> waiting = coordinator.claim(Work.ENCODE, "a", 1, LONG).granted();
    UUID id = sessions.ended();
    assertThat(waiting.isComplete()).isFalse();
    bus.publish(Routes.RECORDING_READY, RecordingReady.INSTANCE);
    assertThat(Await.result(waiting)).extracting(Claim::sessionId).containsExactly(id);
  }

  @Test
  void claimThatWaits_isFoundByTheSweepWhenTheWordIsLost() throws SQLException {
    deploy(Duration.ofMillis(50));
    Future<List<Claim>> waiting = coordinator.claim(Work.ENCODE, "a", 1, LONG).granted();
    UUID id = sessions.ended();
    assertThat(Await.result(waiting)).extracting(Claim::sessionId).containsExactly(id);
  }

  @Test
  void claimThatWaits_isAnsweredWithNothingWhenItsWaitIsOver() {
    deployWithoutSweep();
    assertThat(claim("a", 1, Duration.ofMillis(100))).isEmpty();
  }

  @Test
  void recordingSeenLongAfterItsReadyTime_isFoundByTheSweep() throws SQLException {
    deploy(Duration.ofMillis(50));
    sessions.ended();
    assertThat(claim("a", 1, Duration.ZERO)).hasSize(1);
    UUID late = sessions.ended();
    sql.run(
        "UPDATE recording SET ready_at = ready_at - interval '1 minute' WHERE session_id = ?",
        late);
    assertThat(claim("a", 1, LONG)).extracting(Claim::sessionId).containsExactly(late);
  }

  @Test
  void manyClaims_shareTheirStatementsAndGetDifferentRecordings() throws SQLException {
    deployWithoutSweep();
    Set<UUID> all = new HashSet<>(sessions.ended(120));
    List<Future<List<Claim>>> asked = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      asked.add(coordinator.claim(Work.ENCODE, "encoder-" + i, 2, Duration.ZERO).granted());
    }
    List<UUID> got = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      String owner = "encoder-" + i;
      List<Claim> claims = Await.result(asked.get(i));
      assertThat(claims).hasSize(2).allSatisfy(c -> assertThat(c.owner()).isEqualTo(owner));
      claims.forEach(claim -> got.add(claim.sessionId()));
    }
    assertThat(got).doesNotHaveDuplicates();
    assertThat(new HashSet<>(got)).isEqualTo(all);
  }

  @Test
  void oneRecordingForManyWhoWait_goesToOne() throws SQLException {
    deployWithoutSweep();
    List<Future<List<Claim>>> waiting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waiting.add(coordinator.claim(Work.ENCODE, "encoder-" + i, 3, LONG).granted());
    }
    sessions.ended();
    bus.publish(Routes.RECORDING_READY, RecordingReady.INSTANCE);
    Await.until("one is served", () -> waiting.stream().anyMatch(Future::isComplete));
    assertThat(waiting.stream().filter(Future::isComplete)).hasSize(1);
  }

  @Test
  void claimantThatHasGone_getsNothing() throws SQLException {
    deployWithoutSweep();
    Claims.Ticket gone = coordinator.claim(Work.ENCODE, "gone", 1, LONG);
    gone.cancel();
    assertThat(Await.result(gone.granted())).isEmpty();
    UUID id = sessions.ended();
    bus.publish(Routes.RECORDING_READY, RecordingReady.INSTANCE);
    Claim claim = claim("b", 1, Duration.ZERO).get(0);
    assertThat(claim.sessionId()).isEqualTo(id);
    assertThat(claim.attempt()).isEqualTo(1);
  }

  @Test
  void claimantThatGoesWithItsAnswerUnderWay_givesItBack() throws SQLException {
    deployWithoutSweep();
    UUID id = sessions.ended();
    Claims.Ticket ticket = coordinator.claim(Work.ENCODE, "gone", 1, Duration.ZERO);
    ticket.cancel();
    Await.until("given back", () -> sessions.stage(id) == RecordingStage.ENDED);
    Claim claim = claim("b", 1, LONG).get(0);
    assertThat(claim.attempt()).as("what nobody worked on is no attempt").isEqualTo(1);
  }

  @Test
  void claimantWhoseAnswerCannotBeDelivered_givesItBack() throws SQLException {
    deployWithoutSweep();
    UUID id = sessions.ended();
    Claims.Ticket ticket = coordinator.claim(Work.ENCODE, "gone", 1, Duration.ZERO);
    assertThat(Await.result(ticket.granted())).hasSize(1);
    ticket.cancel();
    Await.until("given back", () -> sessions.stage(id) == RecordingStage.ENDED);
  }

  @Test
  void shutdown_answersWhoWaits() {
    deployWithoutSweep();
    Future<List<Claim>> waiting = coordinator.claim(Work.ENCODE, "a", 1, LONG).granted();
    Await.result(store.vertx().undeploy(coordinator.deploymentID()));
    assertThat(Await.result(waiting)).isEmpty();
    assertThat(Await.failure(coordinator.claim(Work.ENCODE, "a", 1, LONG).granted()))
        .hasMessageContaining("does not hand out claims");
  }

  @Test
  void badRequests_areRefusedNamingTheField() {
    deployWithoutSweep();
    assertThatThrownBy(() -> coordinator.claim(Work.ENCODE, " ", 1, Duration.ZERO))
        .hasMessageContaining("processInstance");
    assertThatThrownBy(() -> coordinator.claim(Work.ENCODE, "a", 0, Duration.ZERO))
        .hasMessageContaining("maxSessions");
    assertThatThrownBy(() -> coordinator.claim(Work.ENCODE, "a", 1, Duration.ofSeconds(-1)))
        .hasMessageContaining("waitSeconds");
  }

  private List<Claim> claim(String instance, int most, Duration wait) {
    return Await.result(coordinator.claim(Work.ENCODE, instance, most, wait).granted());
  }
}
