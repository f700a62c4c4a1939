package dev.curfew.directory;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.ExpectedRevision;
import dev.curfew.realm.Policy;
import dev.curfew.realm.QuotaAction;
import dev.curfew.realm.Realm;
import dev.curfew.realm.SessionDetail;
import dev.curfew.realm.SessionServiceSettings;
import dev.curfew.realm.TokenView;
import dev.curfew.realm.User;
import dev.curfew.session.Command;
import dev.curfew.session.NewSession;
import dev.curfew.session.Outcome;
import dev.curfew.session.SessionKind;
import dev.curfew.session.Terms;
import dev.curfew.session.Tier;
import dev.curfew.store.ReservationStore;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.SessionLog;
import dev.curfew.testing.TestNode;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Quotas hold at every moment, whoever races for the last place. */
final class SessionQuotaTest {
  private static final int RACERS = 16;

  private static TestNode node;
  private static SessionTokens tokens;
  private static DirectSql sql;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start();
    tokens = node.directory().sessionTokens();
    sql = DirectSql.open(node.store().endpoint());
  }

  @AfterAll
  static void stop() throws Exception {
    sql.close();
    node.close();
  }

  private static User user(int quota, QuotaAction action) {
    return user(node.realm(Tier.BUSINESS), quota, action);
  }

  private static User user(Realm realm, int quota, QuotaAction action) {
    service(realm, 60, quota, action);
    return Await.result(
        node.directory()
            .users()
            .create(
                node.admin(),
                new NewUser(
                    TestNode.name("user"), null, null, null, Set.of(Role.USER), realm.name())));
  }

  private static void service(Realm realm, int minutes, int quota, QuotaAction action) {
    Await.result(
        node.directory()
            .sessionService()
            .put(
                realm.id(),
                SessionServiceSettings.of(minutes, 30, quota, 3, action),
                ExpectedRevision.ANY,
                node.admin().administrator()));
  }

  private static Future<IssuedToken> opening(User user) {
    return tokens.open(user, Map.of(), "");
  }

  private static TokenView open(User user) {
    return Await.result(opening(user)).session();
  }

  private static List<UUID> live(User user) throws Exception {
    return sql
        .column(
            "SELECT id FROM session WHERE user_id = ? AND state < 3 ORDER BY id",
            (long) user.numericId())
        .stream()
        .map(UUID::fromString)
        .toList();
  }

  /** The most sessions of a user that were ever live at once, by the log. */
  private static long mostAtOnce(long userId) throws Exception {
    return sql.number(
        """
        SELECT max(live) FROM (
          SELECT sum(CASE WHEN type LIKE '%.started' THEN 1 ELSE -1 END)
            OVER (ORDER BY xid, id) AS live
          FROM event
          WHERE user_id = ?
            AND (type = 'dev.curfew.session.started' OR type = 'dev.curfew.session.ended')
        ) counted
        """,
        userId);
  }

  /** How each of many that are started at once comes out; null for success. */
  private static List<ErrorCode> race(Supplier<Future<?>> attempt) {
    List<Future<ErrorCode>> racing =
        Stream.generate(attempt)
            .limit(RACERS)
            .map(
                future ->
                    future.<ErrorCode>transform(
                        done ->
                            done.succeeded()
                                ? Future.succeededFuture(null)
                                : done.cause() instanceof CurfewException refusal
                                    ? Future.succeededFuture(refusal.code())
                                    : Future.failedFuture(done.cause())))
            .toList();
    return racing.stream().map(Await::result).toList();
  }

  @ParameterizedTest
  @EnumSource
  void racingLogins_neverHaveMoreThanTheQuota(QuotaAction action) throws Exception {
    for (int quota : new int[] {1, 3}) {
      User user = user(quota, action);
      List<ErrorCode> outcomes = race(() -> opening(user));

      assertThat(mostAtOnce(user.numericId())).isLessThanOrEqualTo(quota);
      if (action == QuotaAction.DENY_ACCESS) {
        assertThat(outcomes.stream().filter(code -> code == null)).hasSize(quota);
        assertThat(outcomes.stream().filter(code -> code == ErrorCode.QUOTA_EXCEEDED))
            .hasSize(RACERS - quota);
      } else {
        assertThat(outcomes).containsOnlyNulls();
      }
      assertThat(live(user)).hasSizeBetween(1, quota);
      if (action != QuotaAction.DESTROY_ALL) {
        assertThat(live(user)).hasSize(quota);
      }
      assertThat(sql.number("SELECT count(*) FROM session_reservation")).isZero();
    }
  }

  @Test
  void racingSessionsUnderAPolicy_neverHaveMoreThanItsQuota() throws Exception {
    Realm realm = node.realm(Tier.BUSINESS);
    Policy policy =
        Await.result(
            node.directory()
                .policies()
                .create(
                    node.admin(),
                    realm.name(),
                    new PolicyTerms(
                        TestNode.name("policy"), null, null, null, null, 3, false, null)));
    Principal user = node.user(realm.name(), Role.USER);
    SessionRequest request =
        SessionRequest.of(SessionKind.ACCESS).lasting(Duration.ofHours(1)).underPolicy(policy.id());
    List<ErrorCode> outcomes = race(() -> node.directory().sessionOpenings().open(user, request));
    assertThat(outcomes.stream().filter(code -> code == null)).hasSize(3);
    assertThat(outcomes.stream().filter(code -> code == ErrorCode.WRONG_STATE)).hasSize(RACERS - 3);
    assertThat(mostAtOnce(user.userId())).isEqualTo(3);

    // A token does not take the place of a session under the policy.
    User holder = Await.result(node.directory().users().resolve(user, user.username()));
    open(holder);
    List<SessionDetail> live =
        Await.result(
            node.directory().sessionReads().liveOf(user.userId(), Set.of(SessionKind.ACCESS)));
    Await.result(node.directory().sessionChanges().stop(user, live.get(0).id()));
    Await.result(node.directory().sessionOpenings().open(user, request));
    refused(ErrorCode.WRONG_STATE, () -> node.directory().sessionOpenings().open(user, request));
  }

  @Test
  void denied_saysSoAndChangesNothing() throws Exception {
    User user = user(1, QuotaAction.DENY_ACCESS);
    TokenView first = open(user);
    assertThat(refused(ErrorCode.QUOTA_EXCEEDED, () -> opening(user)))
        .hasMessage("You have reached your session limit.");
    assertThat(live(user)).containsExactly(first.id());
    Await.result(tokens.end(first, node.admin().administrator()));
    TokenView second = open(user);
    assertThat(live(user)).containsExactly(second.id());
  }

  @Test
  void nextExpiring_makesRoom() throws Exception {
    Realm realm = node.realm(Tier.BUSINESS);
    User user = user(realm, 2, QuotaAction.DESTROY_NEXT_EXPIRING);
    TokenView first = open(user);
    service(realm, 10, 2, QuotaAction.DESTROY_NEXT_EXPIRING);
    TokenView shorter = open(user);
    TokenView third = open(user);
    assertThat(live(user)).containsExactly(first.id(), third.id());
    SessionLog log = new SessionLog(sql);
    assertThat(log.types(shorter.id())).contains("revoked", "ended");
    assertThat(log.data(shorter.id(), "revoked").getString("reason")).isEqualTo("quota");
  }

  @Test
  void oldest_makesRoom() throws Exception {
    Realm realm = node.realm(Tier.BUSINESS);
    User user = user(realm, 2, QuotaAction.DESTROY_OLDEST);
    open(user);
    service(realm, 10, 2, QuotaAction.DESTROY_OLDEST);
    TokenView second = open(user);
    TokenView third = open(user);
    assertThat(live(user)).containsExactly(second.id(), third.id());
  }

  @Test
  void all_makeRoomOnceThereIsNone() throws Exception {
    User user = user(3, QuotaAction.DESTROY_ALL);
    User neighbour = user(3, QuotaAction.DESTROY_ALL);
    TokenView untouched = open(neighbour);
    open(user);
    open(user);
    open(user);
    TokenView last = open(user);
    assertThat(live(user)).containsExactly(last.id());
    assertThat(live(neighbour)).containsExactly(untouched.id());
  }

  @Test
  void loweredQuota_holdsFromTheNextLoginOn() throws Exception {
    Realm realm = node.realm(Tier.BUSINESS);
    User user = user(realm, 0, QuotaAction.DESTROY_OLDEST);
    for (int i = 0; i < 5; i++) {
      open(user);
    }
    service(realm, 60, 2, QuotaAction.DESTROY_OLDEST);
    assertThat(live(user)).hasSize(5);
    open(user);
    assertThat(live(user)).hasSize(2);
  }

  @Test
  void placeOfADeadNode_becomesVoidAndItsSessionNeverBegins() throws Exception {
    User user = user(1, QuotaAction.DENY_ACCESS);
    ReservationStore reservations = new ReservationStore(node.store().database());
    NewSession abandoned = reserved(user);
    assertThat(
            Await.result(
                reservations.reserve(
                    abandoned.id(),
                    user.numericId(),
                    ReservationStore.TOKENS,
                    1,
                    QuotaAction.DENY_ACCESS.name())))
        .isEqualTo(new ReservationStore.Answer.Granted(List.of()));
    refused(ErrorCode.QUOTA_EXCEEDED, () -> opening(user));
    sql.run(
        "UPDATE session_reservation SET reserved_at = reserved_at - interval '1 minute'"
            + " WHERE session_id = ?",
        abandoned.id());
    TokenView opened = open(user);

    Outcome late =
        Await.result(
            node.sessions().ask(new Command.Create(abandoned, node.admin().administrator())));
    assertThat(late)
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.ALREADY_EXISTS));
    assertThat(live(user)).containsExactly(opened.id());
    assertThat(new SessionLog(sql).types(abandoned.id())).isEmpty();
  }

  private static NewSession reserved(User user) {
    return new NewSession(
        UUID.randomUUID(),
        900_000_001,
        SessionKind.TOKEN,
        user.numericId(),
        new Terms(1, user.realmId(), 60_000, 0, 0),
        0,
        60_000,
        false,
        null,
        false,
        new NewSession.Details("{}", null, null, null, null, true));
  }
}
