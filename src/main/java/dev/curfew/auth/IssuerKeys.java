package dev.curfew.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.Ed25519Verifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of an issuer, as it publishes them: fetched when a token first needs them, again
 * from time to time, and when a token names a key that is not among them, though never more often
 * than a bound. While the issuer is away the keys that are known remain good.
 *
 * <p>A key verifies one algorithm, which follows from the key: RSA of 2048 bits or more RS256,
 * P-256 ES256, Ed25519 EdDSA. Whatever else a token's header says of algorithms or keys counts for
 * nothing. Safe for use by any number of threads.
 */
final class IssuerKeys {
  private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);
  private static final int MOST_KEYS = 100;
  private static final int LEAST_RSA_BITS = 2_048;

  /**
   * @param freshFor how long nobody needs to look
   * @param pause least time between two looks
   */
  record Schedule(Duration freshFor, Duration pause) {
    static final Schedule DEFAULT = new Schedule(Duration.ofMinutes(10), Duration.ofSeconds(5));
  }

  private record Key(@Nullable String id, JWSAlgorithm algorithm, JWSVerifier verifier) {}

  private final String issuer;
  private final Supplier<Future<JsonObject>> source;
  private final Schedule schedule;
  private final LongSupplier nanoTime;

  private @Nullable List<Key> keys;
  private long lookedAt;
  private boolean looked;
  private @Nullable Future<Void> underWay;

  /**
   * @param issuer for the log
   * @param source fetches the key set
   */
  IssuerKeys(
      String issuer,
      Supplier<Future<JsonObject>> source,
      Schedule schedule,
      LongSupplier nanoTime) {
    this.issuer = issuer;
    this.source = source;
    this.schedule = schedule;
    this.nanoTime = nanoTime;
  }

  /**
   * What may verify a token with this header; nothing when there is no such key.
   *
   * @return fails with UNAVAILABLE when the issuer has never told its keys
   */
  Future<List<JWSVerifier>> verifiers(JWSHeader header) {
    List<JWSVerifier> found = known(header);
    boolean fresh = age() < schedule.freshFor().toNanos();
    if (found != null && !found.isEmpty()) {
      if (!fresh) {
        lookAgain();
      }
      return Future.succeededFuture(found);
    }
    return lookAgain()
        .transform(
            looking -> {
              List<JWSVerifier> now = known(header);
              return now != null
                  ? Future.succeededFuture(now)
                  : Future.failedFuture(
                      CurfewException.of(
                          ErrorCode.UNAVAILABLE, "The issuer of the token does not answer"));
            });
  }

  private synchronized @Nullable List<JWSVerifier> known(JWSHeader header) {
    List<Key> all = keys;
    if (all == null) {
      return null;
    }
    List<JWSVerifier> found = new ArrayList<>();
    for (Key key : all) {
      boolean named = header.getKeyID() == null || header.getKeyID().equals(key.id());
      if (named && key.algorithm().equals(header.getAlgorithm())) {
        found.add(key.verifier());
      }
    }
    return found;
  }

  private synchronized long age() {
    return looked ? nanoTime.getAsLong() - lookedAt : Long.MAX_VALUE;
  }

  /** Done once the keys are as new as they can be had; never fails. */
  private Future<Void> lookAgain() {
    Promise<Void> done = Promise.promise();
    synchronized (this) {
      if (underWay != null) {
        return underWay;
      }
      if (age() < schedule.pause().toNanos()) {
        return Future.succeededFuture();
      }
      looked = true;
      lookedAt = nanoTime.getAsLong();
      underWay = done.future();
    }
    source
        .get()
        .map(IssuerKeys::keys)
        .onComplete(
            read -> {
              if (read.failed()) {
                LOG.warn("The keys of {} cannot be had: {}", issuer, reason(read.cause()));
              }
              finished(read.succeeded() ? read.result() : null);
              done.complete();
            });
    return done.future();
  }

  private static String reason(Throwable failure) {
    return failure instanceof CurfewException known ? known.getMessage() : failure.toString();
  }

  private synchronized void finished(@Nullable List<Key> read) {
    underWay = null;
    if (read != null) {
      keys = read;
    }
  }

  private static List<Key> keys(JsonObject set) {
    List<Key> keys = new ArrayList<>();
    JsonArray array = set.getJsonArray("keys", new JsonArray());
    for (int i = 0; i < array.size() && i < MOST_KEYS; i++) {
      if (array.getValue(i) instanceof JsonObject json) {
        Key key = key(json);
        if (key != null) {
          keys.add(key);
        }
      }
    }
    return keys;
  }

  /** Null for a key that is not for any of the three algorithms, or not for signatures. */
  private static @Nullable Key key(JsonObject json) {
    try {
      JWK jwk = JWK.parse(json.encode());
      JWSAlgorithm algorithm = algorithm(jwk);
      boolean signs = jwk.getKeyUse() == null || jwk.getKeyUse().equals(KeyUse.SIGNATURE);
      boolean agrees = jwk.getAlgorithm() == null || jwk.getAlgorithm().equals(algorithm);
      return algorithm != null && signs && agrees
          ? new Key(jwk.getKeyID(), algorithm, verifier(jwk))
          : null;
    } catch (ParseException | JOSEException | IllegalArgumentException unusable) {
      return null;
    }
  }

  private static @Nullable JWSAlgorithm algorithm(JWK jwk) {
    if (jwk instanceof RSAKey rsa) {
      return rsa.size() >= LEAST_RSA_BITS ? JWSAlgorithm.RS256 : null;
    }
    if (jwk instanceof ECKey ec) {
      return ec.getCurve().equals(Curve.P_256) ? JWSAlgorithm.ES256 : null;
    }
    return jwk instanceof OctetKeyPair pair && pair.getCurve().equals(Curve.Ed25519)
        ? JWSAlgorithm.EdDSA
        : null;
  }

  private static JWSVerifier verifier(JWK jwk) throws JOSEException {
    if (jwk instanceof RSAKey rsa) {
      return new RSASSAVerifier(rsa.toPublicJWK());
    }
    return jwk instanceof ECKey ec
        ? new ECDSAVerifier(ec.toPublicJWK())
        : new Ed25519Verifier(jwk.toOctetKeyPair().toPublicJWK());
  }
}
