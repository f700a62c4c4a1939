package dev.curfew.auth;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys that this installation signs with: those that did, the one that does, the one that will.
 * All of them are published, so that a signature is understood from its first moment to its last.
 *
 * @param keys in the order in which their time comes
 */
public record KeyRing(List<SigningKey> keys) {
  public static final KeyRing EMPTY = new KeyRing(List.of());

  public KeyRing {
    keys = List.copyOf(keys);
  }

  /** The key that signs now; null when there is none. */
  public @Nullable SigningKey signer(long now) {
    SigningKey signer = null;
    for (SigningKey key : keys) {
      if (key.signsFrom() <= now) {
        signer = key;
      }
    }
    return signer;
  }

  /** The key of this id; null when it is not, or no longer, one of these. */
  public @Nullable SigningKey withId(@Nullable String id) {
    for (SigningKey key : keys) {
      if (key.id().equals(id)) {
        return key;
      }
    }
    return null;
  }

  /**
   * A token signed by the key whose time it is.
   *
   * @param type its {@code typ}, which keeps one kind of token from being taken for another
   */
  public String sign(String type, JWTClaimsSet claims, long now) {
    SigningKey signer = signer(now);
    if (signer == null) {
      throw new IllegalStateException("no key signs yet");
    }
    return signer.sign(
        new JWSHeader.Builder(JWSAlgorithm.RS256).type(new JOSEObjectType(type)), claims);
  }

  /** The public keys as a JSON Web Key Set. */
  public Map<String, Object> published() {
    List<JWK> published = new ArrayList<>();
    keys.forEach(key -> published.add(key.publicKey()));
    return new JWKSet(published).toJSONObject(true);
  }
}
