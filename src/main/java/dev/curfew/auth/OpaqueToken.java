package dev.curfew.auth;

import dev.curfew.config.Secret;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * Tokens that mean nothing by themselves: a mark of their kind and 256 random bits in base64url.
 * Only their {@link TokenHash} is kept.
 */
public enum OpaqueToken {
  /** Renews a login. */
  REFRESH("cfr_"),
  /** Opens the API for an account of a program. */
  ACCESS("cft_"),
  /** What such an account gets its tokens by. */
  CLIENT_SECRET("cfs_");

  private static final int BYTES = 32;
  private static final int CHARACTERS = (BYTES * 8 + 5) / 6;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String mark;

  OpaqueToken(String mark) {
    this.mark = mark;
  }

  public Secret generate() {
    byte[] random = new byte[BYTES];
    RANDOM.nextBytes(random);
    return Secret.of(mark + Base64.getUrlEncoder().withoutPadding().encodeToString(random));
  }

  /** Whether a text looks like one of these. */
  public boolean is(String text) {
    return text.length() == mark.length() + CHARACTERS && text.startsWith(mark);
  }
}
