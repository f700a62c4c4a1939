package dev.curfew.auth;

import com.password4j.Argon2Function;
import com.password4j.types.Argon2;
import dev.curfew.config.Secret;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * Argon2id for passwords, in its encoded form, off the event loops. Parameters are the least that
 * OWASP recommends: 19 MiB, two passes, one lane.
 */
public final class PasswordHasher {
  private static final int MEMORY_KIB = 19_456;
  private static final int PASSES = 2;
  private static final int LANES = 1;
  private static final int HASH_BYTES = 32;
  private static final int SALT_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Vertx vertx;

  public PasswordHasher(Vertx vertx) {
    this.vertx = vertx;
  }

  /** The encoded hash of a password, with a salt of its own. */
  public Future<String> hash(Secret password) {
    return vertx.executeBlocking(
        () -> {
          byte[] salt = new byte[SALT_BYTES];
          RANDOM.nextBytes(salt);
          return Argon2Function.getInstance(MEMORY_KIB, PASSES, LANES, HASH_BYTES, Argon2.ID)
              .hash(password.reveal().getBytes(StandardCharsets.UTF_8), salt)
              .getResult();
        },
        false);
  }

  /** Whether the password is the one that was hashed. */
  public Future<Boolean> matches(Secret password, String encoded) {
    return vertx.executeBlocking(
        () ->
            Argon2Function.getInstanceFromHash(encoded)
                .check(
                    password.reveal().getBytes(StandardCharsets.UTF_8),
                    encoded.getBytes(StandardCharsets.UTF_8)),
        false);
  }
}
