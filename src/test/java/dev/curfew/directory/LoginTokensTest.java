package dev.curfew.directory;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.config.Secret;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.User;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestNode;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class LoginTokensTest {
  private static final int RACES = 300;

  private static TestNode node;
  private static LoginTokens logins;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start();
    logins = node.directory().loginTokens();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static User user(Role... roles) {
    return Await.result(
        node.directory()
            .users()
            .create(
                node.admin(),
                new NewUser(TestNode.name("user"), null, null, null, Set.of(roles), null)));
  }

  private static IssuedTokens open(User user) {
    return Await.result(logins.open(user));
  }

  private static Principal holder(IssuedTokens tokens) {
    return Await.result(node.authenticator().of(tokens.accessToken().reveal()));
  }

  private static void isOver(IssuedTokens tokens) {
    refused(
        ErrorCode.UNAUTHENTICATED, () -> node.authenticator().of(tokens.accessToken().reveal()));
    refused(ErrorCode.UNAUTHENTICATED, () -> logins.refresh(tokens.refreshToken()));
  }

  @Test
  void accessToken_saysWhoAndFromWhom_andTheRolesSayWhat() throws Exception {
    User user = user();
    IssuedTokens tokens = open(user);
    SignedJWT token = SignedJWT.parse(tokens.accessToken().reveal());
    assertThat(token.getHeader().getType()).hasToString("at+jwt");
    assertThat(token.getHeader().getAlgorithm()).hasToString("RS256");
    assertThat(token.getJWTClaimsSet().getClaims().keySet())
        .containsExactlyInAnyOrder("iss", "aud", "sub", "sid", "exp", "nbf", "iat", "jti");
    assertThat(token.getJWTClaimsSet().getSubject()).isEqualTo(user.id().toString());
    Principal holder = holder(tokens);
    assertThat(holder.userUuid()).isEqualTo(user.id());
    assertThat(holder.expiresAt()).isEqualTo(token.getJWTClaimsSet().getExpirationTime().getTime());
    assertThat(holder.scopes())
        .containsExactlyInAnyOrder(
            Scope.SESSIONS_READ,
            Scope.SESSIONS_WRITE,
            Scope.SESSION_JOIN,
            Scope.RECORDING_READ,
            Scope.RESOURCES_READ);
    assertThat(holder(open(user(Role.AUDITOR))).scopes()).allMatch(Scope::onlyReads).hasSize(7);
    assertThat(holder(open(user(Role.ADMIN))).scopes()).containsExactlyInAnyOrder(Scope.values());
    assertThat(holder(open(user(Role.ORG_ADMIN))).scopes())
        .contains(Scope.ADMIN)
        .doesNotContain(Scope.RECORDING_UPLOAD);
  }

  @Test
  void change_ofRoles_holdsAtOnce() {
    User user = user(Role.ORG_ADMIN);
    IssuedTokens tokens = open(user);
    assertThat(holder(tokens).has(Scope.ADMIN)).isTrue();
    Await.result(
        node.directory()
            .users()
            .change(
                node.admin(),
                user.id().toString(),
                UserChange.NOTHING.withRoles(Set.of(Role.USER))));
    assertThat(holder(tokens).has(Scope.ADMIN)).isFalse();
    assertThat(holder(tokens).roles()).containsExactly(Role.USER);
  }

  @Test
  void deletion_andAnotherPassword_endEveryLogin() {
    User user = user();
    List<IssuedTokens> two = List.of(open(user), open(user));
    two.forEach(LoginTokensTest::holder);
    Await.result(
        node.directory()
            .users()
            .change(
                node.admin(),
                user.id().toString(),
                UserChange.NOTHING.withPassword(Secret.of("another"))));
    two.forEach(LoginTokensTest::isOver);

    IssuedTokens again = open(user);
    holder(again);
    Await.result(node.directory().users().delete(node.admin(), user.id().toString()));
    isOver(again);
    refused(ErrorCode.UNAUTHENTICATED, () -> logins.open(user));
  }

  @Test
  void refreshToken_usedAgain_endsTheLoginForBoth_andIsInTheLog() throws Exception {
    User user = user();
    IssuedTokens first = open(user);
    IssuedTokens other = open(user);
    IssuedTokens second = Await.result(logins.refresh(first.refreshToken()));
    IssuedTokens third = Await.result(logins.refresh(second.refreshToken()));
    holder(third);
    refused(ErrorCode.UNAUTHENTICATED, () -> logins.refresh(first.refreshToken()));
    isOver(third);
    isOver(second);
    assertThat(holder(other).userUuid()).as("another login of the user").isEqualTo(user.id());
    try (DirectSql sql = DirectSql.open(node.store().endpoint())) {
      assertThat(
              sql.number(
                  "SELECT count(*) FROM event WHERE type = 'dev.curfew.auth.denied'"
                      + " AND user_id = ? AND data->>'method' = 'refresh'",
                  user.numericId()))
          .isEqualTo(1);
    }
  }

  @Test
  void sameRefreshTwiceAtOnce_isGrantedOnce_andThenEndsTheLogin() {
    User user = user();
    for (int i = 0; i < RACES; i++) {
      IssuedTokens tokens = open(user);
      Future<IssuedTokens> one = logins.refresh(tokens.refreshToken());
      Future<IssuedTokens> two = logins.refresh(tokens.refreshToken());
      Await.result(Future.join(one, two).otherwiseEmpty());
      assertThat(one.succeeded()).isNotEqualTo(two.succeeded());
      isOver(one.succeeded() ? one.result() : two.result());
    }
  }

  @Test
  void refreshAgainstLogout_leavesNothingOfTheLogin() {
    User user = user();
    int refreshes = 0;
    for (int i = 0; i < RACES; i++) {
      IssuedTokens tokens = open(user);
      Principal holder = holder(tokens);
      Future<IssuedTokens> refresh;
      Future<Void> logout;
      if (i % 2 == 0) {
        refresh = logins.refresh(tokens.refreshToken());
        logout = i % 4 == 0 ? logins.end(holder) : logins.end(tokens.refreshToken());
      } else {
        logout = i % 4 == 1 ? logins.end(holder) : logins.end(tokens.refreshToken());
        refresh = logins.refresh(tokens.refreshToken());
      }
      Await.result(logout);
      Await.result(refresh.otherwiseEmpty());
      isOver(tokens);
      if (refresh.succeeded()) {
        refreshes++;
        isOver(refresh.result());
      }
    }
    assertThat(refreshes).as("both orders were seen").isBetween(1, RACES - 1);
  }

  @Test
  void refreshToken_ofAnotherKindOrUnknown_isRefused() {
    for (String token : List.of("", "cfr_", "cfr_" + "x".repeat(43), "x".repeat(5_000), "\0")) {
      refused(ErrorCode.UNAUTHENTICATED, () -> logins.refresh(Secret.of(token)));
      refused(ErrorCode.UNAUTHENTICATED, () -> logins.end(Secret.of(token)));
    }
    refused(ErrorCode.UNAUTHENTICATED, () -> logins.refresh(open(user()).accessToken()));
  }

  @Test
  void logout_withAKey_isRefused() {
    refused(ErrorCode.INVALID_FIELD, () -> logins.end(node.admin()));
  }

  @Test
  void database_holdsNoTokenInClear() throws Exception {
    IssuedTokens tokens = open(user());
    try (DirectSql sql = DirectSql.open(node.store().endpoint())) {
      assertThat(
              sql.number(
                  "SELECT count(*) FROM refresh_token WHERE encode(hash, 'escape') LIKE ?",
                  "%" + tokens.refreshToken().reveal().substring(4, 20) + "%"))
          .isZero();
    }
    assertThat(tokens.toString()).doesNotContain(tokens.refreshToken().reveal());
  }
}
