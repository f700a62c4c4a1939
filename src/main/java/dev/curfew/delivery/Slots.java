package dev.curfew.delivery;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How many messages of a node may be under way at once. Lanes get their turn in the order in which
 * they ask. Those whose last attempt failed share half of the slots, so that any number of targets
 * that hang leaves the other half to those that do not.
 */
final class Slots {
  private final int most;
  private final Deque<Runnable> healthy = new ArrayDeque<>();
  private final Deque<Runnable> troubled = new ArrayDeque<>();
  private int used;
  private int usedInTrouble;

  /**
   * @param most at least 2
   */
  Slots(int most) {
    this.most = most;
  }

  /** Runs the work once there is a slot for it; whoever does it gives the slot back. */
  void take(boolean inTrouble, Runnable work) {
    (inTrouble ? troubled : healthy).add(work);
    next();
  }

  void giveBack(boolean inTrouble) {
    used--;
    if (inTrouble) {
      usedInTrouble--;
    }
    next();
  }

  private void next() {
    while (used < most) {
      boolean inTrouble = healthy.isEmpty();
      if (inTrouble && (troubled.isEmpty() || usedInTrouble >= most / 2)) {
        return;
      }
      used++;
      if (inTrouble) {
        usedInTrouble++;
      }
      (inTrouble ? troubled : healthy).remove().run();
    }
  }
}
