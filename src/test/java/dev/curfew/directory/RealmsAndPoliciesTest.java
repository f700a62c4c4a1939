package dev.curfew.directory;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.Policy;
import dev.curfew.realm.Realm;
import dev.curfew.realm.TermSource;
import dev.curfew.session.Terms;
import dev.curfew.session.Tier;
import dev.curfew.testing.Await;
import dev.curfew.testing.TestNode;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class RealmsAndPoliciesTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private static TestNode node;
  private static Realms realms;
  private static Policies policies;
  private static Principal admin;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start();
    realms = node.directory().realms();
    policies = node.directory().policies();
    admin = node.admin();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static PolicyTerms lasting(@Nullable Duration maxDuration) {
    return new PolicyTerms(
        TestNode.name("policy"), maxDuration, null, null, null, null, false, null);
  }

  private static void refusedTerms(String field, PolicyTerms terms) {
    assertThat(refused(ErrorCode.INVALID_FIELD, () -> policies.create(admin, null, terms)).field())
        .isEqualTo(field);
  }

  @Test
  void newRealm_hasADefaultPolicyOfTheNodesDefaults() {
    Realm realm = node.realm(Tier.FREE);
    Principal orgAdmin = node.user(realm.name(), Role.ORG_ADMIN);
    List<Policy> own = Await.result(policies.list(orgAdmin, PageRequest.FIRST)).items();
    assertThat(own).hasSize(1);
    Policy standard = own.get(0);
    assertThat(standard.isDefault()).isTrue();
    assertThat(standard.realm()).isEqualTo(realm.name());
    assertThat(standard.maxDuration()).isEqualTo(Duration.ofHours(24).toMillis());
    assertThat(standard.maxIdle()).isEqualTo(Duration.ofMinutes(30).toMillis());
    assertThat(standard.staleAfter()).isEqualTo(Duration.ofMinutes(5).toMillis());
    assertThat(standard.warnBefore()).containsExactly(300_000L, 60_000L);
    assertThat(standard.warnBeforeFrom()).isEqualTo(TermSource.CONFIGURATION);
  }

  @Test
  void policyWithoutThresholds_followsItsRealm() {
    Realm realm = node.realm(Tier.BUSINESS);
    Principal orgAdmin = node.user(realm.name(), Role.ORG_ADMIN);
    Policy inherits = Await.result(policies.create(orgAdmin, null, lasting(HOUR)));
    Policy silent = Await.result(policies.create(orgAdmin, null, warning(List.of())));
    Policy own = Await.result(policies.create(orgAdmin, null, warning(List.of(HOUR))));
    assertThat(inherits.warnBeforeFrom()).isEqualTo(TermSource.CONFIGURATION);

    Realm warns =
        Await.result(
            realms.change(
                orgAdmin,
                realm.name(),
                RealmChange.NOTHING.withWarnBefore(
                    List.of(Duration.ofSeconds(90), Duration.ofMinutes(20), HOUR, HOUR))));

    assertThat(warns.warnBefore()).containsExactly(3_600_000L, 1_200_000L, 90_000L);
    assertThat(warns.tier()).isEqualTo(Tier.BUSINESS);
    Policy followed = Await.result(policies.get(orgAdmin, inherits.id()));
    assertThat(followed.warnBefore()).isEqualTo(warns.warnBefore());
    assertThat(followed.warnBeforeFrom()).isEqualTo(TermSource.REALM);
    assertThat(Await.result(policies.get(orgAdmin, silent.id())).warnBefore()).isEmpty();
    assertThat(Await.result(policies.get(orgAdmin, own.id()))).isEqualTo(own);
    assertThat(own.warnBeforeFrom()).isEqualTo(TermSource.POLICY);

    Await.result(policies.replace(orgAdmin, own.id(), PolicyTerms.named(own.name())));
    assertThat(Await.result(policies.get(orgAdmin, own.id())).warnBeforeFrom())
        .isEqualTo(TermSource.REALM);
    Await.result(
        realms.change(orgAdmin, realm.name(), RealmChange.NOTHING.withWarnBefore(List.of())));
    assertThat(Await.result(policies.get(orgAdmin, inherits.id())).warnBefore()).isEmpty();
    Realm again =
        Await.result(
            realms.change(orgAdmin, realm.name(), RealmChange.NOTHING.withWarnBefore(null)));
    assertThat(again.warnBefore()).isNull();
    assertThat(Await.result(policies.get(orgAdmin, inherits.id()))).isEqualTo(inherits);
  }

  private static PolicyTerms warning(List<Duration> before) {
    return new PolicyTerms(TestNode.name("policy"), null, null, null, before, null, false, null);
  }

  @Test
  void realmsThresholds_areForItsAdministrators() {
    Realm realm = node.realm(Tier.BUSINESS);
    RealmChange change = RealmChange.NOTHING.withWarnBefore(List.of(HOUR));
    Principal stranger = node.user(node.realm(Tier.FREE).name(), Role.ORG_ADMIN);
    refused(ErrorCode.NOT_FOUND, () -> realms.change(stranger, realm.name(), change));
    for (Role role : List.of(Role.USER, Role.AUDITOR)) {
      Principal other = node.user(realm.name(), role);
      refused(ErrorCode.FORBIDDEN, () -> realms.change(other, realm.name(), change));
    }
    Principal orgAdmin = node.user(realm.name(), Role.ORG_ADMIN);
    refused(
        ErrorCode.FORBIDDEN,
        () -> realms.change(orgAdmin, realm.name(), change.withTier(Tier.ENTERPRISE)));
    assertThat(Await.result(realms.resolve(admin, realm.name())).warnBefore()).isNull();
  }

  @Test
  void realmsThresholds_areAsWellFormedAsAPolicys() {
    Realm realm = node.realm(Tier.BUSINESS);
    List<Duration> many = IntStream.range(1, 22).mapToObj(Duration::ofMinutes).toList();
    for (List<Duration> bad :
        List.of(
            List.of(Duration.ZERO),
            List.of(HOUR, Duration.ofSeconds(-1)),
            List.of(Duration.ofMillis(1_500)),
            List.of(Duration.ofMillis(Terms.LONGEST + 1_000)),
            List.of(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999)),
            List.of(Duration.ofSeconds(Long.MIN_VALUE)),
            many)) {
      assertThat(
              refused(
                      ErrorCode.INVALID_FIELD,
                      () ->
                          realms.change(
                              admin, realm.name(), RealmChange.NOTHING.withWarnBefore(bad)))
                  .field())
          .isEqualTo("warnBefore");
      refused(
          ErrorCode.INVALID_FIELD,
          () -> realms.create(admin, TestNode.name("realm"), Tier.FREE, bad, null));
      refusedTerms("warnBefore", warning(bad));
    }
    List<Duration> longest = List.of(Duration.ofMillis(Terms.LONGEST), Duration.ofSeconds(1));
    assertThat(
            Await.result(realms.create(admin, TestNode.name("realm"), Tier.FREE, longest, null))
                .warnBefore())
        .containsExactly(Terms.LONGEST, 1_000L);
  }

  @Test
  void realm_nameIsUniqueAndWellFormed() {
    Realm realm = node.realm(Tier.BUSINESS);
    assertThat(
            refused(ErrorCode.ALREADY_EXISTS, () -> realms.create(admin, realm.name(), Tier.FREE)))
        .hasMessageContaining(realm.name());
    for (String name : List.of("", " ", "-a", "a b", "a/b", "a\0", "x".repeat(64))) {
      refused(ErrorCode.INVALID_FIELD, () -> realms.create(admin, name, Tier.FREE));
    }
  }

  @Test
  void realms_areAllSeenByTheAdministratorOfAllOnly() {
    Realm realm = node.realm(Tier.FREE);
    Principal orgAdmin = node.user(realm.name(), Role.ORG_ADMIN);
    assertThat(Await.result(realms.list(orgAdmin, PageRequest.FIRST)).items())
        .extracting(Realm::name)
        .containsExactly(realm.name());
    assertThat(Await.result(realms.list(admin, new PageRequest(500, null))).items())
        .extracting(Realm::name)
        .contains("root", realm.name())
        .isSorted();
    refused(ErrorCode.FORBIDDEN, () -> realms.create(orgAdmin, "mine", Tier.FREE));
    refused(ErrorCode.FORBIDDEN, () -> realms.changeTier(orgAdmin, realm.name(), Tier.ENTERPRISE));
    refused(
        ErrorCode.FORBIDDEN,
        () -> realms.list(node.user(realm.name(), Role.USER), PageRequest.FIRST));
  }

  @Test
  void tier_canBeChanged() {
    Realm realm = node.realm(Tier.FREE);
    assertThat(Await.result(realms.changeTier(admin, realm.name(), Tier.PREMIUM)).tier())
        .isEqualTo(Tier.PREMIUM);
    refused(ErrorCode.NOT_FOUND, () -> realms.changeTier(admin, "nowhere", Tier.FREE));
  }

  @Test
  void policy_keepsWhatWasGiven() {
    Policy policy =
        Await.result(
            policies.create(
                admin,
                null,
                new PolicyTerms(
                    "dba",
                    Duration.ofHours(8),
                    Duration.ofMinutes(30),
                    Duration.ofSeconds(90),
                    List.of(Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofMinutes(5)),
                    3,
                    true,
                    HOUR)));
    assertThat(policy.maxDuration()).isEqualTo(8 * HOUR.toMillis());
    assertThat(policy.maxIdle()).isEqualTo(1_800_000);
    assertThat(policy.staleAfter()).isEqualTo(90_000);
    assertThat(policy.warnBefore()).containsExactly(900_000L, 300_000L);
    assertThat(policy.quota()).isEqualTo(3);
    assertThat(policy.approvalRequired()).isTrue();
    assertThat(policy.approvalMaxDuration()).isEqualTo(HOUR.toMillis());
    assertThat(Await.result(policies.get(admin, policy.id()))).isEqualTo(policy);
    assertThat(
            refused(
                ErrorCode.ALREADY_EXISTS,
                () -> policies.create(admin, null, PolicyTerms.named("dba"))))
        .hasMessageContaining("dba");
  }

  @Test
  void policyThatSaysNothing_hasTheDefaults() {
    Policy policy = Await.result(policies.create(admin, null, lasting(null)));
    assertThat(policy.maxDuration()).isZero();
    assertThat(policy.maxIdle()).isZero();
    assertThat(policy.staleAfter()).isEqualTo(300_000);
    assertThat(policy.warnBefore()).containsExactly(300_000L, 60_000L);
    assertThat(policy.quota()).isZero();
    assertThat(policy.approvalMaxDuration()).isEqualTo(8 * HOUR.toMillis());
  }

  @Test
  void replace_returnsWhatIsNotSaidToItsDefault() {
    Policy policy = Await.result(policies.create(admin, null, lasting(HOUR)));
    Policy replaced =
        Await.result(policies.replace(admin, policy.id(), PolicyTerms.named(policy.name())));
    assertThat(replaced.id()).isEqualTo(policy.id());
    assertThat(replaced.maxDuration()).isZero();
    refused(ErrorCode.NOT_FOUND, () -> policies.replace(admin, 999_999, lasting(HOUR)));
  }

  @Test
  void durations_areBoundedAndCannotOverflow() {
    Duration tooLong = Duration.ofMillis(Terms.LONGEST + 1);
    Duration absurd = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
    for (Duration bad : List.of(Duration.ZERO, Duration.ofMillis(-1), tooLong, absurd)) {
      refusedTerms("maxDuration", lasting(bad));
      refusedTerms("maxIdle", new PolicyTerms("p", null, bad, null, null, null, false, null));
      refusedTerms("staleAfter", new PolicyTerms("p", null, null, bad, null, null, false, null));
      refusedTerms(
          "warnBefore", new PolicyTerms("p", null, null, null, List.of(bad), null, false, null));
      refusedTerms(
          "approvalMaxDuration", new PolicyTerms("p", null, null, null, null, null, false, bad));
    }
    Await.result(policies.create(admin, null, lasting(Duration.ofMillis(Terms.LONGEST))));
    Await.result(policies.create(admin, null, lasting(Duration.ofMillis(1))));
  }

  @Test
  void quotaAndWarnings_areBounded() {
    refusedTerms("quota", new PolicyTerms("p", null, null, null, null, 0, false, null));
    refusedTerms(
        "quota", new PolicyTerms("p", null, null, null, null, Integer.MAX_VALUE, false, null));
    List<Duration> many = IntStream.range(1, 22).mapToObj(Duration::ofMinutes).toList();
    refusedTerms("warnBefore", new PolicyTerms("p", null, null, null, many, null, false, null));
  }

  @Test
  void otherRealmsPolicy_doesNotExist() {
    Policy policy = Await.result(policies.create(admin, null, lasting(HOUR)));
    Principal stranger = node.user(node.realm(Tier.FREE).name(), Role.ORG_ADMIN);
    refused(ErrorCode.NOT_FOUND, () -> policies.get(stranger, policy.id()));
    refused(ErrorCode.NOT_FOUND, () -> policies.replace(stranger, policy.id(), lasting(HOUR)));
    refused(
        ErrorCode.NOT_FOUND,
        () -> node.directory().jumpItems().bind(stranger, "t", 1, "n", policy.id()));
  }

  @Test
  void policies_areChangedByAdministratorsAndReadByAuditors() {
    Principal auditor = node.user(Role.AUDITOR);
    assertThat(Await.result(policies.list(auditor, PageRequest.FIRST)).items()).isNotEmpty();
    refused(ErrorCode.FORBIDDEN, () -> policies.create(auditor, null, lasting(HOUR)));
    refused(ErrorCode.FORBIDDEN, () -> policies.replace(auditor, 1, lasting(HOUR)));
    refused(ErrorCode.FORBIDDEN, () -> policies.list(node.user(Role.USER), PageRequest.FIRST));
  }
}
