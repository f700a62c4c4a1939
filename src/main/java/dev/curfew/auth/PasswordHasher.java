package dev.curfew.auth;

import com.password4j.Argon2Function;
import com.password4j.types.Argon2;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Argon2id for passwords, in its encoded form, off the event loops. Parameters are the least that
 * OWASP recommends: 19 MiB, two passes, one lane. As many are worked on at once as the machine has
 * processors, the rest waits, and beyond a bound is refused: a flood of logins costs neither memory
 * nor other people's time. Everything fails with {@link CurfewException} UNAVAILABLE then.
 */
public final class PasswordHasher {
  private static final int MEMORY_KIB = 19_456;
  private static final int PASSES = 2;
  private static final int LANES = 1;
  private static final int HASH_BYTES = 32;
  private static final int SALT_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final String WORKERS = "curfew-passwords";

  /** About two seconds of work for two processors. */
  private static final int MOST_WAITING = 100;

  private final WorkerExecutor workers;
  private final AtomicInteger waiting = new AtomicInteger();

  public PasswordHasher(Vertx vertx) {
    this.workers =
        vertx.createSharedWorkerExecutor(WORKERS, Runtime.getRuntime().availableProcessors());
  }

  /** The encoded hash of a password, with a salt of its own. */
  public Future<String> hash(Secret password) {
    return bounded(
        () -> {
          byte[] salt = new byte[SALT_BYTES];
          RANDOM.nextBytes(salt);
          return Argon2Function.getInstance(MEMORY_KIB, PASSES, LANES, HASH_BYTES, Argon2.ID)
              .hash(password.reveal().getBytes(StandardCharsets.UTF_8), salt)
              .getResult();
        });
  }

  /** Whether the password is the one that was hashed. */
  public Future<Boolean> matches(Secret password, String encoded) {
    return bounded(
        () ->
            Argon2Function.getInstanceFromHash(encoded)
                .check(
                    password.reveal().getBytes(StandardCharsets.UTF_8),
                    encoded.getBytes(StandardCharsets.UTF_8)));
  }

  /** False, after the time that it takes to find a password wrong: for users that do not exist. */
  public Future<Boolean> matchesNothing(Secret password) {
    return hash(password).map(false);
  }

  private <T> Future<T> bounded(Callable<T> work) {
    if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      return Future.failedFuture(
          CurfewException.of(ErrorCode.UNAVAILABLE, "Too many logins at once; try again shortly"));
    }
    return workers.executeBlocking(work, false).onComplete(done -> waiting.decrementAndGet());
  }
}
