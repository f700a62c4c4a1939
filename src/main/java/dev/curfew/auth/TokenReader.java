package dev.curfew.auth;

import com.nimbusds.jwt.SignedJWT;
import dev.curfew.config.CurfewConfig;
import io.vertx.core.Future;
import java.text.ParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells whose a signed token is: our own, a configured issuer's, or nobody's. A token that claims
 * an issuer is verified with the keys of that issuer and no others.
 */
public final class TokenReader {
  private final String issuer;
  private final AccessTokens own;
  private final Function<@Nullable String, Future<KeyRing>> keys;
  private final Map<String, TrustedIssuer> trusted = new HashMap<>();
  private final LongSupplier clock;

  /**
   * @param keys our own, including the one of this id if there is such a key
   * @param clock the cluster's, in epoch milliseconds
   */
  public TokenReader(
      CurfewConfig.Auth settings,
      Function<@Nullable String, Future<KeyRing>> keys,
      IssuerDocuments documents,
      LongSupplier clock) {
    this(settings, keys, documents, clock, IssuerKeys.Schedule.DEFAULT);
  }

  TokenReader(
      CurfewConfig.Auth settings,
      Function<@Nullable String, Future<KeyRing>> keys,
      IssuerDocuments documents,
      LongSupplier clock,
      IssuerKeys.Schedule schedule) {
    this.issuer = settings.issuer();
    this.own = new AccessTokens(settings.issuer());
    this.keys = keys;
    this.clock = clock;
    for (CurfewConfig.OidcIssuer one : settings.oidc()) {
      IssuerKeys published =
          new IssuerKeys(
              one.issuer(), () -> documents.keys(one.issuer()), schedule, System::nanoTime);
      trusted.put(one.issuer(), new TrustedIssuer(one, published, clock));
    }
  }

  /** What a token says that was found good: one of the two. */
  public record Reading(AccessTokens.@Nullable Claims own, @Nullable ExternalIdentity external) {}

  /** Whether a text has the form of a signed token, good or bad. */
  public static boolean isToken(String text) {
    return SignedTokens.looksLike(text);
  }

  /**
   * What the token says, if it is good.
   *
   * @return fails with UNAVAILABLE when the keys to verify it with cannot be had
   */
  public Future<Optional<Reading>> read(String text) {
    Optional<SignedJWT> parsed = SignedTokens.parse(text);
    if (parsed.isEmpty()) {
      return Future.succeededFuture(Optional.empty());
    }
    SignedJWT token = parsed.get();
    String claimed = claimedIssuer(token);
    if (issuer.equals(claimed)) {
      return keys.apply(token.getHeader().getKeyID())
          .map(
              ring ->
                  own.verified(token, ring, clock.getAsLong())
                      .map(claims -> new Reading(claims, null)));
    }
    TrustedIssuer other = claimed == null ? null : trusted.get(claimed);
    return other == null
        ? Future.succeededFuture(Optional.empty())
        : other.verified(token).map(identity -> identity.map(known -> new Reading(null, known)));
  }

  private static @Nullable String claimedIssuer(SignedJWT token) {
    try {
      return token.getJWTClaimsSet().getIssuer();
    } catch (ParseException malformed) {
      return null;
    }
  }
}
