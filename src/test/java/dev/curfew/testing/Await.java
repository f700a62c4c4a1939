package dev.curfew.testing;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Waiting for what must happen, with a limit. */
public final class Await {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final long LOOK_MILLIS = 2;

  private Await() {}

  /** A condition that may fail to be evaluated. */
  @FunctionalInterface
  public interface Condition {
    boolean holds() throws Exception;
  }

  /** The result of a future; its failure is thrown. */
  public static <T> T result(Future<T> future) {
    try {
      return future.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      throw new AssertionError("no result within " + LIMIT, late);
    }
  }

  /** How a future fails. */
  public static Throwable failure(Future<?> future) {
    return result(
        future.transform(
            done ->
                done.failed()
                    ? Future.succeededFuture(done.cause())
                    : Future.failedFuture(new AssertionError("succeeded: " + done.result()))));
  }

  public static void until(String what, Condition condition) {
    until(what, LIMIT, condition);
  }

  public static void until(String what, Duration limit, Condition condition) {
    until(() -> what, limit, condition);
  }

  public static void until(Supplier<String> what, Duration limit, Condition condition) {
    long giveUpAt = System.nanoTime() + limit.toNanos();
    try {
      while (!condition.holds()) {
        if (System.nanoTime() > giveUpAt) {
          throw new AssertionError("not within " + limit + ": " + what.get());
        }
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Exception failure) {
      throw new AssertionError(what.get(), failure);
    }
  }
}
