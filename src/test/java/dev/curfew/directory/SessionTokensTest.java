package dev.curfew.directory;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.ExpectedRevision;
import dev.curfew.realm.QuotaAction;
import dev.curfew.realm.Realm;
import dev.curfew.realm.SessionServiceSettings;
import dev.curfew.realm.TokenView;
import dev.curfew.realm.User;
import dev.curfew.session.Command;
import dev.curfew.session.Initiator;
import dev.curfew.session.Outcome;
import dev.curfew.session.SecretDigest;
import dev.curfew.session.SessionState;
import dev.curfew.session.Tier;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.SessionLog;
import dev.curfew.testing.TestNode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class SessionTokensTest {
  private static final long MINUTE = 60_000;

  private static TestNode node;
  private static SessionTokens tokens;
  private static DirectSql sql;
  private static SessionLog log;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start();
    tokens = node.directory().sessionTokens();
    sql = DirectSql.open(node.store().endpoint());
    log = new SessionLog(sql);
  }

  @AfterAll
  static void stop() throws Exception {
    sql.close();
    node.close();
  }

  private static User user(Realm realm, Role... roles) {
    return Await.result(
        node.directory()
            .users()
            .create(
                node.admin(),
                new NewUser(TestNode.name("user"), null, null, null, Set.of(roles), realm.name())));
  }

  private static User user() {
    return user(node.realm(Tier.BUSINESS), Role.USER);
  }

  private static IssuedToken open(User user) {
    return Await.result(tokens.open(user, Map.of(), "203.0.113.7"));
  }

  private static String secret(IssuedToken token) {
    return token.token().reveal();
  }

  private static Optional<TokenView> read(String token) {
    return Await.result(tokens.read(token));
  }

  private static Optional<TokenView> touch(String token) {
    return Await.result(tokens.touch(token));
  }

  private static Initiator self(User user) {
    return new Initiator(Initiator.Kind.USER, user.numericId(), user.username());
  }

  private static Initiator admin() {
    return node.admin().administrator();
  }

  private static void serviceOf(Realm realm, SessionServiceSettings settings) {
    Await.result(
        node.directory().sessionService().put(realm.id(), settings, ExpectedRevision.ANY, admin()));
  }

  /** As if nobody had used the session for so long. */
  private static void restFor(long millis) {
    long until = node.clock().now() + millis;
    Await.until("time passes", () -> node.clock().now() >= until);
  }

  @Test
  void openedToken_showsItsUserAndTheRealmsDefaults() throws Exception {
    User user = user();
    long before = node.clock().now();
    IssuedToken issued = open(user);
    TokenView view = issued.session();
    assertThat(secret(issued)).matches("[A-Za-z0-9_-]{64}");
    assertThat(issued.toString()).doesNotContain(secret(issued));
    assertThat(view.handle()).isEqualTo("shandle:" + view.id());
    assertThat(view.userId()).isEqualTo(user.numericId());
    assertThat(view.userUuid()).isEqualTo(user.id());
    assertThat(view.username()).isEqualTo(user.username());
    assertThat(view.realmId()).isEqualTo(user.realmId());
    assertThat(view.realm()).isEqualTo(user.realm());
    assertThat(view.administrator()).isFalse();
    assertThat(view.startedAt()).isBetween(before, node.clock().now());
    assertThat(view.expiresAt() - view.startedAt()).isEqualTo(120 * MINUTE);
    assertThat(view.maxDuration()).isEqualTo(120 * MINUTE);
    assertThat(view.maxIdle()).isEqualTo(30 * MINUTE);
    assertThat(view.lastAccess()).isEqualTo(view.startedAt());
    assertThat(log.types(view.id())).containsExactly("started");
    assertThat(log.state(view.id())).isEqualTo(SessionState.ACTIVE);
    assertThat(sql.value("SELECT ipv4_address FROM session WHERE id = ?", view.id()))
        .isEqualTo("203.0.113.7");
    assertThat(
            sql.number(
                "SELECT count(*) FROM session_token WHERE session_id = ? AND length(hash) = 32",
                view.id()))
        .isOne();
  }

  @Test
  void address_isKeptWhereItIsOne() throws Exception {
    User user = user();
    TokenView six = Await.result(tokens.open(user, Map.of(), "2001:db8::1")).session();
    TokenView none = Await.result(tokens.open(user, Map.of(), "")).session();
    String addresses = "SELECT concat(ipv4_address, '/', ipv6_address) FROM session WHERE id = ?";
    assertThat(sql.value(addresses, six.id())).isEqualTo("/2001:db8::1");
    assertThat(sql.value(addresses, none.id())).isEqualTo("/");
  }

  @Test
  void reading_neverMovesIdleTimeAndTouchingDoes() {
    IssuedToken issued = open(user());
    long openedAt = issued.session().lastAccess();
    restFor(5);
    for (int i = 0; i < 20; i++) {
      assertThat(read(secret(issued)).orElseThrow().lastAccess()).isEqualTo(openedAt);
    }
    TokenView touched = touch(secret(issued)).orElseThrow();
    assertThat(touched.lastAccess()).isGreaterThan(openedAt).isEqualTo(touched.now());
    assertThat(read(secret(issued)).orElseThrow().lastAccess()).isEqualTo(touched.lastAccess());
    assertThat(touched.expiresAt()).isEqualTo(issued.session().expiresAt());
  }

  @Test
  void whatIsNoToken_opensNothing() {
    IssuedToken issued = open(user());
    String token = secret(issued);
    String otherSecret = token.substring(0, 63) + (token.endsWith("A") ? "B" : "A");
    String foreign = secret(open(user()));
    String mixed = token.substring(0, 22) + foreign.substring(22);
    List<String> bad =
        List.of(
            "",
            "x",
            "AQIC5wM2LY4SfcxsuvGEjcsppDSFR8H8DYBSouTtz3m64PI.*AAJTSQACMDIAAlNLABQtNTQw*",
            token + "A",
            token + "=",
            token.substring(1),
            token.substring(0, 63) + "=",
            token.substring(0, 63) + "\0",
            token.substring(0, 63) + "+",
            token.substring(0, 62) + "é",
            " " + token.substring(1),
            "A".repeat(64),
            "A".repeat(1_000_000),
            otherSecret,
            mixed);
    for (String each : bad) {
      assertThat(read(each)).as(each.substring(0, Math.min(80, each.length()))).isEmpty();
      assertThat(touch(each)).isEmpty();
    }
    assertThat(read(token).orElseThrow().lastAccess()).isEqualTo(issued.session().lastAccess());
  }

  @Test
  void loggedOutToken_opensNothingEverAgain() throws Exception {
    User user = user();
    IssuedToken issued = open(user);
    assertThat(Await.result(tokens.end(issued.session(), self(user)))).isTrue();
    assertThat(read(secret(issued))).isEmpty();
    assertThat(touch(secret(issued))).isEmpty();
    assertThat(Await.result(tokens.end(issued.session(), self(user)))).isFalse();
    assertThat(log.types(issued.session().id())).containsExactly("started", "stopped", "ended");

    IssuedToken taken = open(user);
    assertThat(Await.result(tokens.end(taken.session(), admin()))).isTrue();
    assertThat(read(secret(taken))).isEmpty();
    assertThat(log.types(taken.session().id())).containsExactly("started", "revoked", "ended");
  }

  @Test
  void logout_winsOverTouchesThatRaceIt() throws Exception {
    User user = user();
    for (int round = 0; round < 300; round++) {
      IssuedToken issued = open(user);
      List<Future<Optional<TokenView>>> touches = new ArrayList<>();
      for (int i = 0; i < round % 4; i++) {
        touches.add(tokens.touch(secret(issued)));
      }
      Future<Boolean> logout = tokens.end(issued.session(), self(user));
      List<Future<Optional<TokenView>>> late = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        late.add(tokens.touch(secret(issued)));
        late.add(tokens.read(secret(issued)));
      }
      assertThat(Await.result(logout)).isTrue();
      assertThat(read(secret(issued))).isEmpty();
      assertThat(touch(secret(issued))).isEmpty();
      for (Future<Optional<TokenView>> each : touches) {
        Await.result(each);
      }
      for (Future<Optional<TokenView>> each : late) {
        assertThat(Await.result(each)).isEmpty();
      }
    }
    assertThat(
            sql.number(
                "SELECT count(*) FROM session WHERE user_id = ? AND state < 4",
                (long) user.numericId()))
        .isZero();
  }

  @Test
  void changedUser_isShownAsTheyAreNow() {
    Realm realm = node.realm(Tier.BUSINESS);
    User user = user(realm, Role.USER);
    IssuedToken issued = open(user);
    assertThat(read(secret(issued)).orElseThrow().administrator()).isFalse();
    Await.result(
        node.directory()
            .users()
            .change(
                node.admin(),
                user.id().toString(),
                UserChange.NOTHING.withRoles(Set.of(Role.ORG_ADMIN))));
    Await.until("the new role is known", () -> read(secret(issued)).orElseThrow().administrator());
    Principal principal =
        Await.result(tokens.principal(read(secret(issued)).orElseThrow())).orElseThrow();
    assertThat(principal.roles()).containsExactly(Role.ORG_ADMIN);
    assertThat(principal.realmId()).isEqualTo(realm.id());
    assertThat(principal.tier()).isEqualTo(Tier.BUSINESS);
    assertThat(principal.scopes()).isEmpty();
    assertThat(principal.expiresAt()).isEqualTo(issued.session().expiresAt());
  }

  @Test
  void deletedUsersTokens_openNothing() throws Exception {
    User user = user();
    IssuedToken issued = open(user);
    Await.result(node.directory().users().delete(node.admin(), user.id().toString()));
    assertThat(read(secret(issued))).isEmpty();
    assertThat(log.types(issued.session().id())).containsExactly("started", "revoked", "ended");
    assertThat(refused(ErrorCode.NOT_FOUND, () -> tokens.open(user, Map.of(), "")))
        .hasMessageContaining(user.username());
    assertThat(
            sql.number(
                "SELECT count(*) FROM session WHERE user_id = ? AND state < 4",
                (long) user.numericId()))
        .isZero();
  }

  @Test
  void handles_endSessionsOfTheAdministratorsRealmOnly() {
    Realm realm = node.realm(Tier.BUSINESS);
    User user = user(realm, Role.USER);
    IssuedToken mine = open(user);
    IssuedToken other = open(user());
    TokenView orgAdmin = open(user(realm, Role.ORG_ADMIN)).session();
    String unknown = "shandle:" + UUID.randomUUID();
    List<String> handles =
        List.of(
            mine.session().handle(), other.session().handle(), unknown, "shandle:1-1-1-1-1", "x\0");
    Map<String, Boolean> expected = new HashMap<>();
    handles.forEach(handle -> expected.put(handle, true));

    refused(ErrorCode.FORBIDDEN, () -> tokens.endByHandles(mine.session(), handles));
    assertThat(Await.result(tokens.endByHandles(orgAdmin, handles))).isEqualTo(expected);
    assertThat(read(secret(mine))).isEmpty();
    assertThat(read(secret(other))).isPresent();

    User everything = user(node.realm(Tier.BUSINESS), Role.ADMIN);
    assertThat(Await.result(tokens.endByHandles(open(everything).session(), handles)))
        .isEqualTo(expected);
    assertThat(read(secret(other))).isEmpty();
    refused(
        ErrorCode.INVALID_FIELD,
        () -> tokens.endByHandles(orgAdmin, Collections.nCopies(1_001, mine.session().handle())));
  }

  @Test
  void user_isLoggedOutEverywhere() {
    Realm realm = node.realm(Tier.BUSINESS);
    User user = user(realm, Role.USER);
    User neighbour = user(realm, Role.USER);
    List<IssuedToken> open = List.of(open(user), open(user), open(user));
    IssuedToken neighbours = open(neighbour);
    assertThat(
            Await.result(
                tokens.endByUser(realm.id(), user.username().toUpperCase(Locale.ROOT), admin())))
        .isEqualTo(3);
    open.forEach(each -> assertThat(read(secret(each))).isEmpty());
    assertThat(read(secret(neighbours))).isPresent();
    assertThat(Await.result(tokens.endByUser(realm.id(), user.username(), admin()))).isZero();
    assertThat(Await.result(tokens.endByUser(realm.id(), "nobody", admin()))).isZero();
    assertThat(
            Await.result(
                tokens.endByUser(node.realm(Tier.FREE).id(), neighbour.username(), admin())))
        .isZero();
    refused(ErrorCode.INVALID_FIELD, () -> tokens.endByUser(realm.id(), "a\0b", admin()));
    assertThat(Await.result(tokens.endByUser(realm.id(), neighbour.username(), self(neighbour))))
        .isOne();
  }

  @Test
  void properties_areKeptWithTheSession() {
    User user = user();
    Map<String, String> properties = Map.of("AuthLevel", "0", "Locale", "de_AT", "quote", "\"'é");
    TokenView session = Await.result(tokens.open(user, properties, "")).session();
    assertThat(Await.result(tokens.properties(session.id()))).isEqualTo(properties);
    Await.result(tokens.setProperties(session.id(), Map.of("AuthLevel", "1", "foo", "")));
    Await.result(tokens.deleteProperties(session.id(), List.of("Locale", "quote", "absent")));
    assertThat(Await.result(tokens.properties(session.id())))
        .isEqualTo(Map.of("AuthLevel", "1", "foo", ""));

    Await.result(tokens.end(session, self(user)));
    refused(ErrorCode.NOT_FOUND, () -> tokens.properties(session.id()));
    refused(ErrorCode.NOT_FOUND, () -> tokens.setProperties(session.id(), Map.of("a", "b")));
    refused(ErrorCode.NOT_FOUND, () -> tokens.deleteProperties(session.id(), List.of("a")));
    refused(ErrorCode.NOT_FOUND, () -> tokens.properties(UUID.randomUUID()));
  }

  @Test
  void properties_outOfBoundsChangeNothing() {
    User user = user();
    TokenView session = open(user).session();
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < 64; i++) {
      many.put("p" + i, "v");
    }
    List<Map<String, String>> bad =
        List.of(
            Map.of("", "v"),
            Map.of("n".repeat(129), "v"),
            Map.of("n", "v".repeat(4_097)),
            Map.of("n\0", "v"),
            Map.of("n", "v\0"),
            Map.of("n", "\ud800"));
    for (Map<String, String> each : bad) {
      assertThat(
              refused(ErrorCode.INVALID_FIELD, () -> tokens.setProperties(session.id(), each))
                  .field())
          .isEqualTo("properties");
      refused(ErrorCode.INVALID_FIELD, () -> tokens.open(user, each, ""));
    }
    assertThat(Await.result(tokens.properties(session.id()))).isEmpty();
    Await.result(tokens.setProperties(session.id(), many));
    refused(ErrorCode.INVALID_FIELD, () -> tokens.setProperties(session.id(), Map.of("more", "v")));
    Await.result(tokens.setProperties(session.id(), Map.of("p1", "w")));
    assertThat(Await.result(tokens.properties(session.id()))).hasSize(64).containsEntry("p1", "w");
    refused(
        ErrorCode.INVALID_FIELD,
        () -> tokens.deleteProperties(session.id(), Collections.nCopies(65, "a")));
  }

  @Test
  void query_showsTheLiveTokensOfARealm() {
    Realm realm = node.realm(Tier.BUSINESS);
    User first = user(realm, Role.USER);
    User second = user(realm, Role.ORG_ADMIN);
    open(user());
    List<UUID> opened = new ArrayList<>();
    opened.add(open(first).session().id());
    opened.add(open(second).session().id());
    opened.add(open(first).session().id());
    IssuedToken gone = open(first);
    Await.result(tokens.end(gone.session(), admin()));

    List<TokenView> all = Await.result(tokens.query(realm.id(), null, 120));
    assertThat(all).extracting(TokenView::id).containsExactlyElementsOf(opened);
    assertThat(all.get(1).administrator()).isTrue();
    assertThat(all.get(0).username()).isEqualTo(first.username());
    assertThat(all.get(0).realm()).isEqualTo(realm.name());
    assertThat(Await.result(tokens.query(realm.id(), null, 2))).hasSize(2);
    assertThat(Await.result(tokens.query(realm.id(), first.username(), 120)))
        .extracting(TokenView::id)
        .containsExactly(opened.get(0), opened.get(2));
    assertThat(Await.result(tokens.count(realm.id(), null))).isEqualTo(3);
    assertThat(Await.result(tokens.count(realm.id(), first.username()))).isEqualTo(2);
    assertThat(Await.result(tokens.count(realm.id(), "nobody"))).isZero();
    refused(ErrorCode.INVALID_FIELD, () -> tokens.query(realm.id(), "\0", 1));
  }

  @Test
  void serviceSettings_holdForSessionsFromThenOn() {
    Realm realm = node.realm(Tier.BUSINESS);
    User user = user(realm, Role.USER);
    IssuedToken before = open(user);
    serviceOf(realm, SessionServiceSettings.of(10, 5, 0, 3, QuotaAction.DESTROY_NEXT_EXPIRING));
    TokenView after = open(user).session();
    assertThat(after.maxDuration()).isEqualTo(10 * MINUTE);
    assertThat(after.expiresAt() - after.startedAt()).isEqualTo(10 * MINUTE);
    assertThat(after.maxIdle()).isEqualTo(5 * MINUTE);
    TokenView unchanged = read(secret(before)).orElseThrow();
    assertThat(unchanged.maxDuration()).isEqualTo(120 * MINUTE);
    assertThat(unchanged.maxIdle()).isEqualTo(30 * MINUTE);

    serviceOf(
        realm, SessionServiceSettings.of(1_440, 1_440, 0, 3, QuotaAction.DESTROY_NEXT_EXPIRING));
    Await.result(node.directory().realms().changeTier(node.admin(), realm.name(), Tier.FREE));
    assertThat(open(user).session().maxDuration()).isEqualTo(120 * MINUTE);
  }

  @Test
  void commandsWithAnotherSecret_findNoSession() {
    IssuedToken issued = open(user());
    UUID id = issued.session().id();
    SecretDigest wrong = new SecretDigest(1, 2, 3, 4);
    assertThat(Await.result(node.sessions().ask(new Command.ReadToken(id, wrong))))
        .isEqualTo(Outcome.NotLive.INSTANCE);
    assertThat(Await.result(node.sessions().ask(new Command.TouchToken(id, wrong))))
        .isEqualTo(Outcome.NotLive.INSTANCE);
  }
}
