package dev.curfew.auth;

import dev.curfew.config.Secret;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/**
 * What a session token looks like: 64 characters of URL-safe base64 that hold the id of the
 * session, by which its shard is found, and 256 random bits. Opaque to everybody else.
 */
public final class SessionTokenFormat {
  private static final int LENGTH = 64;
  private static final int ID_BYTES = 16;
  private static final int RANDOM_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private SessionTokenFormat() {}

  /** A new token for a session. */
  public static Secret generate(UUID sessionId) {
    byte[] random = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(random);
    byte[] content =
        ByteBuffer.allocate(ID_BYTES + RANDOM_BYTES)
            .putLong(sessionId.getMostSignificantBits())
            .putLong(sessionId.getLeastSignificantBits())
            .put(random)
            .array();
    return Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(content));
  }

  /** Which session a token claims to open; empty when no session has such a token. */
  public static Optional<UUID> sessionOf(String token) {
    if (token.length() != LENGTH) {
      return Optional.empty();
    }
    for (int i = 0; i < LENGTH; i++) {
      char c = token.charAt(i);
      boolean allowed =
          (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || c == '-'
              || c == '_';
      if (!allowed) {
        return Optional.empty();
      }
    }
    ByteBuffer content = ByteBuffer.wrap(Base64.getUrlDecoder().decode(token));
    return Optional.of(new UUID(content.getLong(), content.getLong()));
  }
}
