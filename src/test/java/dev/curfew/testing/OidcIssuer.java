package dev.curfew.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.Ed25519Signer;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetKeyPairGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An OpenID Connect issuer on loopback, which publishes its keys over HTTP. */
public final class OidcIssuer implements AutoCloseable {
  public static final String AUDIENCE = "curfew";

  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private final List<JWK> published = new CopyOnWriteArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();
  private volatile String claimedIssuer;
  private volatile boolean away;

  public OidcIssuer() {
    this.server =
        Await.result(vertx.createHttpServer().requestHandler(this::answer).listen(0, "127.0.0.1"));
    this.claimedIssuer = url();
  }

  public String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  private void answer(HttpServerRequest request) {
    if (away) {
      request.response().setStatusCode(503).end();
      return;
    }
    JsonObject document =
        switch (request.path()) {
          case "/.well-known/openid-configuration" ->
              new JsonObject().put("issuer", claimedIssuer).put("jwks_uri", url() + "/keys");
          case "/keys" -> {
            asked.incrementAndGet();
            yield new JsonObject(new JWKSet(published).toJSONObject(true));
          }
          default -> new JsonObject();
        };
    request.response().putHeader("Content-Type", "application/json").end(document.encode());
  }

  /** Its discovery document names another issuer from now on. */
  public void claimToBe(String issuer) {
    claimedIssuer = issuer;
  }

  /** It answers no more, or again. */
  public void setAway(boolean isAway) {
    away = isAway;
  }

  /** How often its keys were fetched. */
  public int asked() {
    return asked.get();
  }

  public void publish(JWK... keys) {
    published.clear();
    published.addAll(List.of(keys));
  }

  public static JWK rsa(int bits) throws JOSEException {
    return new RSAKeyGenerator(bits, true).keyID(UUID.randomUUID().toString()).generate();
  }

  public static JWK p256() throws JOSEException {
    return new ECKeyGenerator(Curve.P_256).keyID(UUID.randomUUID().toString()).generate();
  }

  public static JWK ed25519() throws JOSEException {
    return new OctetKeyPairGenerator(Curve.Ed25519).keyID(UUID.randomUUID().toString()).generate();
  }

  /** What a good token for this user says. */
  public JWTClaimsSet.Builder claims(String username) {
    long now = System.currentTimeMillis();
    return new JWTClaimsSet.Builder()
        .issuer(url())
        .audience(AUDIENCE)
        .subject("subject of " + username)
        .claim("preferred_username", username)
        .issueTime(new Date(now))
        .expirationTime(new Date(now + 300_000));
  }

  /** A token signed with a key, by the algorithm that fits it. */
  public static String sign(JWK key, JWTClaimsSet claims) throws JOSEException {
    return sign(new JWSHeader.Builder(algorithm(key)).keyID(key.getKeyID()).build(), key, claims);
  }

  public static String sign(JWSHeader header, JWK key, JWTClaimsSet claims) throws JOSEException {
    SignedJWT token = new SignedJWT(header, claims);
    token.sign(signer(key));
    return token.serialize();
  }

  public static JWSAlgorithm algorithm(JWK key) {
    return switch (key.getKeyType().getValue()) {
      case "RSA" -> JWSAlgorithm.RS256;
      case "EC" -> JWSAlgorithm.ES256;
      default -> JWSAlgorithm.EdDSA;
    };
  }

  private static JWSSigner signer(JWK key) throws JOSEException {
    return switch (key.getKeyType().getValue()) {
      case "RSA" -> new RSASSASigner(key.toRSAKey().toPrivateKey(), true);
      case "EC" -> new ECDSASigner(key.toECKey());
      default -> new Ed25519Signer(key.toOctetKeyPair());
    };
  }

  @Override
  public void close() {
    Await.result(vertx.close());
  }
}
