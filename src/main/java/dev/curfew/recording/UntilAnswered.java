package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks again while the database, the store or a node does not answer, so that an outage does not
 * cost hours of work. What is asked must be harmless to repeat.
 */
public final class UntilAnswered {
  private static final long SHORTEST_RETRY_MILLIS = 100;
  private static final long LONGEST_RETRY_MILLIS = 5_000;
  private static final long MOST_ASKED_FOR_SECONDS = 60;
  private static final long LOOK_MILLIS = 200;
  private static final int TRIES_IN_HASTE = 5;

  private final Vertx vertx;
  private final BooleanSupplier haste;
  private final int triesInHaste;

  /**
   * @param haste whether to give up after a few times, as on shutdown
   */
  public UntilAnswered(Vertx vertx, BooleanSupplier haste) {
    this(vertx, haste, TRIES_IN_HASTE);
  }

  private UntilAnswered(Vertx vertx, BooleanSupplier haste, int triesInHaste) {
    this.vertx = vertx;
    this.haste = haste;
    this.triesInHaste = triesInHaste;
  }

  /**
   * For what nobody wants any more when the work is to stop.
   *
   * @param stopped whether to fail at once rather than to ask again
   */
  public static UntilAnswered unlessStopped(Vertx vertx, BooleanSupplier stopped) {
    return new UntilAnswered(vertx, stopped, 1);
  }

  /** Whether the same may have another answer later. */
  private static boolean isNoAnswer(@Nullable Throwable failure) {
    return failure instanceof CurfewException known
        && (known.code().category() == ErrorCode.Category.UNAVAILABLE
            || known.code() == ErrorCode.RATE_LIMITED);
  }

  /** How long whoever failed asks to be left alone, in milliseconds, up to a minute. */
  static long askedFor(@Nullable Throwable failure) {
    return failure instanceof CurfewException known
        ? Math.min(MOST_ASKED_FOR_SECONDS, known.retryAfterSeconds()) * 1_000
        : 0;
  }

  public <T> Future<T> ask(Supplier<Future<T>> question) {
    Promise<T> promise = Promise.promise();
    ask(question, promise, SHORTEST_RETRY_MILLIS, 1);
    return promise.future();
  }

  private <T> void ask(Supplier<Future<T>> question, Promise<T> promise, long delay, int tries) {
    question
        .get()
        .onComplete(
            answer -> {
              boolean again =
                  isNoAnswer(answer.cause()) && (tries < triesInHaste || !haste.getAsBoolean());
              if (again) {
                long next = Math.min(LONGEST_RETRY_MILLIS, delay * 2);
                long wait = Math.max(delay, askedFor(answer.cause()));
                pause(wait, tries, () -> ask(question, promise, next, tries + 1));
              } else {
                promise.handle(answer);
              }
            });
  }

  /** In pieces, so that haste is noticed soon. */
  private void pause(long millis, int tries, Runnable then) {
    if (millis <= 0 || (tries >= triesInHaste && haste.getAsBoolean())) {
      then.run();
      return;
    }
    long piece = Math.min(millis, LOOK_MILLIS);
    vertx.setTimer(piece, timer -> pause(millis - piece, tries, then));
  }
}
