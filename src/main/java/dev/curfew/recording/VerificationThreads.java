package dev.curfew.recording;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Where recordings are read to be verified: apart from the threads that store what gateways
 * capture, which must not wait for it.
 */
final class VerificationThreads {
  private static final int THREADS = 4;

  /** A large video at a slow destination may well take hours; it is no blocked thread. */
  private static final int LONGEST_HOURS = 24;

  private final WorkerExecutor workers;

  VerificationThreads(Vertx vertx) {
    this.workers =
        vertx.createSharedWorkerExecutor(
            "curfew-verification", THREADS, LONGEST_HOURS, TimeUnit.HOURS);
  }

  /** A failure to read is the store's. */
  <T> Future<T> run(Callable<T> work) {
    return workers.executeBlocking(
        () -> {
          try {
            return work.call();
          } catch (IOException e) {
            throw RecordingSurroundings.unavailable(e);
          }
        },
        false);
  }
}
