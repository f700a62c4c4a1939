package dev.curfew.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What arming, moving and firing cost with 1,000,000 timers live. Time is virtual, but for Netty,
 * whose wheel has a thread and a clock of its own: its work on that thread and the collector's are
 * not in the figures, and it takes no part in {@link #fire}.
 */
@OutputTimeUnit(TimeUnit.NANOSECONDS)
// G1 of JDK 17 gives up on Netty's million linked timeouts ("Overflow during reference
// processing").
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xmx4g", "-XX:+UseParallelGC"})
public class TimerWheelBenchmark {
  static final int LIVE = 1_000_000;
  static final int FIRING = 100_000;
  static final int FIRING_MILLIS = 10_000;

  private static final int DRAWN = 65_536;
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;

  /** 1,000,000 armed timers, due in 1 to 61 minutes. */
  @State(Scope.Thread)
  public static class Armed {
    /** Who is measured. */
    @Param public TimerContender contender;

    private final SplittableRandom random = new SplittableRandom(1);
    private TimerContender.Timers timers;
    private int[] slots;
    private long[] deadlines;
    private int shift;
    private long later = MINUTE + HOUR;

    /** Arms all and draws the arguments beforehand, so that drawing is not measured. */
    @Setup
    public void arm() {
      timers = contender.open(LIVE, 0, slot -> {});
      slots = new int[DRAWN];
      deadlines = new long[DRAWN];
      for (int i = 0; i < slots.length; i++) {
        slots[i] = random.nextInt(LIVE);
        deadlines[i] = random.nextLong(MINUTE, MINUTE + HOUR);
      }
      for (int slot = 0; slot < LIVE; slot++) {
        timers.arm(slot, random.nextLong(MINUTE, MINUTE + HOUR));
      }
    }

    /** Stops Netty's thread. */
    @TearDown
    public void close() {
      timers.close();
    }
  }

  /** Slots and deadlines for arming 1,000,000 timers, none armed yet. */
  @State(Scope.Thread)
  public static class Empty {
    /** Who is measured. */
    @Param public TimerContender contender;

    private TimerContender.Timers timers;
    private final long[] deadlines = new long[LIVE];

    /** Starts afresh. */
    @Setup(Level.Iteration)
    public void open() {
      SplittableRandom random = new SplittableRandom(2);
      for (int slot = 0; slot < LIVE; slot++) {
        deadlines[slot] = random.nextLong(MINUTE, MINUTE + HOUR);
      }
      timers = contender.open(LIVE, 0, slot -> {});
    }

    /** Stops Netty's thread. */
    @TearDown(Level.Iteration)
    public void close() {
      timers.close();
    }
  }

  /** 1,000,000 armed timers, of which 100,000 fall due within the next 10 seconds. */
  @State(Scope.Thread)
  public static class Falling {
    /** Who is measured. */
    @Param({"CURFEW", "CURFEW_256", "AGRONA"})
    public TimerContender contender;

    private final SplittableRandom random = new SplittableRandom(3);
    private TimerContender.Timers timers;
    private long now;

    /** Arms those that stay. */
    @Setup
    public void armStaying() {
      timers = contender.open(LIVE, 0, slot -> {});
      for (int slot = FIRING; slot < LIVE; slot++) {
        timers.arm(slot, random.nextLong(HOUR, 10 * HOUR));
      }
    }

    /** Arms those that fire. */
    @Setup(Level.Iteration)
    public void armFalling() {
      for (int slot = 0; slot < FIRING; slot++) {
        timers.arm(slot, now + 1 + random.nextInt(FIRING_MILLIS));
      }
    }
  }

  /**
   * Processor time of the calling thread a call, beside the elapsed time: the same on a machine
   * that has nothing else to do, and still meaningful on one that has.
   */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Processor {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private long since;
    private long nanos;
    private long calls;

    /** Forgets the last iteration. */
    @Setup(Level.Iteration)
    public void reset() {
      nanos = 0;
      calls = 0;
    }

    /** The figure of an iteration. */
    public double cpu() {
      return (double) nanos / calls;
    }

    private void begin() {
      since = threads.getCurrentThreadCpuTime();
    }

    private void end(int count) {
      nanos += threads.getCurrentThreadCpuTime() - since;
      calls += count;
    }
  }

  /** From none to 1,000,000, growth included. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @OperationsPerInvocation(LIVE)
  @Warmup(iterations = 5)
  @Measurement(iterations = 10)
  public void schedule(Empty state, Processor processor) {
    processor.begin();
    for (int slot = 0; slot < LIVE; slot++) {
      state.timers.arm(slot, state.deadlines[slot]);
    }
    processor.end(LIVE);
  }

  /** A random timer to a random deadline: nothing is near in memory. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @OperationsPerInvocation(DRAWN)
  @Warmup(iterations = 5, time = 1)
  @Measurement(iterations = 10, time = 1)
  public void rearm(Armed state, Processor processor) {
    // Others each time, or the same timers would be moved again and again.
    int shift = state.shift = (state.shift + 7_919) % LIVE;
    processor.begin();
    for (int i = 0; i < DRAWN; i++) {
      state.timers.rearm((state.slots[i] + shift) % LIVE, state.deadlines[i]);
    }
    processor.end(DRAWN);
  }

  /** A random timer to a later deadline, by about half a minute: there was a sign of life. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @OperationsPerInvocation(DRAWN)
  @Warmup(iterations = 5, time = 1)
  @Measurement(iterations = 10, time = 1)
  public void extend(Armed state, Processor processor) {
    int shift = state.shift = (state.shift + 7_919) % LIVE;
    // A timer's turn comes about every 15 calls.
    long later = state.later += 2_000;
    processor.begin();
    for (int i = 0; i < DRAWN; i++) {
      state.timers.rearm((state.slots[i] + shift) % LIVE, later + state.deadlines[i] % 5_000);
    }
    processor.end(DRAWN);
  }

  /** 10 seconds in steps of a millisecond, in which 100,000 of the timers fire. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @OperationsPerInvocation(FIRING)
  @Warmup(iterations = 10)
  @Measurement(iterations = 20)
  public void fire(Falling state, Processor processor) {
    processor.begin();
    int fired = 0;
    for (int step = 0; step < FIRING_MILLIS; step++) {
      fired += state.timers.poll(++state.now);
    }
    processor.end(FIRING);
    if (fired != FIRING) {
      throw new IllegalStateException(fired + " fired");
    }
  }
}
