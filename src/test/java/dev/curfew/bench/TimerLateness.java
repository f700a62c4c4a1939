package dev.curfew.bench;

import dev.curfew.bench.TimerContender.Timers;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How late timers fire in real time: 1,000,000 are live, 100,000 of them fall due at random within
 * 10 seconds. One thread sleeps until the next whole millisecond and polls; Netty's wheel does the
 * like by itself.
 */
final class TimerLateness {
  private static final int LIVE = TimerWheelBenchmark.LIVE;
  private static final int FIRING = TimerWheelBenchmark.FIRING;
  private static final long NANOS = 1_000_000;

  /** From opening the timers to the first deadline: time to arm them and to settle. */
  private static final long SETTLE_MILLIS = 6_000;

  private final long[] deadlines = new long[FIRING];
  private final long[] lateNanos = new long[FIRING];
  private final CountDownLatch left = new CountDownLatch(FIRING);
  private long start;
  private int fired;
  private Thread firingThread;

  private TimerLateness() {}

  /**
   * One run.
   *
   * @param cpuMicros processor time of the firing thread for each of the 100,000
   */
  record Result(double p50Millis, double p99Millis, double maxMillis, double cpuMicros) {}

  static Result measure(TimerContender contender) throws InterruptedException {
    return new TimerLateness().run(contender);
  }

  private Result run(TimerContender contender) throws InterruptedException {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    try (Timers timers = contender.open(LIVE, FIRING, this::fired)) {
      start = System.nanoTime();
      SplittableRandom random = new SplittableRandom(4);
      for (int slot = 0; slot < LIVE; slot++) {
        long after = slot < FIRING ? random.nextInt(10_000) : random.nextInt(60_000, 3_600_000);
        long deadline = SETTLE_MILLIS + after;
        if (slot < FIRING) {
          deadlines[slot] = deadline;
        }
        timers.arm(slot, deadline);
      }
      System.gc();
      Thread poller = null;
      if (contender == TimerContender.NETTY) {
        firingThread = findThread("netty-timer");
      } else {
        poller = new Thread(() -> poll(timers), "poller");
        poller.start();
        firingThread = poller;
      }
      sleepUntil(SETTLE_MILLIS - 500);
      long cpuBefore = threads.getThreadCpuTime(firingThread.getId());
      sleepUntil(SETTLE_MILLIS + 9_990);
      long cpu = threads.getThreadCpuTime(firingThread.getId()) - cpuBefore;
      if (!left.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException(left.getCount() + " of " + FIRING + " never fired");
      }
      if (poller != null) {
        poller.join();
      }
      Arrays.sort(lateNanos);
      if (lateNanos[0] < 0) {
        throw new IllegalStateException("fired " + -lateNanos[0] + " ns early");
      }
      return new Result(
          percentile(50), percentile(99), percentile(100), (double) cpu / 1_000 / FIRING);
    }
  }

  private void fired(int slot) {
    if (slot < FIRING) {
      lateNanos[fired++] = System.nanoTime() - start - deadlines[slot] * NANOS;
      left.countDown();
    }
  }

  private void poll(Timers timers) {
    while (fired < FIRING) {
      long now = (System.nanoTime() - start) / NANOS;
      timers.poll(now);
      LockSupport.parkNanos((now + 1) * NANOS - (System.nanoTime() - start));
    }
  }

  private void sleepUntil(long millis) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(millis * NANOS - (System.nanoTime() - start));
  }

  private static Thread findThread(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(prefix))
        .findAny()
        .orElseThrow();
  }

  private double percentile(int percent) {
    int index = Math.max(0, (int) Math.ceil(FIRING * (percent / 100.0)) - 1);
    return (double) lateNanos[index] / NANOS;
  }
}
