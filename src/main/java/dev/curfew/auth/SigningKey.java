package dev.curfew.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.text.ParseException;

/** An RSA key of this installation, which signs with RS256. */
public final class SigningKey {
  private static final int BITS = 2_048;

  private final RSAKey key;
  private final long signsFrom;
  private final JWSSigner signer;
  private final JWSVerifier verifier;

  private SigningKey(RSAKey key, long signsFrom) {
    this.key = key;
    this.signsFrom = signsFrom;
    try {
      this.signer = new RSASSASigner(key);
      this.verifier = new RSASSAVerifier(key);
    } catch (JOSEException e) {
      throw unusable(e);
    }
  }

  /** The private key of a new one, with its id in it. Takes a good part of a second. */
  public static RSAKey generate() {
    try {
      return new RSAKeyGenerator(BITS)
          .keyUse(KeyUse.SIGNATURE)
          .algorithm(JWSAlgorithm.RS256)
          .keyIDFromThumbprint(true)
          .generate();
    } catch (JOSEException e) {
      throw unusable(e);
    }
  }

  /**
   * @param jwk the private key as a JSON Web Key
   * @param signsFrom epoch milliseconds
   */
  public static SigningKey of(Secret jwk, long signsFrom) {
    try {
      return new SigningKey(RSAKey.parse(jwk.reveal()), signsFrom);
    } catch (ParseException e) {
      throw unusable(e);
    }
  }

  public String id() {
    return key.getKeyID();
  }

  /** From when on it signs, in epoch milliseconds. */
  public long signsFrom() {
    return signsFrom;
  }

  RSAKey publicKey() {
    return key.toPublicJWK();
  }

  JWSVerifier verifier() {
    return verifier;
  }

  /**
   * A signed token.
   *
   * @param header its algorithm and key are this key's, whatever it says
   */
  String sign(JWSHeader.Builder header, JWTClaimsSet claims) {
    SignedJWT token = new SignedJWT(header.keyID(id()).build(), claims);
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw unusable(e);
    }
    return token.serialize();
  }

  private static CurfewException unusable(Exception cause) {
    return CurfewException.causedBy(ErrorCode.INTERNAL, "A signing key cannot be used", cause);
  }

  @Override
  public String toString() {
    return "SigningKey[" + id() + "]";
  }
}
