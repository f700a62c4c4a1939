package dev.curfew.directory;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.PasswordHasher;
import dev.curfew.bus.Bus;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.Realm;
import dev.curfew.realm.User;
import dev.curfew.session.Tier;
import dev.curfew.store.LoginAttemptStore;
import dev.curfew.store.RealmStore;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestNode;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class LoginsTest {
  private static final Secret PASSWORD = Secret.of("correct horse battery staple");
  private static final Secret WRONG = Secret.of("guess");

  private static TestNode node;
  private static Bus bus;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start();
    bus = node.bus();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static User user(String username, @Nullable String email, String realm) {
    return Await.result(
        node.directory()
            .users()
            .create(node.admin(), new NewUser(username, email, null, PASSWORD, Set.of(), realm)));
  }

  private static User user() {
    String name = TestNode.name("login");
    return user(name, name + "@example.com", Realm.ROOT);
  }

  /** As another node has it, with room for so many attempts. */
  private static Logins logins(int most) {
    LoginLimits.Limit limit = new LoginLimits.Limit(most, Duration.ofHours(1));
    LoginLimits.Limit none = new LoginLimits.Limit(100_000, Duration.ofMillis(1));
    return logins(new LoginLimits(limit, none, none));
  }

  private static Logins logins(LoginLimits limits) {
    return new Logins(
        new LoginAttemptStore(node.store().database()),
        new RealmStore(node.store().database()),
        new PasswordHasher(node.store().vertx()),
        new Notices(bus),
        limits);
  }

  private static Future<User> verify(Logins logins, String name, Secret password, String address) {
    return logins.verify(null, name, password, address);
  }

  private static String address() {
    return "address " + TestNode.name("a");
  }

  @Test
  void password_isTakenWithUsernameOrEmail_whateverTheCase() {
    User user = user();
    String email = String.valueOf(user.email());
    for (String name : List.of(user.username(), user.username().toUpperCase(), email)) {
      assertThat(Await.result(verify(node.directory().logins(), name, PASSWORD, address())))
          .isEqualTo(user);
    }
  }

  @Test
  void everyRefusal_readsTheSame() {
    User user = user();
    User withoutPassword =
        Await.result(
            node.directory()
                .users()
                .create(
                    node.admin(),
                    new NewUser(TestNode.name("user"), null, null, null, Set.of(), null)));
    List<String> messages = new ArrayList<>();
    for (String name :
        List.of(
            user.username(), withoutPassword.username(), "nobody", "", "\0", "x".repeat(5_000))) {
      messages.add(
          refused(
                  ErrorCode.UNAUTHENTICATED,
                  () -> verify(node.directory().logins(), name, WRONG, address()))
              .getMessage());
    }
    messages.add(
        refused(
                ErrorCode.UNAUTHENTICATED,
                () ->
                    verify(
                        node.directory().logins(),
                        user.username(),
                        Secret.of("x".repeat(100_000)),
                        address()))
            .getMessage());
    assertThat(Set.copyOf(messages)).containsExactly("The name or the password is wrong");
  }

  @Test
  void unknownUser_takesAsLongAsWrongPassword() {
    User user = user();
    Logins logins = logins(1_000);
    List<Long> known = new ArrayList<>();
    List<Long> unknown = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      known.add(nanosToRefuse(logins, user.username()));
      unknown.add(nanosToRefuse(logins, "nobody"));
    }
    double ratio = (double) median(unknown) / median(known);
    assertThat(ratio).isBetween(0.5, 2.0);
  }

  private static long nanosToRefuse(Logins logins, String name) {
    long start = System.nanoTime();
    refused(ErrorCode.UNAUTHENTICATED, () -> verify(logins, name, WRONG, "here"));
    return System.nanoTime() - start;
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  @Test
  void deletedUser_andOldPassword_areRefused() {
    User user = user();
    Secret other = Secret.of("another one");
    Await.result(
        node.directory()
            .users()
            .change(node.admin(), user.id().toString(), UserChange.NOTHING.withPassword(other)));
    Logins logins = node.directory().logins();
    refused(ErrorCode.UNAUTHENTICATED, () -> verify(logins, user.username(), PASSWORD, address()));
    assertThat(Await.result(verify(logins, user.username(), other, address()))).isEqualTo(user);
    Await.result(node.directory().users().delete(node.admin(), user.id().toString()));
    refused(ErrorCode.UNAUTHENTICATED, () -> verify(logins, user.username(), other, address()));
  }

  @Test
  void nameInSeveralRealms_isRootsOrNobodys_unlessTheRealmIsSaid() {
    Realm one = node.realm(Tier.FREE);
    Realm two = node.realm(Tier.FREE);
    Logins logins = node.directory().logins();
    String shared = TestNode.name("shared");
    User ofOne = user(shared, null, one.name());
    assertThat(Await.result(verify(logins, shared, PASSWORD, address()))).isEqualTo(ofOne);
    User ofTwo = user(shared, null, two.name());
    refused(ErrorCode.UNAUTHENTICATED, () -> verify(logins, shared, PASSWORD, address()));
    assertThat(Await.result(logins.verify(two.id(), shared, PASSWORD, address()))).isEqualTo(ofTwo);
    User ofRoot = user(shared, null, Realm.ROOT);
    assertThat(Await.result(verify(logins, shared, PASSWORD, address()))).isEqualTo(ofRoot);
  }

  @Test
  void addressOfSeveralUsers_isNobodys() {
    String email = TestNode.name("mail") + "@example.com";
    User first = user(TestNode.name("user"), email, Realm.ROOT);
    Logins logins = node.directory().logins();
    assertThat(Await.result(verify(logins, email, PASSWORD, address()))).isEqualTo(first);
    user(TestNode.name("user"), email, Realm.ROOT);
    refused(ErrorCode.UNAUTHENTICATED, () -> verify(logins, email, PASSWORD, address()));
  }

  @Test
  void parallelGuesses_getThroughAsOftenAsThereIsRoom_onAllNodesTogether() {
    User user = user();
    List<Logins> nodes = List.of(logins(5), logins(5));
    List<Future<User>> guesses = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      guesses.add(verify(nodes.get(i % 2), user.username(), WRONG, "10.0.0.1"));
    }
    int tried = 0;
    for (Future<User> guess : guesses) {
      CurfewException failure = (CurfewException) Await.failure(guess);
      if (failure.code() == ErrorCode.UNAUTHENTICATED) {
        tried++;
      } else {
        assertThat(failure.code()).isEqualTo(ErrorCode.RATE_LIMITED);
        assertThat(failure.retryAfterSeconds()).isPositive();
      }
    }
    assertThat(tried).isEqualTo(5);
    refused(ErrorCode.RATE_LIMITED, () -> verify(logins(5), user.username(), PASSWORD, "10.0.0.1"));
  }

  @Test
  void throttledName_isAnsweredAlike_whetherItIsKnownOrNot() {
    User user = user();
    String here = address();
    for (String name : List.of(user.username(), TestNode.name("nobody"))) {
      Logins logins = logins(2);
      refused(ErrorCode.UNAUTHENTICATED, () -> verify(logins, name, WRONG, here));
      refused(ErrorCode.UNAUTHENTICATED, () -> verify(logins, name, WRONG, here));
      assertThat(refused(ErrorCode.RATE_LIMITED, () -> verify(logins, name, WRONG, here)))
          .hasMessage("Too many attempts to log in; try again later");
    }
  }

  @Test
  void success_makesRoomAgain() {
    User user = user();
    Logins logins = logins(3);
    String here = address();
    for (int i = 0; i < 3; i++) {
      refused(ErrorCode.UNAUTHENTICATED, () -> verify(logins, user.username(), WRONG, here));
      refused(ErrorCode.UNAUTHENTICATED, () -> verify(logins, user.username(), WRONG, here));
      Await.result(verify(logins, user.username(), PASSWORD, here));
    }
  }

  @Test
  void strangersWhoGuessFromEverywhere_cannotKeepOutWhoeverWasLoggedInBefore() {
    User user = user();
    LoginLimits.Limit wide = new LoginLimits.Limit(100, Duration.ofSeconds(1));
    Logins logins =
        logins(new LoginLimits(wide, wide, new LoginLimits.Limit(4, Duration.ofHours(1))));
    String home = address();
    Await.result(verify(logins, user.username(), PASSWORD, home));
    for (int i = 0; i < 4; i++) {
      String there = address();
      refused(ErrorCode.UNAUTHENTICATED, () -> verify(logins, user.username(), WRONG, there));
    }
    refused(ErrorCode.RATE_LIMITED, () -> verify(logins, user.username(), PASSWORD, address()));
    assertThat(Await.result(verify(logins, user.username(), PASSWORD, home))).isEqualTo(user);
  }

  @Test
  void oneAddressThatTriesManyNames_isSlowedDown_withoutHarmToTheNames() throws Exception {
    LoginLimits.Limit wide = new LoginLimits.Limit(100, Duration.ofSeconds(1));
    Logins logins =
        logins(new LoginLimits(wide, new LoginLimits.Limit(3, Duration.ofHours(1)), wide));
    // Two addresses of one network.
    for (String there : List.of("2001:db8::1", "2001:db8::2", "2001:db8::3")) {
      refused(
          ErrorCode.UNAUTHENTICATED, () -> verify(logins, TestNode.name("nobody"), WRONG, there));
    }
    User user = user();
    for (int i = 0; i < 3; i++) {
      String name = TestNode.name("nobody");
      refused(ErrorCode.RATE_LIMITED, () -> verify(logins, name, WRONG, "2001:db8::4"));
    }
    refused(ErrorCode.RATE_LIMITED, () -> verify(logins, user.username(), PASSWORD, "2001:db8::5"));
    assertThat(Await.result(verify(logins, user.username(), PASSWORD, "2001:db8:0:1::1")))
        .isEqualTo(user);
  }

  @Test
  void loginAndRefusal_areInTheLog_withoutWhatWasTyped() throws Exception {
    User user = user();
    Logins logins = node.directory().logins();
    Await.result(verify(logins, user.username(), PASSWORD, "192.0.2.7"));
    refused(ErrorCode.UNAUTHENTICATED, () -> verify(logins, user.username(), WRONG, "192.0.2.7"));
    refused(ErrorCode.UNAUTHENTICATED, () -> verify(logins, "my password", WRONG, "192.0.2.77"));
    try (DirectSql sql = DirectSql.open(node.store().endpoint())) {
      for (String type : List.of("dev.curfew.auth.login", "dev.curfew.auth.denied")) {
        assertThat(
                sql.number(
                    "SELECT count(*) FROM event WHERE user_id = ? AND type = ?"
                        + " AND data->>'address' = '192.0.2.7'",
                    user.numericId(),
                    type))
            .isEqualTo(1);
      }
      assertThat(
              sql.number("SELECT count(*) FROM event WHERE data::text ~ 'my password|guess|horse'"))
          .isZero();
    }
  }
}
