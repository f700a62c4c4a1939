package dev.curfew.directory;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.curfew.auth.Authorisation.Intent;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.RecordingStage;
import dev.curfew.realm.Policy;
import dev.curfew.realm.Realm;
import dev.curfew.realm.Resource;
import dev.curfew.realm.ResourceRule;
import dev.curfew.realm.SessionAttributes;
import dev.curfew.realm.SessionDetail;
import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import dev.curfew.session.Terms;
import dev.curfew.session.Tier;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestNode;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class SessionOpeningsTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private static TestNode node;
  private static Directory directory;
  private static Principal admin;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start();
    directory = node.directory();
    admin = node.admin();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static SessionRequest access() {
    return SessionRequest.of(SessionKind.ACCESS).lasting(HOUR);
  }

  private static SessionDetail open(Principal by, SessionRequest request) {
    return Await.result(directory.sessionOpenings().open(by, request));
  }

  private static SessionDetail read(UUID id) {
    return Await.result(directory.sessionReads().get(admin, id, Intent.READ));
  }

  private static Policy policy(Realm realm, Duration maxDuration, int quota, boolean approval) {
    return Await.result(
        directory
            .policies()
            .create(
                admin,
                realm.name(),
                new PolicyTerms(
                    TestNode.name("policy"),
                    maxDuration,
                    null,
                    null,
                    null,
                    quota == 0 ? null : quota,
                    approval,
                    null)));
  }

  private static List<ResourceRule> rules(UUID session) {
    return Await.result(directory.resources().rulesOf(Set.of(session)))
        .getOrDefault(session, List.of());
  }

  private static String overMaximum(Principal by, SessionRequest request) {
    return refused(
            ErrorCode.OVER_MAXIMUM_DURATION, () -> directory.sessionOpenings().open(by, request))
        .getMessage();
  }

  @Test
  void accessSession_isActiveAtOnceForAsLongAsAsked() {
    Principal user = node.user(Role.USER);
    long before = node.clock().now();
    SessionDetail session = open(user, access().from("203.0.113.42", null));
    assertThat(session.state()).isEqualTo(SessionState.ACTIVE);
    assertThat(session.kind()).isEqualTo(SessionKind.ACCESS);
    assertThat(session.user().username()).isEqualTo(user.username());
    assertThat(session.startedAt()).isBetween(before, node.clock().now());
    assertThat(session.expiresAt() - session.startedAt()).isEqualTo(HOUR.toMillis());
    assertThat(session.ipv4Address()).isEqualTo("203.0.113.42");
    assertThat(session.maxIdle()).isEqualTo(Duration.ofMinutes(30).toMillis());
    assertThat(session.recordingStage()).isZero();
    assertThat(session.id().version()).isEqualTo(7);
    assertThat(read(session.id()).expiresAt()).isEqualTo(session.expiresAt());
  }

  @Test
  void jumpSession_waitsInApprovedForItsFirstUse() {
    SessionDetail session =
        open(
            admin,
            SessionRequest.of(SessionKind.JUMP)
                .lasting(HOUR)
                .with(SessionAttributes.jump(8, "jump_client")));
    assertThat(session.state()).isEqualTo(SessionState.APPROVED);
    assertThat(session.attributes()).isEqualTo(SessionAttributes.jump(8, "jump_client"));
  }

  @Test
  void psmSession_isRecordedAndOwnedFromTheStart() {
    SessionDetail session =
        open(admin, SessionRequest.of(SessionKind.PSM).lasting(HOUR).ownedBy("gateway-1"));
    assertThat(session.owner()).isEqualTo("gateway-1");
    assertThat(session.recordingStage()).isEqualTo(RecordingStage.CONNECTED.code());
  }

  @Test
  void numericIds_areDifferentForSessionsOpenedTogether() {
    List<Future<SessionDetail>> opened =
        IntStream.range(0, 250)
            .mapToObj(
                i ->
                    directory
                        .sessionOpenings()
                        .open(admin, SessionRequest.of(SessionKind.TIMED_ACCESS).lasting(HOUR)))
            .toList();
    assertThat(opened.stream().map(Await::result).map(SessionDetail::numericId))
        .doesNotHaveDuplicates();
  }

  @Test
  void duration_withoutOneIsTheLongestThatTierAndPolicyAllow() {
    Realm free = node.realm(Tier.FREE);
    Principal user = node.user(free.name(), Role.USER);
    SessionDetail byTier = open(user, SessionRequest.of(SessionKind.ACCESS));
    assertThat(byTier.expiresAt() - byTier.startedAt()).isEqualTo(2 * HOUR.toMillis());
    Policy half = policy(free, Duration.ofMinutes(30), 0, false);
    SessionDetail byPolicy =
        open(user, SessionRequest.of(SessionKind.ACCESS).underPolicy(half.id()));
    assertThat(byPolicy.expiresAt() - byPolicy.startedAt()).isEqualTo(1_800_000);
    assertThat(byPolicy.policyId()).isEqualTo(half.id());
  }

  @Test
  void overTheTier_isRefusedInTheAccessDialectsWords() {
    Realm free = node.realm(Tier.FREE);
    Principal user = node.user(free.name(), Role.USER);
    assertThat(overMaximum(user, access().lasting(Duration.ofHours(2).plusMillis(1))))
        .isEqualTo("Session would exceed maximum session duration of 2 hours for Free tier");
    Policy generous = policy(free, Duration.ofDays(10), 0, false);
    assertThat(overMaximum(user, access().lasting(HOUR.multipliedBy(3)).underPolicy(generous.id())))
        .isEqualTo("Session would exceed maximum session duration of 2 hours for Free tier");
    assertThat(open(user, access().lasting(Duration.ofHours(2))).state())
        .isEqualTo(SessionState.ACTIVE);
  }

  @Test
  void overThePolicy_isRefusedWithItsName() {
    Realm realm = node.realm(Tier.PREMIUM);
    Principal user = node.user(realm.name(), Role.USER);
    Policy policy = policy(realm, Duration.ofMinutes(90), 0, false);
    assertThat(overMaximum(user, access().lasting(HOUR.multipliedBy(2)).underPolicy(policy.id())))
        .isEqualTo(
            "Session would exceed maximum session duration of 90 minutes for policy "
                + policy.name());
    assertThat(overMaximum(user, access().lasting(Duration.ofMillis(Terms.LONGEST))))
        .isEqualTo("Session would exceed maximum session duration of 24 hours for Premium tier");
  }

  @Test
  void absurdDurations_areRefused() {
    for (Duration bad :
        List.of(
            Duration.ZERO,
            Duration.ofSeconds(-1),
            Duration.ofMillis(Terms.LONGEST + 1),
            Duration.ofSeconds(Long.MAX_VALUE))) {
      refused(
          ErrorCode.INVALID_FIELD,
          () -> directory.sessionOpenings().open(admin, access().lasting(bad)));
    }
  }

  @Test
  void badAddressesAndAttributes_areRefusedByField() {
    Map<String, SessionRequest> bad =
        Map.of(
            "ipv4Address", access().from("256.0.0.1", null),
            "ipv6Address", access().from(null, "fe80::1%eth0"),
            "processInstance", access().ownedBy("x".repeat(300)),
            "attributes.deviceName",
                access().with(new SessionAttributes(null, null, null, "a\0b", null, null)),
            "attributes.jumpItemType", access().with(SessionAttributes.jump(1, "x".repeat(129))));
    bad.forEach(
        (field, request) ->
            assertThat(
                    refused(
                            ErrorCode.INVALID_FIELD,
                            () -> directory.sessionOpenings().open(admin, request))
                        .field())
                .isEqualTo(field));
  }

  @Test
  void anotherUsersSession_isOpenedByAdministratorsOnly() {
    Principal user = node.user(Role.USER);
    Principal other = node.user(Role.USER);
    refused(
        ErrorCode.FORBIDDEN,
        () -> directory.sessionOpenings().open(user, access().forUser(other.username())));
    SessionDetail opened = open(admin, access().forUser(Integer.toString(other.userId())));
    assertThat(opened.user().id()).isEqualTo(other.userUuid());
    assertThat(opened.createdBy()).isEqualTo(admin.userId());
    refused(
        ErrorCode.NOT_FOUND,
        () -> directory.sessionOpenings().open(admin, access().forUser("nobody")));
    Principal stranger = node.user(node.realm(Tier.FREE).name(), Role.ORG_ADMIN);
    refused(
        ErrorCode.NOT_FOUND,
        () -> directory.sessionOpenings().open(stranger, access().forUser(user.username())));
  }

  @Test
  void otherRealmsPolicy_cannotBeUsed() {
    Policy foreign = policy(node.realm(Tier.FREE), HOUR, 0, false);
    refused(
        ErrorCode.NOT_FOUND,
        () -> directory.sessionOpenings().open(admin, access().underPolicy(foreign.id())));
  }

  @Test
  void policyWithApproval_isForAdministratorsToUse() {
    Realm realm = node.realm(Tier.BUSINESS);
    Policy strict = policy(realm, HOUR, 0, true);
    Principal user = node.user(realm.name(), Role.USER);
    refused(
        ErrorCode.FORBIDDEN,
        () -> directory.sessionOpenings().open(user, access().underPolicy(strict.id())));
    assertThat(
            open(admin, access().underPolicy(strict.id()).forUser(user.userUuid().toString()))
                .policyId())
        .isEqualTo(strict.id());
  }

  @Test
  void jumpItem_bringsItsPolicy() {
    Realm realm = node.realm(Tier.BUSINESS);
    Policy bound = policy(realm, Duration.ofMinutes(10), 0, false);
    Principal orgAdmin = node.user(realm.name(), Role.ORG_ADMIN);
    Await.result(directory.jumpItems().bind(orgAdmin, "jump_client", 8, "db1", bound.id()));
    SessionRequest jump =
        SessionRequest.of(SessionKind.JUMP).with(SessionAttributes.jump(8, "jump_client"));
    assertThat(open(orgAdmin, jump).policyId()).isEqualTo(bound.id());
    SessionRequest unbound =
        SessionRequest.of(SessionKind.JUMP).with(SessionAttributes.jump(9, "jump_client"));
    assertThat(open(orgAdmin, unbound).policyId()).isNotEqualTo(bound.id());

    Policy other = policy(realm, Duration.ofMinutes(20), 0, false);
    Await.result(directory.jumpItems().bind(orgAdmin, "jump_client", 8, "db1", other.id()));
    assertThat(open(orgAdmin, jump).policyId()).isEqualTo(other.id());
  }

  @Test
  void quota_isOfLiveSessionsAndFreedByTheirEnds() {
    Realm realm = node.realm(Tier.BUSINESS);
    Policy two = policy(realm, HOUR, 2, false);
    Principal user = node.user(realm.name(), Role.USER);
    SessionRequest request = access().underPolicy(two.id());
    SessionDetail first = open(user, request);
    open(user, request);
    assertThat(
            refused(ErrorCode.WRONG_STATE, () -> directory.sessionOpenings().open(user, request)))
        .hasMessageContaining("Session limit reached");
    Await.result(directory.sessionChanges().stop(user, first.id()));
    open(user, request);
    open(node.user(realm.name(), Role.USER), request);
  }

  @Test
  void accessSession_hasARuleForEachResourceThatItsUserMayReach() throws Exception {
    Realm realm = node.realm(Tier.BUSINESS);
    Principal orgAdmin = node.user(realm.name(), Role.ORG_ADMIN);
    Principal user = node.user(realm.name(), Role.USER);
    Resources resources = directory.resources();
    Resource open =
        Await.result(resources.create(orgAdmin, new NewResource("open", "none", List.of())));
    Resource mine =
        Await.result(
            resources.create(orgAdmin, new NewResource("mine", "none", List.of(user.username()))));
    Await.result(
        resources.create(
            orgAdmin, new NewResource("not mine", "none", List.of(orgAdmin.username()))));

    SessionDetail session = open(user, access().from("203.0.113.42", "2001:db8::1"));
    assertThat(rules(session.id()))
        .extracting(ResourceRule::resourceName, ResourceRule::ipVersion, ResourceRule::status)
        .containsExactlyInAnyOrder(
            tuple("open", 4, ResourceRule.Status.APPLIED),
            tuple("open", 6, ResourceRule.Status.APPLIED),
            tuple("mine", 4, ResourceRule.Status.APPLIED),
            tuple("mine", 6, ResourceRule.Status.APPLIED));
    assertThat(rules(session.id())).allMatch(rule -> rule.appliedAt() > 0);
    assertThat(rules(open(user, access()).id())).isEmpty();
    SessionDetail one = open(user, access().from("203.0.113.42", null).reaching("mine"));
    assertThat(rules(one.id())).extracting(ResourceRule::resourceId).containsExactly(mine.id());
    refused(
        ErrorCode.NOT_FOUND,
        () ->
            directory
                .sessionOpenings()
                .open(user, access().from("203.0.113.42", null).reaching("not mine")));

    Await.result(directory.sessionChanges().stop(user, session.id()));
    Await.until(
        "the rules are gone and the session has ended",
        () ->
            read(session.id()).state() == SessionState.ENDED
                && rules(session.id()).stream()
                    .allMatch(rule -> rule.status() == ResourceRule.Status.REMOVED));
    try (DirectSql sql = DirectSql.open(node.store().endpoint())) {
      assertThat(
              sql.column(
                  "SELECT type FROM event WHERE session_id = ? AND type LIKE '%grant%'"
                      + " ORDER BY xid, id",
                  session.id()))
          .startsWith("dev.curfew.grant.applied")
          .endsWith("dev.curfew.grant.removed")
          .hasSize(8);
    }
    assertThat(open.users()).isEmpty();
    assertThat(mine.users()).containsExactly(user.userUuid());
  }

  @Test
  void resources_ofUnknownProvidersOrTakenNamesAreRefused() {
    Resources resources = directory.resources();
    refused(
        ErrorCode.INVALID_FIELD,
        () -> resources.create(admin, new NewResource("r", "ftp", List.of())));
    String name = TestNode.name("resource");
    Await.result(resources.create(admin, new NewResource(name, "none", List.of())));
    refused(
        ErrorCode.ALREADY_EXISTS,
        () -> resources.create(admin, new NewResource(name, "none", List.of())));
    assertThat(Await.result(resources.list(admin, new PageRequest(500, null))).items())
        .extracting(Resource::name)
        .contains(name);
  }

  @Test
  void refusedSession_leavesNoRules() throws Exception {
    Realm realm = node.realm(Tier.BUSINESS);
    Principal user = node.user(realm.name(), Role.ORG_ADMIN);
    Await.result(directory.resources().create(user, new NewResource("r", "none", List.of())));
    SessionRequest past =
        new SessionRequest(
            SessionKind.ACCESS,
            null,
            1,
            HOUR,
            null,
            SessionAttributes.NONE,
            "203.0.113.42",
            null,
            null,
            null);
    refused(ErrorCode.INVALID_FIELD, () -> directory.sessionOpenings().open(user, past));
    try (DirectSql sql = DirectSql.open(node.store().endpoint())) {
      assertThat(
              sql.number(
                  """
                  SELECT count(*) FROM resource_rule r
                  WHERE NOT EXISTS (SELECT FROM session s WHERE s.id = r.session_id)
                  """))
          .isZero();
    }
  }

  @Test
  void session_endsOnItsDeadline() {
    SessionDetail session = open(admin, access().lasting(Duration.ofMillis(300)));
    Await.until("it has ended", () -> read(session.id()).state() == SessionState.ENDED);
    SessionDetail ended = read(session.id());
    assertThat(ended.reason()).isEqualTo(EndReason.EXPIRED);
    assertThat(ended.endedAt()).isGreaterThanOrEqualTo(session.expiresAt());
    assertThat(ended.remaining(node.clock().now())).isZero();
    assertThat(ended.endedBy()).isNotEqualTo(Initiator.Kind.ADMIN);
  }
}
