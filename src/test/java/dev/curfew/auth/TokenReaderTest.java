package dev.curfew.auth;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.curfew.config.CurfewConfig;
import dev.curfew.config.Secret;
import dev.curfew.fault.ErrorCode;
import dev.curfew.testing.Await;
import dev.curfew.testing.OidcIssuer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens of our own and of an issuer that publishes its keys over HTTP; good, bad and forged. */
final class TokenReaderTest {
  private static final String OWN = "http://localhost:8080";
  private static final IssuerKeys.Schedule EAGER =
      new IssuerKeys.Schedule(Duration.ofMinutes(10), Duration.ZERO);

  private final Vertx vertx = Vertx.vertx();
  private final OidcIssuer issuer = new OidcIssuer();
  private final SigningKey ownKey =
      SigningKey.of(Secret.of(SigningKey.generate().toJSONString()), 0);
  private final KeyRing ring = new KeyRing(List.of(ownKey));
  private long offset;
  private TokenReader reader;

  @BeforeEach
  void open() {
    reader = reader("", EAGER);
  }

  @AfterEach
  void close() {
    issuer.close();
    Await.result(vertx.close());
  }

  private TokenReader reader(String more, IssuerKeys.Schedule schedule) {
    String oidc =
        "[{issuer: '" + issuer.url() + "', audience: " + OidcIssuer.AUDIENCE + more + "}]";
    LongSupplier clock = () -> System.currentTimeMillis() + offset;
    return new TokenReader(
        CurfewConfig.of(Map.of("auth.oidc", oidc)).auth(),
        id -> Future.succeededFuture(ring),
        new IssuerDocuments(vertx),
        clock,
        schedule);
  }

  private Optional<ExternalIdentity> identity(String token) {
    return Await.result(reader.read(token)).map(TokenReader.Reading::external);
  }

  private void accepted(String token) {
    assertThat(identity(token)).isPresent();
  }

  private void refusedToken(String what, String token) {
    assertThat(Await.result(reader.read(token))).as(what).isEmpty();
  }

  private JWTClaimsSet good() {
    return issuer.claims("jdoe").build();
  }

  @Test
  void token_ofEachAlgorithm_isAccepted() throws Exception {
    for (JWK key : List.of(OidcIssuer.rsa(2_048), OidcIssuer.p256(), OidcIssuer.ed25519())) {
      issuer.publish(key);
      ExternalIdentity identity = identity(OidcIssuer.sign(key, good())).orElseThrow();
      assertThat(identity.name()).isEqualTo("jdoe");
      assertThat(identity.realm()).isEqualTo("root");
      assertThat(identity.roles()).isNull();
      assertThat(identity.expiresAt())
          .isBetween(System.currentTimeMillis() + 300_000, System.currentTimeMillis() + 340_000);
    }
  }

  @Test
  void keys_rotateWithoutARestart_andAreFetchedOncePerNeed() throws Exception {
    JWK first = OidcIssuer.rsa(2_048);
    JWK second = OidcIssuer.p256();
    issuer.publish(first);
    for (int i = 0; i < 5; i++) {
      accepted(OidcIssuer.sign(first, good()));
    }
    assertThat(issuer.asked()).isEqualTo(1);
    issuer.publish(first, second);
    accepted(OidcIssuer.sign(second, good()));
    accepted(OidcIssuer.sign(first, good()));
    assertThat(issuer.asked()).isEqualTo(2);
    issuer.publish(second);
    refusedToken("a key that nobody knows", OidcIssuer.sign(OidcIssuer.rsa(2_048), good()));
    refusedToken("a key that was taken back", OidcIssuer.sign(first, good()));
  }

  @Test
  void unknownKeys_doNotMakeTheIssuerBeAskedWithoutBound() throws Exception {
    reader = reader("", new IssuerKeys.Schedule(Duration.ofMinutes(10), Duration.ofMinutes(1)));
    JWK key = OidcIssuer.p256();
    issuer.publish(key);
    accepted(OidcIssuer.sign(key, good()));
    for (int i = 0; i < 20; i++) {
      refusedToken("a stranger's", OidcIssuer.sign(OidcIssuer.p256(), good()));
    }
    assertThat(issuer.asked()).isEqualTo(1);
  }

  @Test
  void issuerThatIsAway_leavesKnownKeysGood_andUnknownOnesUnavailable() throws Exception {
    JWK key = OidcIssuer.ed25519();
    issuer.publish(key);
    issuer.setAway(true);
    String token = OidcIssuer.sign(key, good());
    refused(ErrorCode.UNAVAILABLE, () -> reader.read(token));
    issuer.setAway(false);
    accepted(OidcIssuer.sign(key, good()));

    reader = reader("", new IssuerKeys.Schedule(Duration.ZERO, Duration.ZERO));
    accepted(OidcIssuer.sign(key, good()));
    issuer.setAway(true);
    for (int i = 0; i < 5; i++) {
      accepted(OidcIssuer.sign(key, good()));
    }
    refusedToken("unknown", OidcIssuer.sign(OidcIssuer.ed25519(), good()));
  }

  @Test
  void keys_areFetchedAgainFromTimeToTime() throws Exception {
    reader = reader("", new IssuerKeys.Schedule(Duration.ZERO, Duration.ZERO));
    JWK key = OidcIssuer.p256();
    issuer.publish(key);
    accepted(OidcIssuer.sign(key, good()));
    issuer.publish(OidcIssuer.p256());
    Await.until(
        "the key is gone", () -> Await.result(reader.read(OidcIssuer.sign(key, good()))).isEmpty());
  }

  @Test
  void discovery_thatNamesAnotherIssuer_isNotBelieved() throws Exception {
    JWK key = OidcIssuer.p256();
    issuer.publish(key);
    issuer.claimToBe("http://127.0.0.1:1");
    String token = OidcIssuer.sign(key, good());
    refused(ErrorCode.UNAVAILABLE, () -> reader.read(token));
  }

  @Test
  void claims_thatDoNotHold_areRefused() throws Exception {
    JWK key = OidcIssuer.p256();
    issuer.publish(key);
    long now = System.currentTimeMillis();
    Map<String, JWTClaimsSet> bad =
        Map.of(
            "another issuer", issuer.claims("jdoe").issuer("https://elsewhere.example").build(),
            "no issuer", issuer.claims("jdoe").issuer(null).build(),
            "another audience", issuer.claims("jdoe").audience("grafana").build(),
            "no audience", issuer.claims("jdoe").audience((String) null).build(),
            "expired", issuer.claims("jdoe").expirationTime(new Date(now - 31_000)).build(),
            "no expiry", issuer.claims("jdoe").expirationTime(null).build(),
            "not yet", issuer.claims("jdoe").notBeforeTime(new Date(now + 40_000)).build(),
            "made later", issuer.claims("jdoe").issueTime(new Date(now + 40_000)).build(),
            "no user", issuer.claims("jdoe").claim("preferred_username", null).build(),
            "user that is no text", issuer.claims("x").claim("preferred_username", 7).build());
    for (Map.Entry<String, JWTClaimsSet> one : bad.entrySet()) {
      refusedToken(one.getKey(), OidcIssuer.sign(key, one.getValue()));
    }
    refusedToken("NUL", OidcIssuer.sign(key, issuer.claims("j\0doe").build()));
    accepted(
        OidcIssuer.sign(
            key,
            issuer
                .claims("jdoe")
                .audience(List.of("other", OidcIssuer.AUDIENCE))
                .expirationTime(new Date(now - 5_000))
                .notBeforeTime(new Date(now + 5_000))
                .build()));
  }

  @Test
  void forgery_ofEachKind_isRefused() throws Exception {
    RSAKey key = OidcIssuer.rsa(2_048).toRSAKey();
    RSAKey mine = OidcIssuer.rsa(2_048).toRSAKey();
    issuer.publish(key);
    accepted(OidcIssuer.sign(key, good()));

    refusedToken("none", new PlainJWT(good()).serialize());
    refusedToken(
        "none, with the key's id",
        unsigned(new JsonObject().put("alg", "none").put("kid", key.getKeyID())));
    for (byte[] secret :
        List.of(
            key.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8),
            key.toRSAPublicKey().getEncoded())) {
      SignedJWT mac =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(key.getKeyID()).build(), good());
      mac.sign(new MACSigner(secret));
      refusedToken("HS256 with the public key", mac.serialize());
    }
    JWSHeader.Builder named = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID());
    refusedToken("another key under its id", OidcIssuer.sign(named.build(), mine, good()));
    refusedToken(
        "a key that it brings along",
        OidcIssuer.sign(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID(mine.getKeyID())
                .jwk(mine.toPublicJWK())
                .jwkURL(new URI(issuer.url() + "/other"))
                .x509CertURL(new URI(issuer.url() + "/x5u"))
                .build(),
            mine,
            good()));
    for (JWSAlgorithm algorithm :
        List.of(JWSAlgorithm.RS384, JWSAlgorithm.RS512, JWSAlgorithm.PS256)) {
      refusedToken(
          algorithm.getName(),
          OidcIssuer.sign(
              new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), key, good()));
    }
    refusedToken(
        "an extension that must be understood",
        OidcIssuer.sign(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID(key.getKeyID())
                .criticalParams(Set.of("exp"))
                .customParam("exp", 1)
                .build(),
            key,
            good()));
    JWSObject raw =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID(key.getKeyID())
                .base64URLEncodePayload(false)
                .criticalParams(Set.of("b64"))
                .build(),
            new Payload("{}"));
    raw.sign(new RSASSASigner(key));
    refusedToken("an unencoded payload", raw.serialize());
    refusedToken(
        "for something else",
        OidcIssuer.sign(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID(key.getKeyID())
                .type(new JOSEObjectType("secevent+jwt"))
                .build(),
            key,
            good()));
    String token = OidcIssuer.sign(key, good());
    refusedToken("without its signature", token.substring(0, token.lastIndexOf('.') + 1));
    refusedToken("cut", token.substring(0, token.length() - 3));
    String[] parts = token.split("\\.", -1);
    String others =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                issuer.claims("admin").build().toString().getBytes(StandardCharsets.UTF_8));
    refusedToken("another's claims", parts[0] + "." + others + "." + parts[2]);
    for (String garbage : List.of("eyJ..", "eyJ.eyJ.x", "eyJhbGciOiJSUzI1NiJ9.W10.x", "a.b.c")) {
      refusedToken(garbage, garbage);
    }
  }

  private String unsigned(JsonObject header) {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return base64.encodeToString(header.encode().getBytes(StandardCharsets.UTF_8))
        + "."
        + base64.encodeToString(good().toString().getBytes(StandardCharsets.UTF_8))
        + ".";
  }

  @Test
  void ellipticSignature_thatIsAllZero_isRefused() throws Exception {
    JWK key = OidcIssuer.p256();
    issuer.publish(key);
    String token = OidcIssuer.sign(key, good());
    String zero = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]);
    refusedToken("zero", token.substring(0, token.lastIndexOf('.') + 1) + zero);
  }

  @Test
  void keys_thatAreNotForSignatures_orTooShort_verifyNothing() throws Exception {
    JWK small = OidcIssuer.rsa(1_024);
    issuer.publish(small);
    refusedToken("1024 bits", OidcIssuer.sign(small, good()));
    RSAKey encrypts =
        new RSAKey.Builder(OidcIssuer.rsa(2_048).toRSAKey())
            .keyUse(com.nimbusds.jose.jwk.KeyUse.ENCRYPTION)
            .build();
    issuer.publish(encrypts);
    refusedToken("for encryption", OidcIssuer.sign(encrypts, good()));
  }

  @Test
  void rolesAndAddress_comeFromTheClaimsThatAreConfigured() throws Exception {
    JWK key = OidcIssuer.p256();
    issuer.publish(key);
    reader =
        reader(
            ", realm: root, username-claim: email, roles-claim: realm_access.roles,"
                + " roles: ['staff=USER', 'a=b=ORG_ADMIN']",
            EAGER);
    JWTClaimsSet.Builder claims =
        issuer
            .claims("x")
            .claim("email", "jdoe@example.com")
            .claim("realm_access", Map.of("roles", List.of("staff", "a=b", "ADMIN", 7)));
    refusedToken("not verified", OidcIssuer.sign(key, claims.build()));
    ExternalIdentity identity =
        identity(OidcIssuer.sign(key, claims.claim("email_verified", true).build())).orElseThrow();
    assertThat(identity.byEmail()).isTrue();
    assertThat(identity.name()).isEqualTo("jdoe@example.com");
    assertThat(identity.roles()).containsExactlyInAnyOrder(Role.USER, Role.ORG_ADMIN);
    assertThat(
            identity(OidcIssuer.sign(key, claims.claim("realm_access", "staff").build()))
                .orElseThrow()
                .roles())
        .isEmpty();
  }

  @Test
  void ownToken_isReadUntilItExpires_andNoOtherOfOurSignaturesIsTakenForOne() throws Exception {
    AccessTokens tokens = new AccessTokens(OWN);
    long now = System.currentTimeMillis();
    AccessTokens.Claims claims =
        new AccessTokens.Claims(UUID.randomUUID(), UUID.randomUUID(), now / 1_000 * 1_000 + 60_000);
    String token = tokens.mint(ring, claims, now);
    assertThat(Await.result(reader.read(token)).map(TokenReader.Reading::own)).contains(claims);
    JWTClaimsSet same = SignedJWT.parse(token).getJWTClaimsSet();
    refusedToken("a token for something else", ring.sign("secevent+jwt", same, now));
    refusedToken("another installation's", new AccessTokens("http://a").mint(ring, claims, now));
    refusedToken(
        "for another audience",
        ring.sign("at+jwt", new JWTClaimsSet.Builder(same).audience("a").build(), now));
    refusedToken(
        "without a login",
        ring.sign("at+jwt", new JWTClaimsSet.Builder(same).claim("sid", null).build(), now));
    refusedToken(
        "without a user",
        ring.sign("at+jwt", new JWTClaimsSet.Builder(same).subject(null).build(), now));
    JWK theirs = OidcIssuer.rsa(2_048);
    issuer.publish(theirs);
    refusedToken("an issuer's key for our name", OidcIssuer.sign(theirs, same));
    offset = 63_000;
    refusedToken("expired", token);
  }
}
