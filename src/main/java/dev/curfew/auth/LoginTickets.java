package dev.curfew.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.text.ParseException;
import java.time.Duration;
import java.util.Date;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a client brings back with the answers to a login's questions: a signed token that says for
 * which realm they were asked, good for a few minutes. It opens nothing by itself.
 *
 * <p>Signed under a key that follows from the installation's, so that any node reads any node's. A
 * ticket is taken once by each node that sees it; which were taken is remembered in memory only,
 * for as long as they are good, and no more than so many.
 */
public final class LoginTickets {
  static final Duration LIFE = Duration.ofMinutes(5);

  private static final int LONGEST = 4_096;
  private static final int MOST_TAKEN = 100_000;
  private static final String PURPOSE = "curfew login ticket";
  private static final JWSHeader HEADER = new JWSHeader(JWSAlgorithm.HS256);

  private final byte[] key;
  private final LongSupplier clock;
  private final Cache<String, Boolean> taken =
      Caffeine.newBuilder().maximumSize(MOST_TAKEN).expireAfterWrite(LIFE).build();

  /**
   * @param clock the cluster's, in epoch milliseconds
   */
  public LoginTickets(SecretBox secrets, LongSupplier clock) {
    this.key = secrets.derivedKey(PURPOSE);
    this.clock = clock;
  }

  /** A new ticket, as a JWT. */
  public String issue(String realm) {
    SignedJWT ticket =
        new SignedJWT(
            HEADER,
            new JWTClaimsSet.Builder()
                .jwtID(UUID.randomUUID().toString())
                .audience(PURPOSE)
                .subject(realm)
                .expirationTime(new Date(clock.getAsLong() + LIFE.toMillis()))
                .build());
    try {
      ticket.sign(new MACSigner(key));
      return ticket.serialize();
    } catch (JOSEException e) {
      throw CurfewException.causedBy(ErrorCode.INTERNAL, "A ticket cannot be signed", e);
    }
  }

  /** Whether the ticket is one of ours for this realm, still good, and not taken before. */
  public boolean take(String ticket, String realm) {
    JWTClaimsSet claims = ticket.length() > LONGEST ? null : verified(ticket);
    return claims != null
        && claims.getAudience().contains(PURPOSE)
        && realm.equals(claims.getSubject())
        && claims.getJWTID() != null
        && claims.getExpirationTime() != null
        && claims.getExpirationTime().getTime() > clock.getAsLong()
        && taken.asMap().putIfAbsent(claims.getJWTID(), Boolean.TRUE) == null;
  }

  private @Nullable JWTClaimsSet verified(String ticket) {
    try {
      SignedJWT jwt = SignedJWT.parse(ticket);
      JWSVerifier verifier = new MACVerifier(key);
      boolean ours =
          JWSAlgorithm.HS256.equals(jwt.getHeader().getAlgorithm()) && jwt.verify(verifier);
      return ours ? jwt.getJWTClaimsSet() : null;
    } catch (ParseException | JOSEException | IllegalArgumentException notATicket) {
      return null;
    }
  }
}
