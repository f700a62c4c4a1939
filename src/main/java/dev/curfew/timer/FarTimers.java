package dev.curfew.timer;

import java.util.Arrays;

/**
 * The armed timers whose deadline is too far away for the wheel's 32-bit deadlines: a dense,
 * unordered table of slot and full deadline. Few timers are ever here and each is looked at once in
 * many hours, so a scan is good enough.
 */
final class FarTimers {
  private static final int MIN_GROWTH = 16;

  private long[] deadlines = new long[0];
  private int[] slots = new int[0];
  private int count;

  int count() {
    return count;
  }

  int slot(int index) {
    return slots[index];
  }

  long deadline(int index) {
    return deadlines[index];
  }

  /** Adds a timer and returns its index, valid until a removal moves it. */
  int add(int slot, long deadline) {
    if (count == slots.length) {
      int capacity = count + Math.max(MIN_GROWTH, count >>> 2);
      deadlines = Arrays.copyOf(deadlines, capacity);
      slots = Arrays.copyOf(slots, capacity);
    }
    slots[count] = slot;
    deadlines[count] = deadline;
    return count++;
  }

  /**
   * Removes the timer at an index; the last timer takes its place. Returns whether a timer was
   * moved to {@code index}, so that its owner can be told.
   */
  boolean remove(int index) {
    count--;
    slots[index] = slots[count];
    deadlines[index] = deadlines[count];
    return index != count;
  }

  long footprintBytes() {
    return TimerWheel.arrayBytes(deadlines.length, Long.BYTES)
        + TimerWheel.arrayBytes(slots.length, Integer.BYTES);
  }
}
