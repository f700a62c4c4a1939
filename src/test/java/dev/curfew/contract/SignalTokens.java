package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import io.vertx.core.json.JsonObject;
import java.text.ParseException;

/** Security Event Tokens as a receiver reads them: by the published keys and nothing else. */
final class SignalTokens {
  static final String REVOKED =
      "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
  static final String VERIFICATION =
      "https://schemas.openid.net/secevent/ssf/event-type/verification";

  private SignalTokens() {}

  /** The claims of a token that verifies, and that has what every token must have. */
  static JsonObject verified(Caller at, String token) {
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      JWKSet keys = JWKSet.parse(at.get("/.well-known/jwks.json").is(200).text());
      assertThat(jwt.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.RS256);
      assertThat(jwt.getHeader().getType().getType()).isEqualTo("secevent+jwt");
      RSAKey key = keys.getKeyByKeyId(jwt.getHeader().getKeyID()).toRSAKey();
      assertThat(key.size()).isGreaterThanOrEqualTo(2_048);
      assertThat(jwt.verify(new RSASSAVerifier(key))).as("the signature").isTrue();
      JsonObject claims = new JsonObject(jwt.getPayload().toJSONObject());
      assertThat(claims.fieldNames())
          .containsExactlyInAnyOrder("iss", "jti", "iat", "aud", "txn", "sub_id", "events");
      assertThat(claims.getString("iss")).isEqualTo("http://localhost:8080");
      assertThat(claims.getJsonObject("events").fieldNames()).hasSize(1);
      return claims;
    } catch (ParseException | JOSEException malformed) {
      throw new AssertionError(token, malformed);
    }
  }

  /** The key that signed a token. */
  static String keyId(String token) {
    try {
      return SignedJWT.parse(token).getHeader().getKeyID();
    } catch (ParseException malformed) {
      throw new AssertionError(token, malformed);
    }
  }

  /** The event of a token, which must be of this type. */
  static JsonObject event(JsonObject claims, String type) {
    assertThat(claims.getJsonObject("events").fieldNames()).containsExactly(type);
    return claims.getJsonObject("events").getJsonObject(type);
  }

  /** The session that a token is about. */
  static String session(JsonObject claims) {
    return claims.getJsonObject("sub_id").getJsonObject("session").getString("id");
  }
}
