package dev.curfew.directory;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.Policy;
import dev.curfew.realm.Realm;
import dev.curfew.realm.SessionAttributes;
import dev.curfew.realm.SessionDetail;
import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import dev.curfew.session.Tier;
import dev.curfew.testing.Await;
import dev.curfew.testing.TestNode;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class SessionChangesTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private static TestNode node;
  private static SessionChanges changes;
  private static Principal admin;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start();
    changes = node.directory().sessionChanges();
    admin = node.admin();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static SessionDetail open(Principal by, SessionKind kind) {
    return open(by, SessionRequest.of(kind).lasting(HOUR));
  }

  private static SessionDetail open(Principal by, SessionRequest request) {
    return Await.result(node.directory().sessionOpenings().open(by, request));
  }

  private static String overMaximum(Principal by, SessionDetail session, Duration more) {
    return refused(ErrorCode.OVER_MAXIMUM_DURATION, () -> changes.extend(by, session.id(), more))
        .getMessage();
  }

  @Test
  void extend_movesTheEnd() {
    Principal user = node.user(Role.USER);
    SessionDetail session = open(user, SessionKind.ACCESS);
    SessionDetail extended = Await.result(changes.extend(user, session.id(), HOUR));
    assertThat(extended.expiresAt()).isEqualTo(session.expiresAt() + HOUR.toMillis());
    assertThat(extended.generation()).isEqualTo(1);
  }

  @Test
  void extend_overTheTierIsRefusedInTheAccessDialectsWordsAndChangesNothing() {
    Principal user = node.user(node.realm(Tier.FREE).name(), Role.USER);
    SessionDetail session = open(user, SessionKind.ACCESS);
    assertThat(overMaximum(user, session, HOUR.plusMillis(1)))
        .isEqualTo("Extension would exceed maximum session duration of 2 hours for Free tier");
    assertThat(Await.result(changes.extend(user, session.id(), HOUR)).expiresAt())
        .isEqualTo(session.expiresAt() + HOUR.toMillis());
  }

  @Test
  void extend_overThePolicyIsRefusedWithItsName() {
    Realm realm = node.realm(Tier.BUSINESS);
    Principal orgAdmin = node.user(realm.name(), Role.ORG_ADMIN);
    Policy policy =
        Await.result(
            node.directory()
                .policies()
                .create(
                    orgAdmin,
                    null,
                    new PolicyTerms("short", HOUR, null, null, null, null, false, null)));
    SessionDetail session =
        open(orgAdmin, SessionRequest.of(SessionKind.ACCESS).underPolicy(policy.id()));
    assertThat(overMaximum(orgAdmin, session, Duration.ofSeconds(1)))
        .isEqualTo("Extension would exceed maximum session duration of 1 hour for policy short");
  }

  @Test
  void extend_byAbsurdDurationsNeitherOverflowsNorShortens() {
    SessionDetail session = open(admin, SessionKind.ACCESS);
    for (Duration absurd :
        List.of(
            Duration.ofMillis(Long.MAX_VALUE),
            Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
            Duration.ofHours(2_562_047_788_015L),
            Duration.ofDays(366))) {
      assertThat(overMaximum(admin, session, absurd)).contains("24 hours for Enterprise tier");
    }
    for (Duration none : List.of(Duration.ZERO, Duration.ofHours(-1), Duration.ofNanos(5))) {
      refused(ErrorCode.INVALID_FIELD, () -> changes.extend(admin, session.id(), none));
    }
  }

  @Test
  void extend_afterTheTierWasLowered_countsTheNewOne() {
    Realm realm = node.realm(Tier.BUSINESS);
    Principal user = node.user(realm.name(), Role.USER);
    SessionDetail session = open(user, SessionKind.ACCESS);
    Await.result(node.directory().realms().changeTier(admin, realm.name(), Tier.FREE));
    assertThat(overMaximum(user, session, HOUR.multipliedBy(2)))
        .isEqualTo("Extension would exceed maximum session duration of 2 hours for Free tier");
  }

  @Test
  void extend_ofAnEndedSessionIsAConflictWhateverIsAdded() {
    SessionDetail session = open(admin, SessionKind.ACCESS);
    Await.result(changes.stop(admin, session.id()));
    for (Duration more : List.of(Duration.ofMinutes(1), Duration.ofDays(300))) {
      refused(ErrorCode.WRONG_STATE, () -> changes.extend(admin, session.id(), more));
    }
  }

  @Test
  void stop_byTheUserAndByAnAdministratorAreToldApart() {
    Principal user = node.user(Role.USER);
    SessionDetail own = open(user, SessionKind.ACCESS);
    SessionDetail stopped = Await.result(changes.stop(user, own.id()));
    assertThat(stopped.state()).isEqualTo(SessionState.ENDED);
    assertThat(stopped.reason()).isEqualTo(EndReason.STOPPED);
    assertThat(stopped.endedBy()).isEqualTo(Initiator.Kind.USER);

    SessionDetail theirs = open(user, SessionKind.ACCESS);
    assertThat(Await.result(changes.stop(admin, theirs.id())).endedBy())
        .isEqualTo(Initiator.Kind.ADMIN);
  }

  @Test
  void stop_ofAnEndedSessionIsNotPossible() {
    SessionDetail session = open(admin, SessionKind.ACCESS);
    Await.result(changes.stop(admin, session.id()));
    refused(ErrorCode.NOT_STOPPABLE, () -> changes.stop(admin, session.id()));
  }

  @Test
  void revoke_takesTheSessionAwayAndLeavesAnEndedOneAsItEnded() {
    Principal user = node.user(Role.USER);
    SessionDetail session = open(user, SessionKind.ACCESS);
    SessionDetail revoked =
        Await.result(changes.revoke(admin, session.id(), "The incident is closed"));
    assertThat(revoked.reason()).isEqualTo(EndReason.REVOKED);

    SessionDetail stopped = open(user, SessionKind.ACCESS);
    Await.result(changes.stop(user, stopped.id()));
    assertThat(Await.result(changes.revoke(admin, stopped.id(), null)).reason())
        .isEqualTo(EndReason.STOPPED);
    refused(ErrorCode.FORBIDDEN, () -> changes.revoke(user, session.id(), null));
    refused(ErrorCode.INVALID_FIELD, () -> changes.revoke(admin, session.id(), "a\0"));
  }

  @Test
  void activate_putsAnApprovedSessionInUseOnce() {
    SessionDetail session =
        open(
            admin,
            SessionRequest.of(SessionKind.JUMP)
                .lasting(HOUR)
                .with(SessionAttributes.jump(8, "jump_client")));
    assertThat(Await.result(changes.activate(admin, session.id())).state())
        .isEqualTo(SessionState.ACTIVE);
    assertThat(Await.result(changes.activate(admin, session.id())).state())
        .isEqualTo(SessionState.ACTIVE);
    Await.result(changes.stop(admin, session.id()));
    refused(ErrorCode.WRONG_STATE, () -> changes.activate(admin, session.id()));
  }

  @Test
  void strangers_learnOfNothingAndOthersMayDoNothing() {
    Principal user = node.user(Role.USER);
    SessionDetail session = open(user, SessionKind.ACCESS);
    Principal colleague = node.user(Role.USER);
    Principal auditor = node.user(Role.AUDITOR);
    Principal stranger = node.user(node.realm(Tier.FREE).name(), Role.ORG_ADMIN);
    for (UUID id : List.of(session.id(), UUID.randomUUID())) {
      refused(ErrorCode.NOT_FOUND, () -> changes.extend(stranger, id, HOUR));
      refused(ErrorCode.NOT_FOUND, () -> changes.stop(stranger, id));
      refused(ErrorCode.NOT_FOUND, () -> changes.revoke(stranger, id, null));
      refused(ErrorCode.NOT_FOUND, () -> changes.activate(stranger, id));
    }
    for (Principal other : List.of(colleague, auditor)) {
      refused(ErrorCode.FORBIDDEN, () -> changes.extend(other, session.id(), HOUR));
      refused(ErrorCode.FORBIDDEN, () -> changes.stop(other, session.id()));
      refused(ErrorCode.FORBIDDEN, () -> changes.revoke(other, session.id(), null));
      refused(ErrorCode.FORBIDDEN, () -> changes.activate(other, session.id()));
    }
    assertThat(Await.result(changes.extend(user, session.id(), HOUR)).generation()).isEqualTo(1);
  }
}
