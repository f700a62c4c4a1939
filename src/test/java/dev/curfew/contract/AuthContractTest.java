package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWK;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.OidcIssuer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every way to say who one is, over HTTP. */
class AuthContractTest {
  private static final String LOGIN = "/api/v1/auth/login";
  private static final String REFRESH = "/api/v1/auth/refresh";
  private static final String LOGOUT = "/api/v1/auth/logout";
  private static final String TOKEN = "/oauth2/token";
  private static final String FORM = "grant_type=client_credentials";

  private static OidcIssuer issuer;
  private static Installation at;

  @BeforeAll
  static void start() {
    issuer = new OidcIssuer();
    at =
        Installation.start(
            Map.of(
                "auth.oidc",
                "[{issuer: '" + issuer.url() + "', audience: curfew, realm: acme}]",
                "rate-limit.failures-per-second",
                "20"));
  }

  @AfterAll
  static void stop() {
    at.close();
    issuer.close();
  }

  private static JsonObject json() {
    return new JsonObject();
  }

  private static JsonObject login(JsonObject who) {
    return at.anonymous.post(LOGIN, who).is(200).json();
  }

  private static JsonObject refreshToken(JsonObject tokens) {
    return json().put("refreshToken", tokens.getString("refreshToken"));
  }

  // Logins

  @Test
  void login_byUsername_inARealm() {
    JsonObject who = at.passwordUser("acme", "USER");
    String name = who.getString("email").substring(0, who.getString("email").indexOf('@'));
    JsonObject byName =
        json().put("username", name.toUpperCase()).put("password", Installation.PASSWORD);
    at.bearer(login(byName)).get("/api/v1/sessions").is(200);
    login(byName.copy().put("realm", "acme"));
    at.anonymous.post(LOGIN, byName.copy().put("realm", "root")).is(401);
    at.anonymous.post(LOGIN, byName.copy().put("realm", "nowhere")).is(401);
  }

  @Test
  void login_thatIsRefused_readsTheSame_whateverIsWrong() {
    JsonObject who = at.passwordUser("root", "USER");
    List<String> answers = new ArrayList<>();
    for (JsonObject bad :
        List.of(
            who.copy().put("password", "wrong"),
            who.copy().put("email", "nobody@example.com"),
            json().put("username", "jdoe").put("password", "jdoe has none"),
            who.copy().put("realm", "nowhere"))) {
      Reply refusal = at.anonymous.post(LOGIN, bad).is(401);
      JsonObject body = refusal.json();
      body.remove("timestamp");
      answers.add(body.encode() + refusal.header("WWW-Authenticate"));
    }
    assertThat(answers.stream().distinct()).hasSize(1);
  }

  @Test
  void login_withBadInput_namesTheField() {
    String text = "x".repeat(2_000);
    at.anonymous.post(LOGIN, json()).refuses(400, "email");
    at.anonymous.post(LOGIN, json().put("email", "a@b")).refuses(400, "password");
    JsonObject good = json().put("email", "a@b").put("password", "x");
    for (String field : List.of("email", "password", "realm")) {
      for (Object bad : List.of(7, true, json(), new JsonArray(), text, "a\0b")) {
        at.anonymous
            .post(LOGIN, good.copy().put(field, bad))
            .refuses(400, field)
            .tellsNothingOfTheInside();
      }
    }
    at.anonymous.post(LOGIN, good.copy().put("username", "both")).refuses(400, "username");
    at.anonymous.post(LOGIN, good.copy().put("password", "")).refuses(400, "password");
    at.anonymous.send("POST", LOGIN, "[]").is(400).tellsNothingOfTheInside();
    at.anonymous.send("POST", LOGIN, "x".repeat(2_000_000)).is(413);
    for (Object bad : List.of(7, json(), "", text, "a\0b")) {
      at.anonymous.post(REFRESH, json().put("refreshToken", bad)).refuses(400, "refreshToken");
    }
    at.anonymous.post(REFRESH, json()).refuses(400, "refreshToken");
    at.anonymous.post(REFRESH, json().put("refreshToken", "cfr_unknown")).is(401);
    at.anonymous.post(LOGOUT, json().put("refreshToken", 7)).refuses(400, "refreshToken");
  }

  @Test
  void guesses_areSlowedDown_withTheTimeToWait() {
    JsonObject who = at.passwordUser("root", "USER");
    Reply last = at.anonymous.post(LOGIN, who.copy().put("password", "guess 0"));
    for (int i = 1; i <= 10; i++) {
      last.is(401);
      last = at.anonymous.post(LOGIN, who.copy().put("password", "guess " + i));
    }
    last.is(429);
    assertThat(Integer.parseInt(Objects.requireNonNull(last.header("Retry-After"))))
        .isBetween(2, 30);
    at.anonymous.post(LOGIN, who).is(429);
  }

  @Test
  void logout_endsTheLogin_byAnyOfItsTokens() {
    JsonObject who = at.passwordUser("root", "USER");
    JsonObject first = login(who);
    JsonObject second = at.anonymous.post(REFRESH, refreshToken(first)).is(200).json();
    JsonObject other = login(who);
    at.anonymous.post(LOGOUT, refreshToken(first)).is(204);
    at.bearer(second).get("/api/v1/sessions").is(401);
    at.anonymous.post(REFRESH, refreshToken(second)).is(401);
    at.bearer(other).get("/api/v1/sessions").is(200);
    at.bearer(other).post(LOGOUT).is(204);
    at.bearer(other).post(LOGOUT).is(401);
    at.anonymous.post(REFRESH, refreshToken(other)).is(401);

    at.anonymous.post(LOGOUT, refreshToken(other)).is(204);
    at.anonymous.post(LOGOUT, json().put("refreshToken", "unknown")).is(401);
    at.anonymous.post(LOGOUT).is(401);
    at.user.post(LOGOUT).refuses(400, "refreshToken");
  }

  @Test
  void roles_sayWhatALoginOpens() {
    Caller user = at.bearer(login(at.passwordUser("root", "USER")));
    user.get("/api/v1/sessions").is(200);
    user.get("/api/v1/admin/users").is(403);
    user.get(Installation.STATUS + "1").is(403);
    Caller auditor = at.bearer(login(at.passwordUser("root", "AUDITOR")));
    auditor.get("/api/v1/admin/users").is(200);
    auditor.post("/api/v1/sessions", json().put("durationHours", 1)).is(403);
    Caller organisation = at.bearer(login(at.passwordUser("acme", "ORG_ADMIN")));
    organisation.get("/api/v1/admin/users").is(200);
    organisation
        .post("/api/v1/admin/realms", json().put("name", "more").put("tier", "free"))
        .is(403);
    Caller admin = at.bearer(login(at.passwordUser("root", "ADMIN")));
    admin.get("/api/v1/admin/realms").is(200);
  }

  @Test
  void bearer_isTakenInAnyCase_andAKeyInEitherHeader() {
    JsonObject tokens = login(at.passwordUser("root", "USER"));
    at.anonymous
        .with("Authorization", "bearer " + tokens.getString("accessToken"))
        .get("/api/v1/sessions")
        .is(200);
    at.anonymous.with("Authorization", "Bearer " + at.node.adminKey()).get("/metrics").is(200);
    at.anonymous.withKey(tokens.getString("accessToken")).get("/api/v1/sessions").is(200);
    for (String bad : List.of("Bearer ", "Bearer x", "Basic x", "Bearer " + "e".repeat(7_000))) {
      at.anonymous.with("Authorization", bad).get("/api/v1/sessions").is(401);
    }
  }

  // Tokens of another issuer

  @Test
  void tokenOfAnotherIssuer_opensWhatItsUserMay() throws Exception {
    JWK key = OidcIssuer.rsa(2_048);
    issuer.publish(key);
    Caller stranger = bearer(OidcIssuer.sign(key, issuer.claims("stranger").build()));
    JsonObject session =
        stranger.post("/api/v1/sessions", json().put("durationHours", 1)).is(201).json();
    assertThat(session.getString("userId")).isEqualTo(at.strangerRecord.getString("id"));
    stranger.get("/api/v1/admin/users").is(403);
    bearer(OidcIssuer.sign(key, issuer.claims("olga").build())).get("/api/v1/admin/users").is(200);
    for (String name : List.of("nobody", "jdoe", "admin")) {
      bearer(OidcIssuer.sign(key, issuer.claims(name).build())).get("/api/v1/sessions").is(401);
    }
    JWK next = OidcIssuer.ed25519();
    bearer(OidcIssuer.sign(next, issuer.claims("stranger").build()))
        .get("/api/v1/sessions")
        .is(401);
  }

  private static Caller bearer(String token) {
    return at.anonymous.with("Authorization", "Bearer " + token);
  }

  // Accounts of programs

  private static String token(JsonObject account) {
    return at.client(account).send("POST", TOKEN, FORM).is(200).json().getString("access_token");
  }

  @Test
  void account_hasThirtyTokens_andTheOldestGivesWay() {
    JsonObject account = at.oauthClient("pra:read");
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      tokens.add(token(account));
    }
    for (String token : tokens) {
      bearer(token).get(Installation.STATUS + "1").is(200);
    }
    tokens.add(token(account));
    bearer(tokens.get(0)).get(Installation.STATUS + "1").is(401);
    bearer(tokens.get(1)).get(Installation.STATUS + "1").is(200);
    bearer(tokens.get(30)).get(Installation.STATUS + "1").is(200);
    bearer(tokens.get(30)).get("/api/v1/sessions").is(403);

    at.admin.delete("/api/v1/admin/oauth-clients/" + account.getString("clientId")).is(204);
    bearer(tokens.get(30)).get(Installation.STATUS + "1").is(401);
    at.client(account).send("POST", TOKEN, FORM).is(401);
  }

  @Test
  void account_actsForWhoeverMadeIt() {
    JsonObject account = at.oauthClient("sessions:write", "sessions:read");
    JsonObject session =
        bearer(token(account))
            .post("/api/v1/sessions", json().put("durationHours", 1))
            .is(201)
            .json();
    assertThat(session.getString("userEmail")).isEqualTo("admin@localhost");
  }

  @Test
  void account_whoseSecretIsWrong_isRefusedAsTheDialectHasIt() {
    JsonObject account = at.oauthClient("pra:read");
    String id = account.getString("clientId");
    String secret = account.getString("clientSecret");
    List<Caller> bad =
        List.of(
            at.client(id, "wrong"),
            at.client(id, ""),
            at.client(Installation.unknownId(), secret),
            at.client("nobody", secret),
            at.client(id, secret).with("Authorization", "Basic !"),
            at.client(id, secret).with("Authorization", "Basic " + secret),
            at.client(id, secret).with("Authorization", "Bearer " + at.node.adminKey()));
    for (Caller caller : bad) {
      Reply refusal = caller.send("POST", TOKEN, FORM).is(401);
      assertThat(refusal.json())
          .isEqualTo(
              json()
                  .put("error", "access_denied")
                  .put(
                      "message", "The resource owner or authorization server denied the request."));
      assertThat(refusal.header("WWW-Authenticate")).startsWith("Basic");
    }
    Reply good = at.client(account).send("POST", TOKEN, FORM).is(200);
    assertThat(good.header("Cache-Control")).isEqualTo("no-store");
    assertThat(good.json().fieldNames())
        .containsExactly("access_token", "token_type", "expires_in");
  }

  @Test
  void tokenRequest_thatIsNotOne_is400() {
    Caller client = at.client(at.oauthClient("pra:read"));
    for (String form :
        List.of(
            "",
            "grant_type=password&username=a&password=b",
            "grant_type=authorization_code",
            "grant_type=",
            FORM + "&" + FORM,
            "grant_type=%zz",
            "grant_type=client_credentials%00",
            "{}")) {
      client.send("POST", TOKEN, form).is(400).tellsNothingOfTheInside();
    }
    assertThat(client.send("POST", TOKEN, "grant_type=password").json().getString("error"))
        .isEqualTo("unsupported_grant_type");
    client.send("POST", TOKEN, FORM + "&more=" + "x".repeat(10_000)).is(413);
  }

  @Test
  void secrets_areNotInTheDatabase() throws Exception {
    JsonObject account = at.oauthClient("pra:read");
    String token = token(account);
    for (String table : List.of("oauth_client", "oauth_token", "event", "login_throttle")) {
      try (DirectSql sql = at.node.sql()) {
        for (String secret : List.of(account.getString("clientSecret"), token)) {
          assertThat(
                  sql.number(
                      "SELECT count(*) FROM " + table + " t WHERE t::text LIKE ?",
                      "%" + secret + "%"))
              .as(table)
              .isZero();
        }
      }
    }
  }

  // Strangers

  @Test
  void floodOfBadCredentials_endsAtItsAddress_andLeavesKnownOnesAlone() {
    try (Installation other = Installation.start(Map.of("rate-limit.failures-per-second", "1"))) {
      other.user.get("/api/v1/sessions").is(200);
      int refused = 0;
      Reply reply = other.anonymous.withKey("guess").get("/api/v1/sessions");
      for (int i = 0; i < 40 && reply.status() == 401; i++) {
        refused++;
        reply = other.anonymous.withKey("guess " + i).get("/api/v1/sessions");
      }
      reply.is(429);
      assertThat(refused).isBetween(20, 30);
      assertThat(reply.header("Retry-After")).isEqualTo("1");
      other.user.get("/api/v1/sessions").is(200);
      other.anonymous.post(LOGIN, json().put("email", "a@b").put("password", "x")).is(429);
    }
  }
}
