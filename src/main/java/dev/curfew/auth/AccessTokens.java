package dev.curfew.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;

/**
 * Our own access tokens: JWTs of type {@code at+jwt} (RFC 9068), signed with RS256. A token says
 * who logged in and by which login; what they may do is not in it, but asked for when it is used.
 */
public final class AccessTokens {
  private static final String TYPE = "at+jwt";
  private static final JOSEObjectType JOSE_TYPE = new JOSEObjectType(TYPE);

  /** How far two nodes may differ in their estimate of the cluster's clock, in milliseconds. */
  private static final long LEEWAY = 2_000;

  private final String issuer;

  /**
   * @param issuer URL; the audience, too, since the tokens are for nobody else
   */
  public AccessTokens(String issuer) {
    this.issuer = issuer;
  }

  /**
   * What a token says.
   *
   * @param userId the user's public id
   * @param loginId the login that it belongs to
   * @param expiresAt epoch milliseconds, in whole seconds
   */
  public record Claims(UUID userId, UUID loginId, long expiresAt) {}

  /** A token. */
  public String mint(KeyRing keys, Claims claims, long now) {
    Date issued = new Date(now);
    return keys.sign(
        TYPE,
        new JWTClaimsSet.Builder()
            .issuer(issuer)
            .audience(issuer)
            .subject(claims.userId().toString())
            .claim("sid", claims.loginId().toString())
            .jwtID(UUID.randomUUID().toString())
            .issueTime(issued)
            .notBeforeTime(issued)
            .expirationTime(new Date(claims.expiresAt()))
            .build(),
        now);
  }

  /**
   * What a token says, if it is one of ours, was signed by one of the keys, and its time is now.
   */
  Optional<Claims> verified(SignedJWT token, KeyRing keys, long now) {
    SigningKey key = keys.withId(token.getHeader().getKeyID());
    if (key == null
        || !JWSAlgorithm.RS256.equals(token.getHeader().getAlgorithm())
        || !JOSE_TYPE.equals(token.getHeader().getType())) {
      return Optional.empty();
    }
    try {
      JWTClaimsSet claims = token.getJWTClaimsSet();
      if (!token.verify(key.verifier())
          || !SignedTokens.hold(claims, issuer, issuer, now, LEEWAY)) {
        return Optional.empty();
      }
      String user = claims.getSubject();
      String login = claims.getStringClaim("sid");
      return user == null || login == null
          ? Optional.empty()
          : Optional.of(
              new Claims(
                  UUID.fromString(user),
                  UUID.fromString(login),
                  claims.getExpirationTime().getTime()));
    } catch (JOSEException | ParseException | IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }
}
