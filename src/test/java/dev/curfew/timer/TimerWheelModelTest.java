package dev.curfew.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The wheel against a sorted map, over random operations, callbacks included. A failing run is
 * replayed by its seed, which is the name of the test.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TimerWheelModelTest {
  private static final int STEPS = 1_500;

  static LongStream seeds() {
    return LongStream.range(0, Integer.getInteger("simulation.seeds", 300));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void wheel_agreesWithASortedMap(long seed) {
    Run run = new Run(seed);
    try {
      for (int step = 0; step < STEPS; step++) {
        run.step();
        run.check();
      }
      run.drain();
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
    }
  }

  /** One wheel and its model. */
  private static final class Run {
    private final SplittableRandom random;
    private final int slots;
    private final TimerWheel wheel;

    /** What is armed, by slot and by the time from which it may fire. */
    private final Map<Integer, Long> dueOf = new HashMap<>();

    private final TreeMap<Long, TreeSet<Integer>> byDue = new TreeMap<>();

    /** Armed when already due: they fire in the next call, but not in the order of deadlines. */
    private final BitSet overdue = new BitSet();

    private final BitSet firedInThisCall = new BitSet();
    private long time;
    private boolean advancing;

    Run(long seed) {
      random = new SplittableRandom(seed);
      slots = new int[] {2, 20, 150, 700}[random.nextInt(4)];
      // Anywhere, but often just before a boundary of the wheel's windows.
      time = random.nextBoolean() ? 1_790_000_000_000L + random.nextInt() : aroundBoundary(0);
      wheel = new TimerWheel(time);
    }

    void step() {
      int choice = random.nextInt(100);
      if (choice < 53) {
        schedule(random.nextInt(slots), someDeadline());
      } else if (choice < 55) {
        crowd();
      } else if (choice < 65) {
        cancel(random.nextInt(slots));
      } else if (choice < 85) {
        advance(someTime(), Integer.MAX_VALUE, true);
      } else {
        advance(someTime(), 1 + random.nextInt(5), true);
      }
    }

    /** Lets everything fire, going only where the wheel says. */
    void drain() {
      int calls = 0;
      while (wheel.nextDeadline() < Long.MAX_VALUE) {
        int before = dueOf.size();
        long next = wheel.nextDeadline();
        advance(next, 1 + random.nextInt(20), false);
        check();
        calls = dueOf.size() < before ? 0 : calls + 1;
        assertThat(calls).as("calls without a firing").isLessThan(200);
      }
      assertThat(dueOf.values()).allMatch(due -> due == Long.MAX_VALUE);
    }

    void check() {
      assertThat(wheel.size()).isEqualTo(dueOf.size());
      int slot = random.nextInt(slots);
      assertThat(wheel.isArmed(slot)).isEqualTo(dueOf.containsKey(slot));
      if (byDue.isEmpty()) {
        assertThat(wheel.nextDeadline()).isEqualTo(Long.MAX_VALUE);
      } else {
        assertThat(wheel.nextDeadline()).isLessThanOrEqualTo(Math.max(time, byDue.firstKey()));
      }
    }

    /** Many timers due close together, so that limits are met while one bucket is drained. */
    private void crowd() {
      long from = time + random.nextInt(1 << (9 + random.nextInt(20)));
      int width = 1 << random.nextInt(20);
      for (int slot = 0; slot < slots; slot++) {
        if (random.nextInt(4) > 0) {
          schedule(slot, from + random.nextInt(width));
        }
      }
    }

    private void schedule(int slot, long deadline) {
      wheel.schedule(slot, deadline);
      forget(slot);
      long due = advancing ? Math.max(deadline, time + 1) : deadline;
      dueOf.put(slot, due);
      byDue.computeIfAbsent(due, unused -> new TreeSet<>()).add(slot);
      overdue.set(slot, due <= time);
      assertThat(wheel.isArmed(slot)).isTrue();
    }

    private void cancel(int slot) {
      assertThat(wheel.cancel(slot)).isEqualTo(forget(slot));
      assertThat(wheel.isArmed(slot)).isFalse();
    }

    private boolean forget(int slot) {
      Long due = dueOf.remove(slot);
      if (due == null) {
        return false;
      }
      TreeSet<Integer> sameDue = byDue.get(due);
      sameDue.remove(slot);
      if (sameDue.isEmpty()) {
        byDue.remove(due);
      }
      overdue.clear(slot);
      return true;
    }

    private void advance(long now, int limit, boolean callbacksAct) {
      time = Math.max(time, now);
      firedInThisCall.clear();
      advancing = true;
      int count =
          wheel.advance(
              now,
              limit,
              slot -> {
                fired(slot);
                if (callbacksAct) {
                  act(slot);
                }
              });
      advancing = false;
      assertThat(count).isEqualTo(firedInThisCall.cardinality()).isLessThanOrEqualTo(limit);
      boolean nothingDueIsLeft = byDue.isEmpty() || byDue.firstKey() > time;
      if (limit == Integer.MAX_VALUE || wheel.nextDeadline() > time) {
        assertThat(nothingDueIsLeft).as("all that is due has fired").isTrue();
      }
      if (limit == Integer.MAX_VALUE) {
        assertThat(wheel.nextDeadline()).isGreaterThan(time);
      }
    }

    private void fired(int slot) {
      assertThat(dueOf).as("fired timers are armed").containsKey(slot);
      long due = dueOf.get(slot);
      assertThat(due).as("never early").isLessThanOrEqualTo(time);
      assertThat(firedInThisCall.get(slot)).as("at most once a call").isFalse();
      firedInThisCall.set(slot);
      if (!overdue.get(slot)) {
        for (Map.Entry<Long, TreeSet<Integer>> earlier : byDue.headMap(due).entrySet()) {
          assertThat(earlier.getValue()).as("by deadline").allMatch(overdue::get);
        }
      }
      forget(slot);
      assertThat(wheel.isArmed(slot)).isFalse();
      assertThat(wheel.size()).isEqualTo(dueOf.size());
    }

    private void act(int slot) {
      switch (random.nextInt(8)) {
        case 0, 1 -> schedule(slot, someDeadline());
        case 2 -> schedule(random.nextInt(slots), someDeadline());
        case 3 -> cancel(random.nextInt(slots));
        case 4 -> {
          // Aims at one that is due now, often in the same millisecond.
          if (!byDue.isEmpty()) {
            int next = byDue.firstEntry().getValue().first();
            if (random.nextBoolean()) {
              cancel(next);
            } else {
              schedule(next, someDeadline());
            }
          }
        }
        default -> {}
      }
    }

    private long someDeadline() {
      return switch (random.nextInt(14)) {
        case 0 -> time - random.nextInt(1_000);
        case 1 -> time;
        case 2 -> time + 1;
        case 3 -> time + random.nextInt(10);
        case 4, 5 -> time + random.nextInt(600);
        case 6 -> time + random.nextInt(40_000);
        case 7 -> time + random.nextInt(4_000_000);
        case 8 -> time + random.nextInt(Integer.MAX_VALUE);
        case 9 -> time + (random.nextLong() & 0x3_FFFF_FFFFL);
        case 10, 11 -> aroundBoundary(time);
        case 12 -> byDue.isEmpty() ? time : byDue.lastKey();
        default ->
            switch (random.nextInt(5)) {
              case 0 -> Long.MAX_VALUE;
              case 1 -> Long.MAX_VALUE - 1 - random.nextInt(3);
              case 2 -> Long.MIN_VALUE;
              default -> time + (random.nextLong() >>> (20 + random.nextInt(10)));
            };
      };
    }

    private long someTime() {
      return switch (random.nextInt(12)) {
        case 0 -> time - random.nextInt(5_000);
        case 1 -> time;
        case 2, 3 -> time + random.nextInt(5);
        case 4 -> time + random.nextInt(300);
        case 5 -> time + random.nextInt(30_000);
        case 6 -> random.nextInt(5) == 0 ? aroundBoundary(time) : time + random.nextInt(100);
        case 7 -> random.nextInt(10) == 0 ? time + (random.nextLong() >>> 28) : time + 1;
        case 8 -> notTooFar(wheel.nextDeadline());
        case 9 -> notTooFar(wheel.nextDeadline()) - 1;
        case 10 -> byDue.isEmpty() ? time : notTooFar(byDue.firstKey());
        default -> byDue.isEmpty() ? time : notTooFar(byDue.firstKey()) - 1;
      };
    }

    /** The end of time is for {@link #drain()}: nothing can be tested after it. */
    private long notTooFar(long next) {
      return Math.max(time, Math.min(next, time + (1L << 40)));
    }

    /** Within a few milliseconds of the next boundary of a random power of two. */
    private long aroundBoundary(long from) {
      int bits = 4 + random.nextInt(32);
      return (((from >> bits) + 1) << bits) + random.nextInt(5) - 2;
    }
  }
}
