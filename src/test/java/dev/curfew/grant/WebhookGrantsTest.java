package dev.curfew.grant;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.config.Secret;
import dev.curfew.directory.NewResource;
import dev.curfew.directory.NewSettings;
import dev.curfew.directory.PolicyTerms;
import dev.curfew.directory.SessionRequest;
import dev.curfew.realm.AccessStatus;
import dev.curfew.realm.Policy;
import dev.curfew.realm.Realm;
import dev.curfew.realm.Resource;
import dev.curfew.realm.ResourceRule;
import dev.curfew.realm.SessionDetail;
import dev.curfew.session.EndReason;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import dev.curfew.session.Tier;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.RuleServer;
import dev.curfew.testing.TestNode;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules at customers' services, from the opening of a session to the removal of the last one. */
class WebhookGrantsTest {
  private static final String ADDRESS = "203.0.113.42";
  private static final String LIVE = "SELECT id FROM session WHERE user_id = ? AND state = 2";
  private static TestNode node;
  private static DirectSql sql;
  private RuleServer server;
  private Realm realm;
  private Principal organisation;
  private Principal user;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start();
    sql = DirectSql.open(node.store().endpoint());
  }

  @AfterAll
  static void stop() throws Exception {
    sql.close();
    node.close();
  }

  @BeforeEach
  void prepare() {
    server = RuleServer.start();
    realm = node.realm(Tier.BUSINESS);
    organisation = node.user(realm.name(), Role.ORG_ADMIN);
    user = node.user(realm.name(), Role.USER);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Resource resource(RuleServer at, @Nullable String secret) {
    NewSettings settings =
        new NewSettings(
            at.url("apply"),
            at.url("remove"),
            secret == null ? null : Secret.of(secret),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    return Await.result(
        node.directory()
            .resources()
            .create(
                organisation,
                new NewResource(TestNode.name("resource"), "webhook", settings, List.of())));
  }

  private static SessionRequest access() {
    return SessionRequest.of(SessionKind.ACCESS).lasting(Duration.ofHours(1)).from(ADDRESS, null);
  }

  private SessionDetail open() {
    return Await.result(node.directory().sessionOpenings().open(user, access()));
  }

  private static SessionDetail read(UUID id) {
    return Await.result(node.directory().sessionReads().getForGateway(node.admin(), id));
  }

  private static List<ResourceRule> rules(UUID session) {
    return Await.result(node.directory().resources().rulesOf(List.of(session)))
        .getOrDefault(session, List.of());
  }

  private static AccessStatus status(UUID session) {
    return AccessStatus.of(read(session), rules(session));
  }

  private static void awaitEnded(UUID session) {
    Await.until(
        "session " + session + " has ended", () -> read(session).state() == SessionState.ENDED);
  }

  /** How often each type of a session's grant events is in the log. */
  private static Map<String, Long> told(UUID session) throws SQLException {
    return sql
        .column(
            "SELECT substring(type FROM '[a-z]+$') FROM event"
                + " WHERE session_id = ? AND type LIKE '%.grant.%'",
            session)
        .stream()
        .collect(Collectors.groupingBy(type -> type, Collectors.counting()));
  }

  @Test
  void rule_isAppliedAndRemovedWithSignedCalls() throws Exception {
    String secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    Resource resource = resource(server, secret);

    SessionDetail session = open();

    assertThat(status(session.id())).isEqualTo(AccessStatus.ACTIVE);
    ResourceRule rule = rules(session.id()).get(0);
    assertThat(rule.status()).isEqualTo(ResourceRule.Status.APPLIED);
    assertThat(rule.providerRuleId()).isEqualTo("fw-" + rule.id());
    assertThat(rule.appliedAt()).isPositive();
    RuleServer.Call apply = server.calls("apply").get(0);
    assertThat(apply.body().getMap())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "ruleId", rule.id().toString(),
                "sessionId", session.id().toString(),
                "resourceId", resource.id().toString(),
                "resourceName", resource.name(),
                "ipVersion", 4,
                "ipAddress", ADDRESS,
                "expiresAt", Instant.ofEpochMilli(session.expiresAt()).toString()));
    verify(secret, apply);

    Await.result(node.directory().sessionChanges().stop(user, session.id()));
    awaitEnded(session.id());

    assertThat(server.held()).isEmpty();
    RuleServer.Call remove = server.calls("remove").get(0);
    assertThat(remove.body().getString("providerRuleId")).isEqualTo("fw-" + rule.id());
    assertThat(remove.headers().get("webhook-id")).isNotEqualTo(apply.headers().get("webhook-id"));
    verify(secret, remove);
    assertThat(rules(session.id()).get(0).removedAt()).isPositive();
    assertThat(told(session.id())).isEqualTo(Map.of("applied", 1L, "removed", 1L));
  }

  private static void verify(String secret, RuleServer.Call call) throws Exception {
    HashMap<String, List<String>> headers = new HashMap<>();
    call.headers().forEach((name, value) -> headers.put(name, List.of(value)));
    new Webhook(secret).verify(call.raw(), headers);
  }

  @Test
  void sessionOfWhichSomeRulesFail_isPartial() throws Exception {
    resource(server, null);
    try (RuleServer broken = RuleServer.start().is("apply", RuleServer.Mood.BROKEN)) {
      resource(broken, null);

      SessionDetail session = open();

      assertThat(status(session.id())).isEqualTo(AccessStatus.PARTIAL);
      assertThat(rules(session.id()))
          .filteredOn(rule -> rule.status() == ResourceRule.Status.FAILED)
          .singleElement()
          .satisfies(rule -> assertThat(rule.errorMessage()).isEqualTo("127.0.0.1 answered 500"));
      Await.result(node.directory().sessionChanges().stop(user, session.id()));
      awaitEnded(session.id());
      assertThat(broken.calls("remove")).as("it may hold all the same").hasSize(1);
      assertThat(told(session.id())).isEqualTo(Map.of("applied", 1L, "failed", 1L, "removed", 2L));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = RuleServer.Mood.class,
      names = {"BROKEN", "NAMELESS", "REDIRECTING"})
  void sessionOfWhichAllRulesFail_endsAndStaysFailed(RuleServer.Mood mood) throws Exception {
    resource(server.is("apply", mood), null);

    SessionDetail session = open();
    awaitEnded(session.id());

    assertThat(read(session.id()).reason()).isEqualTo(EndReason.DENIED);
    assertThat(status(session.id())).isEqualTo(AccessStatus.FAILED);
    assertThat(server.held()).isEmpty();
    assertThat(rules(session.id()).get(0).status()).isEqualTo(ResourceRule.Status.REMOVED);
    assertThat(told(session.id())).isEqualTo(Map.of("failed", 1L, "removed", 1L));
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 410})
  void ruleThatIsGoneAlready_countsAsRemoved(int gone) {
    resource(server, null);
    server.goneIs(gone);
    SessionDetail session = open();
    server.forget();

    Await.result(node.directory().sessionChanges().stop(user, session.id()));

    awaitEnded(session.id());
  }

  /** Every way in which a session ends. */
  enum End {
    STOP,
    ADMINISTRATOR,
    REVOKE,
    EXPIRY,
    IDLE,
    USER_DELETED
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void rule_isRemovedOnceHoweverTheSessionEnds(End end) throws Exception {
    resource(server, null);
    SessionDetail session =
        end == End.EXPIRY
            ? Await.result(
                node.directory()
                    .sessionOpenings()
                    .open(user, access().lasting(Duration.ofSeconds(1))))
            : end == End.IDLE ? openIdle() : open();
    UUID id = session.id();
    assertThat(server.held()).hasSize(1);

    switch (end) {
      case STOP -> Await.result(node.directory().sessionChanges().stop(user, id));
      case ADMINISTRATOR ->
          Await.result(node.directory().sessionChanges().stopAsAdministrator(organisation, id));
      case REVOKE -> Await.result(node.directory().sessionChanges().revoke(organisation, id, null));
      case USER_DELETED ->
          Await.result(node.directory().users().delete(organisation, user.username()));
      case EXPIRY, IDLE -> {}
    }

    awaitEnded(id);
    assertThat(server.held()).isEmpty();
    assertThat(server.calls("remove")).hasSize(1);
    assertThat(told(id)).isEqualTo(Map.of("applied", 1L, "removed", 1L));
  }

  private SessionDetail openIdle() {
    Policy policy =
        Await.result(
            node.directory()
                .policies()
                .create(
                    organisation,
                    null,
                    new PolicyTerms(
                        TestNode.name("idle"),
                        null,
                        Duration.ofSeconds(1),
                        null,
                        null,
                        null,
                        false,
                        null)));
    return Await.result(
        node.directory().sessionOpenings().open(user, access().underPolicy(policy.id())));
  }

  @Test
  void removal_isRepeatedUntilItIsDone_andToldOnce() throws Exception {
    resource(server, null);
    SessionDetail session = open();
    server.is("remove", RuleServer.Mood.BROKEN);
    Await.result(node.directory().sessionChanges().stop(user, session.id()));
    Await.until(
        "the first removal failed", () -> rules(session.id()).get(0).errorMessage() != null);
    assertThat(status(session.id())).isEqualTo(AccessStatus.EXPIRING);
    assertThat(rules(session.id()).get(0).status()).isEqualTo(ResourceRule.Status.REMOVING);
    assertThat(rules(session.id()).get(0).errorMessage()).isEqualTo("127.0.0.1 answered 500");
    assertThat(server.held()).hasSize(1);

    makeDue(session.id());
    assertThat(Await.failure(node.endings().undo(session.id())))
        .hasMessage("1 resource rules are still to be removed");
    assertThat(server.calls("remove")).hasSize(2);
    assertThat(status(session.id())).isEqualTo(AccessStatus.EXPIRING);
    server.is("remove", RuleServer.Mood.WELL);
    makeDue(session.id());

    awaitEnded(session.id());
    assertThat(server.held()).isEmpty();
    assertThat(rules(session.id()).get(0).errorMessage()).isNull();
    assertThat(told(session.id())).isEqualTo(Map.of("applied", 1L, "failed", 1L, "removed", 1L));
  }

  private static void makeDue(UUID session) throws SQLException {
    sql.run("UPDATE resource_rule SET next_attempt_at = NULL WHERE session_id = ?", session);
  }

  @Test
  void deadProvider_delaysNobodyElse() throws Exception {
    resource(server, null);
    List<SessionDetail> dead = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      dead.add(open());
    }
    server.is("remove", RuleServer.Mood.SILENT);
    for (SessionDetail session : dead) {
      Await.result(node.directory().sessionChanges().stop(user, session.id()));
    }
    Await.until("the provider hangs", () -> server.calls("remove").size() >= 8);
    try (RuleServer other = RuleServer.start()) {
      prepareOther();
      resource(other, null);
      long begun = System.nanoTime();
      SessionDetail session = open();
      Await.result(node.directory().sessionChanges().stop(user, session.id()));
      awaitEnded(session.id());
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    }
    assertThat(server.calls("remove")).as("a few at a time").hasSize(8);
    server.is("remove", RuleServer.Mood.WELL);
  }

  private void prepareOther() {
    realm = node.realm(Tier.BUSINESS);
    organisation = node.user(realm.name(), Role.ORG_ADMIN);
    user = node.user(realm.name(), Role.USER);
  }

  @Test
  void slowProvider_leavesTheSessionPending() throws Exception {
    resource(server, null);
    server.delays(6_000);

    SessionDetail session = open();

    assertThat(status(session.id())).isEqualTo(AccessStatus.PENDING);
    Await.until("it is active", () -> status(session.id()) == AccessStatus.ACTIVE);
    server.delays(0);
    Await.result(node.directory().sessionChanges().stop(user, session.id()));
    awaitEnded(session.id());
    assertThat(server.held()).isEmpty();
  }

  /** Some end before their rule is asked for, some while it is, some after. */
  @Test
  void stopAgainstApply_neverLeavesARuleBehind() throws Exception {
    resource(server, null);
    int atOnce = 20;
    Set<UUID> sessions = new HashSet<>();
    for (int round = 0; round < 20; round++) {
      server.delays(round % 5);
      List<Future<SessionDetail>> openings = new ArrayList<>();
      for (int i = 0; i < atOnce; i++) {
        openings.add(node.directory().sessionOpenings().open(user, access()));
      }
      Set<UUID> stopped = new HashSet<>();
      Await.until(
          "all of a round are there and stopped",
          () -> {
            for (String live : sql.column(LIVE, (long) user.userId())) {
              UUID id = UUID.fromString(live);
              if (stopped.add(id)) {
                node.directory().sessionChanges().stop(user, id);
              }
            }
            // One whose rule could not be applied ends by itself, perhaps before it is seen.
            return openings.stream().allMatch(Future::isComplete)
                && stopped.containsAll(
                    sql.column(LIVE, (long) user.userId()).stream().map(UUID::fromString).toList());
          });
      openings.forEach(Await::result);
      sessions.addAll(stopped);
    }
    server.delays(0);
    for (UUID id : sessions) {
      awaitEnded(id);
    }
    assertThat(server.held()).isEmpty();
    assertThat(
            sql.column(
                "SELECT status FROM resource_rule WHERE session_id = ANY (?::uuid[])"
                    + " AND status <> 'REMOVED'",
                array(sessions)))
        .isEmpty();
    assertThat(
            sql.column(
                "SELECT session_id::text || type FROM event WHERE session_id = ANY (?::uuid[])"
                    + " AND type LIKE '%.grant.%' GROUP BY session_id, type HAVING count(*) > 1",
                array(sessions)))
        .as("told more than once")
        .isEmpty();
    assertThat(
            sql.number(
                "SELECT count(*) FROM event WHERE session_id = ANY (?::uuid[])"
                    + " AND type = 'dev.curfew.grant.removed'",
                array(sessions)))
        .isEqualTo(sessions.size());
  }

  private static String array(Set<UUID> ids) {
    return ids.stream().map(UUID::toString).collect(Collectors.joining(",", "{", "}"));
  }

  /** A node stops for so long that others count its call as lost, and then the call arrives. */
  @Test
  void answerThatComesAfterTheRemoval_isRemovedOnceMore() throws Exception {
    resource(server, null);
    server.delays(2_000);
    Future<SessionDetail> opening = node.directory().sessionOpenings().open(user, access());
    Await.until("the provider is asked", () -> server.calls("apply").size() == 1);
    UUID id = UUID.fromString(server.calls("apply").get(0).body().getString("sessionId"));
    // Its claim runs out while the provider takes its time.
    sql.run(
        "UPDATE resource_rule SET fence = fence + 1, busy_until = NULL, sent_at = NULL"
            + " WHERE session_id = ?",
        id);
    Await.result(node.directory().sessionChanges().stop(user, id));
    awaitEnded(id);
    assertThat(rules(id).get(0).status()).isEqualTo(ResourceRule.Status.REMOVED);
    Await.until("the rule came into being", () -> !server.held().isEmpty());
    server.delays(0);

    Await.until("it is removed again", () -> server.held().isEmpty());
    Await.until("and on record", () -> rules(id).get(0).status() == ResourceRule.Status.REMOVED);
    Await.result(opening);
    assertThat(told(id)).isEqualTo(Map.of("removed", 1L));
  }

  @Test
  void sweep_takesUpWhatWasLeftHalfWay() throws Exception {
    resource(server, null);
    SessionDetail forgotten = open();
    SessionDetail leftBehind = open();
    Await.result(node.directory().sessionChanges().stop(user, leftBehind.id()));
    awaitEnded(leftBehind.id());
    UUID unborn = UUID.randomUUID();
    sql.run(
        "UPDATE resource_rule SET status = 'PENDING', sent_at = NULL, applied_at = NULL,"
            + " created_at = now() - interval '1 hour' WHERE session_id = ?",
        forgotten.id());
    sql.run(
        "UPDATE resource_rule SET status = 'APPLIED', removed_at = NULL WHERE session_id = ?",
        leftBehind.id());
    sql.run(
        "INSERT INTO resource_rule (id, session_id, resource_id, resource_name, ip_version,"
            + " ip_address, status, created_at)"
            + " SELECT gen_random_uuid(), ?, resource_id, 'x', 4, '203.0.113.1', 'PENDING',"
            + " now() - interval '1 hour' FROM resource_rule WHERE session_id = ?",
        unborn,
        forgotten.id());

    Await.result(node.directory().sessionRules().settle());

    Await.until(
        "the forgotten rule is applied", () -> status(forgotten.id()) == AccessStatus.ACTIVE);
    Await.until(
        "the one left behind is removed",
        () -> rules(leftBehind.id()).get(0).status() == ResourceRule.Status.REMOVED);
    assertThat(server.calls("remove")).hasSize(2);
    assertThat(rules(unborn)).isEmpty();
    assertThat(told(leftBehind.id())).isEqualTo(Map.of("applied", 1L, "removed", 1L));
  }

  @Test
  void secret_isNotInTheDatabaseInClear() throws Exception {
    Resource resource = resource(server, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    assertThat(sql.value("SELECT settings::text FROM resource WHERE id = ?", resource.id()))
        .doesNotContain("whsec");
    assertThat(
            sql.value("SELECT encode(secret, 'escape') FROM resource WHERE id = ?", resource.id()))
        .doesNotContain("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    assertThat(resource.toString()).doesNotContain("whsec");
  }
}
