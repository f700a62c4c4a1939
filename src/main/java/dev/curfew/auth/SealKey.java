package dev.curfew.auth;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Authenticates the seals of the event log: HMAC-SHA256 (RFC 2104) under a key that follows from
 * the installation's. Who can write to the database but does not have the key can make none.
 */
public final class SealKey {
  private static final String PURPOSE = "curfew audit seal";
  private static final String ALGORITHM = "HmacSHA256";
  private static final HexFormat HEX = HexFormat.of();

  private final SecretKeySpec key;

  private SealKey(SecretKeySpec key) {
    this.key = key;
  }

  public static SealKey of(SecretBox secrets) {
    return new SealKey(new SecretKeySpec(secrets.derivedKey(PURPOSE), ALGORITHM));
  }

  /** The authenticator of some bytes, in lower-case hexadecimal. */
  public String authenticator(byte[] content) {
    return HEX.formatHex(mac(content));
  }

  /** Whether this is the authenticator of these bytes. */
  public boolean isAuthentic(byte[] content, String authenticator) {
    return MessageDigest.isEqual(mac(content), HEX.parseHex(authenticator));
  }

  private byte[] mac(byte[] content) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(content);
    } catch (GeneralSecurityException e) {
      throw CurfewException.causedBy(ErrorCode.INTERNAL, "Nothing can be authenticated", e);
    }
  }
}
