package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.storage.Payload;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A transfer on a thread of its own, which may take as long as it likes while bytes move. How long
 * that is in all depends on its size and the line, so there is no limit to it: one that is fixed
 * would end a large transfer at every attempt. A transfer that stands still is interrupted and
 * fails; where it does not even answer to that (a share that hangs), its thread is left behind, and
 * ends by itself when it moves again.
 */
final class GuardedTransfer<T> {
  private static final long MOST_BETWEEN_LOOKS_MILLIS = 1_000;

  /** How long a transfer that shall end may take to do so, at most. */
  private static final long MOST_TO_END_MILLIS = 10_000;

  /** What is done; blocks. */
  @FunctionalInterface
  interface Work<T> {
    T run(GuardedTransfer<T> guard) throws IOException;
  }

  private final Context context;
  private final long stalledAfterMillis;
  private final BooleanSupplier cancelled;
  private final Promise<T> result;
  private final Thread thread;
  private volatile long movedAt = System.nanoTime();
  private volatile boolean abandoned;
  private long endingSince;

  private GuardedTransfer(
      Vertx vertx, Duration stalledAfter, BooleanSupplier cancelled, Work<T> work) {
    this.context = vertx.getOrCreateContext();
    this.stalledAfterMillis = stalledAfter.toMillis();
    this.cancelled = cancelled;
    this.result = Promise.promise();
    this.thread = new Thread(() -> perform(work), "curfew-transfer");
    thread.setDaemon(true);
  }

  /**
   * Begins a transfer. For event loops.
   *
   * @param stalledAfter how long it may stand still
   * @param cancelled whether it shall end, from any thread
   * @return fails with what the work throws, and with STORAGE_UNAVAILABLE when it stood still
   */
  static <T> Future<T> run(
      Vertx vertx, Duration stalledAfter, BooleanSupplier cancelled, Work<T> work) {
    GuardedTransfer<T> transfer = new GuardedTransfer<>(vertx, stalledAfter, cancelled, work);
    long between =
        Math.max(1, Math.min(MOST_BETWEEN_LOOKS_MILLIS, transfer.stalledAfterMillis / 4));
    long timer = vertx.setPeriodic(between, each -> transfer.look());
    transfer.thread.start();
    return transfer.result.future().onComplete(over -> vertx.cancelTimer(timer));
  }

  private void perform(Work<T> work) {
    try {
      T done = RecordingSurroundings.callable(() -> work.run(this)).call();
      tell(() -> result.tryComplete(done));
    } catch (Throwable failure) {
      tell(() -> result.tryFail(failure));
    }
  }

  /** One that was left behind may come to its end when nobody is there any more. */
  private void tell(Runnable outcome) {
    if (!result.future().isComplete()) {
      context.runOnContext(none -> outcome.run());
    }
  }

  private void look() {
    long now = System.nanoTime();
    long still = TimeUnit.NANOSECONDS.toMillis(now - movedAt);
    boolean stalled = still >= stalledAfterMillis;
    if (!stalled && !cancelled.getAsBoolean()) {
      return;
    }
    if (endingSince == 0) {
      endingSince = now;
      abandoned = true;
      if (stalled) {
        // Whatever it throws for being interrupted is not the reason.
        result.tryFail(stoodStill(still));
        thread.interrupt();
      }
    } else if (TimeUnit.NANOSECONDS.toMillis(now - endingSince)
        >= Math.min(MOST_TO_END_MILLIS, stalledAfterMillis)) {
      result.tryFail(stoodStill(still));
      thread.interrupt();
    }
  }

  private static CurfewException stoodStill(long millis) {
    return CurfewException.of(
        ErrorCode.STORAGE_UNAVAILABLE,
        "No byte has moved to or from the destination for "
            + Math.max(1, millis / 1_000)
            + " s; the transfer was cancelled");
  }

  /** Bytes have moved. */
  void moved() {
    movedAt = System.nanoTime();
  }

  /** Whether the work shall end. */
  boolean over() {
    return abandoned || cancelled.getAsBoolean();
  }

  /** The same content; what is taken of it counts as moved. */
  Payload watched(Payload content) {
    return new Payload() {
      @Override
      public long size() {
        return content.size();
      }

      @Override
      public InputStream open(long offset) throws IOException {
        return new Watched(content.open(offset));
      }
    };
  }

  private final class Watched extends FilterInputStream {
    Watched(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int one = in.read();
      moved();
      return one;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = in.read(buffer, offset, length);
      moved();
      return count;
    }
  }
}
