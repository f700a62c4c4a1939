package dev.curfew.auth;

import dev.curfew.config.Secret;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * How an API key is written: {@code cfk_}, eight characters to recognise it by, and 256 bits of
 * secret, all in base64url. A key that an operator chose is taken as it is.
 */
public final class ApiKeyFormat {
  private static final String MARK = "cfk_";
  private static final int NAME_BYTES = 6;
  private static final int NAME_CHARACTERS = 8;
  private static final int SECRET_BYTES = 32;

  /** Longest text that can be a key. */
  public static final int LONGEST = 256;

  private static final SecureRandom RANDOM = new SecureRandom();

  private ApiKeyFormat() {}

  /** A key that nobody can guess. */
  public static Secret generate() {
    return Secret.of(MARK + random(NAME_BYTES) + random(SECRET_BYTES));
  }

  /**
   * The part of a key that may be shown: none of its secret. Of a key in another form it is the
   * first eighth, at most eight characters.
   */
  public static String prefix(Secret key) {
    String text = key.reveal();
    boolean own =
        text.startsWith(MARK)
            && text.length() == MARK.length() + NAME_CHARACTERS + (SECRET_BYTES * 8 + 5) / 6;
    return text.substring(
        0, own ? MARK.length() + NAME_CHARACTERS : Math.min(NAME_CHARACTERS, text.length() / 8));
  }

  private static String random(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }
}
