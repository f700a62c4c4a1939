package dev.curfew.outbound;

import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key that a webhook's sender and receiver share, as Standard Webhooks writes it: {@code
 * whsec_} and base64 of 24 to 64 bytes.
 */
public final class WebhookSecret {
  private static final String PREFIX = "whsec_";
  private static final int FEWEST_BYTES = 24;
  private static final int MOST_BYTES = 64;
  private static final int GENERATED_BYTES = 32;
  private static final String ALGORITHM = "HmacSHA256";

  private final byte[] key;

  private WebhookSecret(byte[] key) {
    this.key = key;
  }

  /** A new secret of 256 random bits. */
  public static WebhookSecret generate() {
    byte[] key = new byte[GENERATED_BYTES];
    new SecureRandom().nextBytes(key);
    return new WebhookSecret(key);
  }

  /**
   * @param field the field that the text came in
   * @throws CurfewException INVALID_FIELD when it is not written as Standard Webhooks asks
   */
  public static WebhookSecret parse(String field, Secret text) {
    String written = text.reveal();
    if (written.startsWith(PREFIX)) {
      try {
        byte[] key = Base64.getDecoder().decode(written.substring(PREFIX.length()));
        if (key.length >= FEWEST_BYTES && key.length <= MOST_BYTES) {
          return new WebhookSecret(key);
        }
      } catch (IllegalArgumentException notBase64) {
        throw malformed(field);
      }
    }
    throw malformed(field);
  }

  private static CurfewException malformed(String field) {
    return CurfewException.invalid(
        field,
        "must be %s and base64 of %d to %d bytes".formatted(PREFIX, FEWEST_BYTES, MOST_BYTES));
  }

  /** As it is shown to the customer once. */
  public Secret text() {
    return Secret.of(PREFIX + Base64.getEncoder().encodeToString(key));
  }

  /** Base64 of the HMAC-SHA256 of the content. */
  String sign(byte[] content) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return Base64.getEncoder().encodeToString(mac.doFinal(content));
    } catch (GeneralSecurityException e) {
      throw CurfewException.causedBy(ErrorCode.INTERNAL, "A webhook cannot be signed", e);
    }
  }

  @Override
  public String toString() {
    return "***";
  }
}
