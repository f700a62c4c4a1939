package dev.curfew.auth;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.util.Date;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What holds for every signed token, whoever issued it. */
final class SignedTokens {
  /** Every token begins so, since its header is a JSON object: {@code {"}. */
  private static final String BEGINNING = "eyJ";

  private SignedTokens() {}

  /** Whether the text has the form of one: three parts with a header in front. */
  static boolean looksLike(String text) {
    return text.startsWith(BEGINNING) && text.chars().filter(c -> c == '.').count() == 2;
  }

  /**
   * The token, not verified in any way, unless the text is none that could ever be accepted: one
   * that asks for extensions to be understood is not.
   */
  static Optional<SignedJWT> parse(String text) {
    if (!looksLike(text)) {
      return Optional.empty();
    }
    try {
      SignedJWT token = SignedJWT.parse(text);
      boolean plain =
          token.getHeader().getCriticalParams() == null
              && token.getHeader().isBase64URLEncodePayload()
              && token.getJWTClaimsSet() != null;
      return plain ? Optional.of(token) : Optional.empty();
    } catch (ParseException | IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }

  /**
   * Whether the token is from this issuer, for this audience, and its time is now.
   *
   * @param now epoch milliseconds
   * @param leeway milliseconds by which the issuer's clock may differ
   */
  static boolean hold(JWTClaimsSet claims, String issuer, String audience, long now, long leeway) {
    Date expires = claims.getExpirationTime();
    return issuer.equals(claims.getIssuer())
        && claims.getAudience().contains(audience)
        && expires != null
        && expires.getTime() > now - leeway
        && hasBegun(claims.getNotBeforeTime(), now + leeway)
        && hasBegun(claims.getIssueTime(), now + leeway);
  }

  private static boolean hasBegun(@Nullable Date from, long now) {
    return from == null || from.getTime() <= now;
  }
}
