package dev.curfew.auth;

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
import io.vertx.core.Future;
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
 * <p>Signed under a key that follows from the installation's, so that any node reads any node's,
 * and taken once, by whichever node sees it first.
 */
public final class LoginTickets {
  static final Duration LIFE = Duration.ofMinutes(5);

  private static final int LONGEST = 4_096;
  private static final String PURPOSE = "curfew login ticket";
  private static final JWSHeader HEADER = new JWSHeader(JWSAlgorithm.HS256);

  private final byte[] key;
  private final LongSupplier clock;
  private final TakenTickets taken;

  /**
   * @param clock the cluster's, in epoch milliseconds
   */
  public LoginTickets(SecretBox secrets, TakenTickets taken, LongSupplier clock) {
    this.key = secrets.derivedKey(PURPOSE);
    this.taken = taken;
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

  /**
   * Whether the ticket is one of ours for this realm, still good, and not taken before. Fails with
   * UNAVAILABLE when the last cannot be known.
   */
  public Future<Boolean> take(String ticket, String realm) {
    JWTClaimsSet claims = ticket.length() > LONGEST ? null : verified(ticket);
    if (claims == null
        || !claims.getAudience().contains(PURPOSE)
        || !realm.equals(claims.getSubject())
        || claims.getJWTID() == null
        || claims.getExpirationTime() == null
        || claims.getExpirationTime().getTime() <= clock.getAsLong()) {
      return Future.succeededFuture(false);
    }
    return taken.take(UUID.fromString(claims.getJWTID()), claims.getExpirationTime().getTime());
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
