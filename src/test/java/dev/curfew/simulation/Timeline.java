package dev.curfew.simulation;

import java.util.PriorityQueue;

/** Virtual time, in epoch milliseconds of the database's clock, and what is to happen in it. */
final class Timeline {
  private record Happening(long at, long order, Runnable action) implements Comparable<Happening> {
    @Override
    public int compareTo(Happening other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Happening> coming = new PriorityQueue<>();
  private long now;
  private long order;

  Timeline(long start) {
    now = start;
  }

  long now() {
    return now;
  }

  /** In the order of time, and within a millisecond in the order of these calls. */
  void at(long time, Runnable action) {
    coming.add(new Happening(Math.max(time, now), order++, action));
  }

  void after(long delay, Runnable action) {
    at(now + delay, action);
  }

  /** Lets the next thing happen, if it is not after {@code end}; returns whether it did. */
  boolean step(long end) {
    Happening next = coming.peek();
    if (next == null || next.at > end) {
      return false;
    }
    coming.poll();
    now = next.at;
    next.action.run();
    return true;
  }
}
