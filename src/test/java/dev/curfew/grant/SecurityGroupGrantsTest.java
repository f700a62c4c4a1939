package dev.curfew.grant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.config.Secret;
import dev.curfew.directory.NewResource;
import dev.curfew.directory.NewSettings;
import dev.curfew.directory.SessionRequest;
import dev.curfew.realm.AccessStatus;
import dev.curfew.realm.Realm;
import dev.curfew.realm.ResourceRule;
import dev.curfew.realm.SessionDetail;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import dev.curfew.session.Tier;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rules in an EC2 security group, by the real SDK against a server that speaks its protocol. */
class SecurityGroupGrantsTest {
  private static final String IPV4 = "203.0.113.42";
  private static final String IPV6 = "2001:db8::7";
  private static TestNode node;
  private Ec2Server ec2;
  private Principal organisation;
  private Principal user;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void prepare() {
    ec2 = new Ec2Server();
    Realm realm = node.realm(Tier.BUSINESS);
    organisation = node.user(realm.name(), Role.ORG_ADMIN);
    user = node.user(realm.name(), Role.USER);
    resource(Ec2Server.GROUP);
  }

  @AfterEach
  void close() {
    ec2.close();
  }

  private void resource(String group) {
    Await.result(
        node.directory()
            .resources()
            .create(
                organisation,
                new NewResource(
                    TestNode.name("group"),
                    "aws-security-group",
                    new NewSettings(
                        null,
                        null,
                        null,
                        group,
                        "eu-central-1",
                        "tcp",
                        5432,
                        null,
                        null,
                        "AKIAIOSFODNN7EXAMPLE",
                        Secret.of("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
                        ec2.url()),
                    List.of())));
  }

  private Future<SessionDetail> opening(String ipv4, String ipv6) {
    return node.directory()
        .sessionOpenings()
        .open(
            user,
            SessionRequest.of(SessionKind.ACCESS).lasting(Duration.ofHours(1)).from(ipv4, ipv6));
  }

  private UUID open() {
    return Await.result(opening(IPV4, null)).id();
  }

  private void stop(UUID session) {
    Await.result(node.directory().sessionChanges().stop(user, session));
  }

  private static SessionDetail read(UUID id) {
    return Await.result(node.directory().sessionReads().getForGateway(node.admin(), id));
  }

  private static List<ResourceRule> rules(UUID session) {
    return Await.result(node.directory().resources().rulesOf(List.of(session))).get(session);
  }

  private static AccessStatus status(UUID session) {
    return AccessStatus.of(read(session), rules(session));
  }

  private static void awaitEnded(UUID session) {
    Await.until("it has ended", () -> read(session).state() == SessionState.ENDED);
  }

  @Test
  void rule_isAuthorizedAndRevoked() throws Exception {
    UUID session = Await.result(opening(IPV4, IPV6)).id();

    assertThat(status(session)).isEqualTo(AccessStatus.ACTIVE);
    assertThat(ec2.rules())
        .extracting(Ec2Server.GroupRule::permission)
        .containsExactlyInAnyOrder(
            "tcp 5432 5432 " + IPV4 + "/32", "tcp 5432 5432 " + IPV6 + "/128");
    for (ResourceRule rule : rules(session)) {
      assertThat(ec2.rules())
          .anySatisfy(
              held -> {
                assertThat(held.id()).isEqualTo(rule.providerRuleId());
                assertThat(held.description())
                    .isEqualTo("Curfew session " + session + " rule " + rule.id());
              });
    }
    assertThat(ec2.authorizations())
        .allMatch(
            header ->
                header.startsWith("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/")
                    && header.contains("/eu-central-1/ec2/aws4_request"));

    stop(session);
    awaitEnded(session);

    assertThat(ec2.rules()).isEmpty();
    List<MultiMap> revoked = ec2.calls("RevokeSecurityGroupIngress");
    assertThat(revoked).hasSize(2);
    assertThat(revoked).allMatch(call -> call.contains("SecurityGroupRuleId.1"));
  }

  @Test
  void ruleThatTwoSessionsShare_isRevokedWithTheLast() {
    UUID first = open();
    UUID second = open();
    assertThat(status(second)).isEqualTo(AccessStatus.ACTIVE);
    assertThat(rules(second).get(0).providerRuleId())
        .isEqualTo(rules(first).get(0).providerRuleId());

    stop(first);
    awaitEnded(first);
    assertThat(ec2.rules()).as("the second session needs it").hasSize(1);
    stop(second);
    awaitEnded(second);

    assertThat(ec2.rules()).isEmpty();
    assertThat(ec2.calls("RevokeSecurityGroupIngress")).hasSize(1);
  }

  /** Sessions of one address come and go at once; who is open always has access. */
  @Test
  void sharedRule_survivesSessionsThatComeAndGo() {
    UUID kept = open();
    for (int round = 0; round < 25; round++) {
      List<Future<SessionDetail>> opening = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        opening.add(opening(IPV4, null));
      }
      UUID previous = kept;
      stop(previous);
      List<UUID> open = opening.stream().map(Await::result).map(SessionDetail::id).toList();
      assertThat(open).allMatch(id -> status(id) == AccessStatus.ACTIVE);
      kept = open.get(0);
      open.subList(1, open.size()).forEach(this::stop);
      awaitEnded(previous);
      open.subList(1, open.size()).forEach(SecurityGroupGrantsTest::awaitEnded);
      assertThat(ec2.rules()).as("round " + round).hasSize(1);
    }
    stop(kept);
    awaitEnded(kept);
    assertThat(ec2.rules()).isEmpty();
  }

  @Test
  void addressThatSomebodyElseAdmitted_isNotTakenForOursAndStays() {
    ec2.admit("tcp 5432 5432 " + IPV4 + "/32");

    UUID session = open();
    awaitEnded(session);

    assertThat(status(session)).isEqualTo(AccessStatus.FAILED);
    assertThat(rules(session).get(0).errorMessage())
        .isEqualTo(
            Ec2Server.GROUP + " already admits this address, by a rule that is not Curfew's");
    assertThat(ec2.rules()).as("it is not ours to revoke").hasSize(1);
    assertThat(ec2.calls("RevokeSecurityGroupIngress")).isEmpty();
  }

  @Test
  void refusalOfEc2_failsTheRuleAndNeedsNoRemoval() {
    ec2.failsWith("UnauthorizedOperation");

    UUID session = open();
    awaitEnded(session);

    assertThat(status(session)).isEqualTo(AccessStatus.FAILED);
    assertThat(rules(session).get(0).errorMessage())
        .isEqualTo("EC2 answered UnauthorizedOperation");
    assertThat(ec2.calls("RevokeSecurityGroupIngress")).isEmpty();
  }

  @Test
  void ruleThatIsGoneAlready_countsAsRevoked() {
    UUID session = open();
    ec2.failsWith("InvalidSecurityGroupRuleId.NotFound");

    stop(session);

    awaitEnded(session);
  }

  @Test
  void failureOfEc2_isTriedAgain() throws Exception {
    UUID session = open();
    ec2.failsWith("InternalError");
    stop(session);
    Await.until(
        "the removal failed",
        () -> "EC2 answered InternalError".equals(rules(session).get(0).errorMessage()));
    assertThat(status(session)).isEqualTo(AccessStatus.EXPIRING);
    ec2.failsWith("");
    try (DirectSql sql = DirectSql.open(node.store().endpoint())) {
      sql.run("UPDATE resource_rule SET next_attempt_at = NULL WHERE session_id = ?", session);
    }

    awaitEnded(session);

    assertThat(ec2.rules()).isEmpty();
  }

  /**
   * EC2 carried it out, and the answer was lost: the address is revoked, whatever its rule's id.
   */
  @Test
  void ruleWhoseAnswerWasLost_isRevokedByItsAddress() {
    ec2.isSilent(true);
    Future<SessionDetail> opening = opening(IPV4, null);
    Await.until("EC2 has carried it out", () -> ec2.rules().size() == 1);
    UUID session = Await.result(opening).id();
    assertThat(status(session)).isEqualTo(AccessStatus.PENDING);
    ec2.isSilent(false);

    awaitEnded(session);

    assertThat(status(session)).isEqualTo(AccessStatus.FAILED);
    assertThat(ec2.rules()).isEmpty();
    assertThat(ec2.calls("RevokeSecurityGroupIngress"))
        .singleElement()
        .satisfies(
            call ->
                assertThat(call.get("IpPermissions.1.IpRanges.1.CidrIp")).isEqualTo(IPV4 + "/32"));
  }
}
