package dev.curfew.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.curfew.config.CurfewConfig;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** An OpenID Connect issuer that the configuration names, and what its tokens say. */
final class TrustedIssuer {
  /** How far the issuer's clock may differ, in milliseconds. */
  static final long LEEWAY = 30_000;

  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256, JWSAlgorithm.EdDSA);

  /** A token for something else (a logout, a security event) must not be taken for these. */
  private static final Set<JOSEObjectType> TYPES =
      Set.of(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"));

  private static final String EMAIL = "email";
  private static final int LONGEST_NAME = 320;

  private final CurfewConfig.OidcIssuer settings;
  private final IssuerKeys keys;
  private final @Nullable RoleMapping roles;
  private final LongSupplier clock;

  /**
   * @param clock the cluster's, in epoch milliseconds
   */
  TrustedIssuer(CurfewConfig.OidcIssuer settings, IssuerKeys keys, LongSupplier clock) {
    this.settings = settings;
    this.keys = keys;
    this.roles =
        settings.rolesClaim().map(claim -> new RoleMapping(claim, settings.roles())).orElse(null);
    this.clock = clock;
  }

  /** What a token says, if it is good. */
  Future<Optional<ExternalIdentity>> verified(SignedJWT token) {
    JOSEObjectType type = token.getHeader().getType();
    if (!ALGORITHMS.contains(token.getHeader().getAlgorithm())
        || (type != null && !TYPES.contains(type))) {
      return Future.succeededFuture(Optional.empty());
    }
    return keys.verifiers(token.getHeader())
        .map(verifiers -> isSigned(token, verifiers) ? identity(token) : Optional.empty());
  }

  private static boolean isSigned(SignedJWT token, List<JWSVerifier> verifiers) {
    for (JWSVerifier verifier : verifiers) {
      try {
        if (token.verify(verifier)) {
          return true;
        }
      } catch (JOSEException refused) {
        // Another key may verify it.
        continue;
      }
    }
    return false;
  }

  private Optional<ExternalIdentity> identity(SignedJWT token) {
    try {
      JWTClaimsSet claims = token.getJWTClaimsSet();
      if (!SignedTokens.hold(
          claims, settings.issuer(), settings.audience(), clock.getAsLong(), LEEWAY)) {
        return Optional.empty();
      }
      boolean byEmail = settings.usernameClaim().equals(EMAIL);
      if (byEmail && !Boolean.TRUE.equals(claims.getClaim("email_verified"))) {
        return Optional.empty();
      }
      if (!(RoleMapping.claim(claims, settings.usernameClaim()) instanceof String name)
          || name.isBlank()
          || name.length() > LONGEST_NAME
          || name.indexOf('\0') >= 0) {
        return Optional.empty();
      }
      return Optional.of(
          new ExternalIdentity(
              settings.realm(),
              name,
              byEmail,
              roles == null ? null : roles.of(claims),
              credentialId(name),
              claims.getExpirationTime().getTime() + LEEWAY));
    } catch (ParseException malformed) {
      return Optional.empty();
    }
  }

  private UUID credentialId(String name) {
    return UUID.nameUUIDFromBytes(
        (settings.issuer() + "\0" + name).getBytes(StandardCharsets.UTF_8));
  }
}
