package dev.curfew.timer;

import java.util.Arrays;

/**
 * The timers of one shard, one for each slot: arming, moving and cancelling take constant time and
 * allocate nothing, a timer costs 12 bytes. Deadlines have a resolution of one millisecond.
 *
 * <p>Slots are small dense numbers from 0 chosen by the caller; storage follows the highest slot
 * ever armed. All times are epoch milliseconds. Not thread-safe.
 *
 * <p>A callback of {@code advance} may arm, move or cancel any timer, its own and those due in the
 * same millisecond included: a timer cancelled or moved before its turn does not fire. A callback
 * cannot arm a timer for the call it runs in: a deadline at or before that call's {@code now}
 * counts as one millisecond after it. So every timer fires at most once a call and no callback can
 * keep a call from returning.
 */
public final class TimerWheel {

  /*
   * A hierarchical timing wheel (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", 1987,
   * scheme 7), with aligned windows: `tick` is the millisecond the wheel stands at, read as digits
   *
   *   level      4       3       2       1        0
   *   bits    31..26  25..20  19..14  13..8    7..0
   *   bucket   18.6 h  17.5 m  16.4 s  256 ms   1 ms
   *
   * and a timer is linked in the level of the highest digit in which its deadline differs from
   * `tick`, in the bucket of the deadline's digit. Hence every bucket of a level comes before every
   * bucket of the next level, and within a level buckets come in the order of their digit. The
   * earliest non-empty bucket is therefore the first bit set in `occupied`, whose words are the four
   * of level 0 and then one for each level. The top level alone is a ring, so that its digit may
   * wrap: it reaches 63 windows (49 days) ahead. What lies beyond waits in `far` with its full
   * deadline and is brought in when `tick` enters a window it can be reached from.
   *
   * A timer that gets a later deadline, the usual move, stays linked where it is and is put right
   * when its bucket is drained: one cache line touched instead of four. So of a timer above level 0
   * it is only known that its bucket starts no later than its deadline. In level 0 timers are exact.
   *
   * The wheel goes from one non-empty bucket to the next, however far apart they are. A bucket of
   * level 0 is fired; a bucket of a higher level is drained when `tick` reaches its first
   * millisecond: its timers move on, those due within the bucket to lower levels. Draining may stop
   * half-way when the call's limit is used up; nothing else goes on before it is finished.
   *
   * A bucket is a doubly linked list through `nodes`, three ints for each slot side by side, so that
   * a timer is seldom in more than one cache line. Links are offsets into `nodes`. The first node of a
   * bucket names the bucket in place of a predecessor, so unlinking needs no search and holds also
   * half-way through draining.
   */

  /** Told of each timer that fires. */
  @FunctionalInterface
  public interface Expiry {
    /** The timer of {@code slot} has fired and is no longer armed. */
    void expired(int slot);
  }

  /** Timers that a bounded call may move between levels for each that it may fire. */
  private static final int MOVES_PER_FIRING = 32;

  private static final int NODE_INTS = 3;
  private static final int DUE = 0;
  private static final int NEXT = 1;
  private static final int PREVIOUS = 2;

  /** No node, no bucket. */
  private static final int NONE = -1;

  /** Instead of a predecessor: not armed. */
  private static final int UNARMED = Integer.MIN_VALUE;

  /** Instead of a predecessor: in {@link #far}, at the index kept instead of the deadline. */
  private static final int FAR = Integer.MIN_VALUE + 1;

  private static final int MAX_SLOTS = (Integer.MAX_VALUE - 8) / NODE_INTS;
  private static final int MIN_GROWTH = 64;

  private static final int TICKS = 256;
  private static final int BUCKETS = TICKS + 4 * 64;
  private static final int TOP_WORD = BUCKETS / 64 - 1;
  private static final int TOP_SHIFT = 26;
  private static final int TOP_REACH = 63;

  private final int[] heads = new int[BUCKETS];
  private final long[] occupied = new long[BUCKETS / 64];
  private int[] nodes = new int[0];
  private final FarTimers far = new FarTimers();

  /** The first tick from which some timer in {@link #far} can be reached. */
  private long farReachable = Long.MAX_VALUE;

  private int size;

  /** Where the wheel stands: everything due before it has fired. */
  private long tick;

  /** The latest time ever passed in; ahead of {@link #tick} while a bounded call left work. */
  private long time;

  /** The earliest tick a timer can be armed for; after {@link #tick} only inside a call. */
  private long earliest;

  /** The bucket being drained. */
  private int draining = NONE;

  /** An empty wheel whose time is {@code startMillis}. */
  public TimerWheel(long startMillis) {
    Arrays.fill(heads, NONE);
    tick = Math.min(startMillis, Long.MAX_VALUE - 1);
    time = tick;
    earliest = tick;
  }

  /**
   * Arms the timer of {@code slot}, or moves it if it is armed. A deadline in the past fires at the
   * next call of {@code advance}; {@link Long#MAX_VALUE} never comes.
   *
   * @throws IllegalArgumentException if the slot is negative or beyond what an array can hold
   */
  public void schedule(int slot, long deadlineMillis) {
    if (slot < 0 || slot >= MAX_SLOTS) {
      throw new IllegalArgumentException("slot " + slot);
    }
    int node = slot * NODE_INTS;
    if (node >= nodes.length) {
      grow(slot);
    }
    long due = Math.max(deadlineMillis, earliest);
    int previous = nodes[node + PREVIOUS];
    if (previous == UNARMED) {
      size++;
    } else if (previous == FAR) {
      removeFar(node);
    } else if (mayStay(node, due)) {
      nodes[node + DUE] = (int) due;
      return;
    } else {
      unlink(node);
    }
    place(node, due);
  }

  /** Disarms the timer of {@code slot}; returns whether it was armed. */
  public boolean cancel(int slot) {
    if (!isArmed(slot)) {
      return false;
    }
    disarm(slot * NODE_INTS);
    return true;
  }

  /** Whether the timer of {@code slot} is armed. */
  public boolean isArmed(int slot) {
    return slot >= 0
        && slot < nodes.length / NODE_INTS
        && nodes[slot * NODE_INTS + PREVIOUS] != UNARMED;
  }

  /** How many timers are armed. */
  public int size() {
    return size;
  }

  /**
   * Fires every timer with a deadline at or before {@code nowMillis}, by deadline, in no particular
   * order within one millisecond. Time never goes back: an earlier time than one already passed in
   * counts as that one.
   *
   * @return how many fired
   * @throws IllegalStateException if called from a callback of {@code advance}
   */
  public int advance(long nowMillis, Expiry expiry) {
    return advance(nowMillis, Integer.MAX_VALUE, expiry);
  }

  /**
   * Like {@link #advance(long, Expiry)}, but fires at most {@code limit} timers and does a
   * proportional amount of other work, so that no call takes long. The rest is done by following
   * calls, with the same or a later time; until then {@link #nextDeadline()} is not after {@code
   * nowMillis}. That, not the number returned, tells whether there is more to do.
   *
   * @return how many fired
   * @throws IllegalArgumentException if the limit is below one
   * @throws IllegalStateException if called from a callback of {@code advance}
   */
  public int advance(long nowMillis, int limit, Expiry expiry) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit " + limit);
    }
    if (earliest > tick) {
      throw new IllegalStateException("advance called from its own callback");
    }
    time = Math.max(time, Math.min(nowMillis, Long.MAX_VALUE - 1));
    earliest = time + 1;
    try {
      return fire(limit, expiry);
    } finally {
      earliest = tick;
    }
  }

  /**
   * When to call {@code advance} next: never after the earliest deadline, and that deadline itself
   * once it lies in the same 256 ms of the clock as the time of the last call. Before that it may
   * be an earlier time, at which nothing fires but the wheel comes nearer: at most five times for a
   * deadline, 49 days ahead or less, and once for each time a deadline was moved. {@link
   * Long#MAX_VALUE} if no timer is armed.
   */
  public long nextDeadline() {
    if (draining != NONE) {
      return tick;
    }
    int bucket = firstBucket();
    return bucket == NONE ? farReachable : startOf(bucket);
  }

  /** Bytes held by the arrays of this wheel, their headers included. */
  public long footprintBytes() {
    return arrayBytes(heads.length, Integer.BYTES)
        + arrayBytes(occupied.length, Long.BYTES)
        + arrayBytes(nodes.length, Integer.BYTES)
        + far.footprintBytes();
  }

  /** Bytes of an array on a 64-bit JVM: a 16-byte header, the elements, rounded up to 8. */
  static long arrayBytes(int length, int elementBytes) {
    return (16L + (long) length * elementBytes + 7) & ~7L;
  }

  private int fire(int limit, Expiry expiry) {
    long moves = (long) limit * MOVES_PER_FIRING;
    int fired = 0;
    while (true) {
      moves = drain(moves);
      if (draining != NONE) {
        return fired;
      }
      int due = (int) tick & (TICKS - 1);
      for (int node = heads[due]; node != NONE; node = heads[due]) {
        if (fired == limit) {
          return fired;
        }
        disarm(node);
        fired++;
        expiry.expired(node / NODE_INTS);
      }
      int bucket = firstBucket();
      long start = bucket == NONE ? farReachable : startOf(bucket);
      if (start > time) {
        moveTo(time);
        return fired;
      }
      moveTo(start);
      if (bucket >= TICKS) {
        draining = bucket;
      }
    }
  }

  /** Goes on draining with at most {@code moves} moves; returns how many are left. */
  private long drain(long moves) {
    if (draining == NONE) {
      return moves;
    }
    long left = moves;
    for (int node = heads[draining]; node != NONE; node = heads[draining]) {
      if (left == 0) {
        return 0;
      }
      left--;
      long due = dueOf(node);
      unlink(node);
      link(node, due);
    }
    draining = NONE;
    return left;
  }

  /** Moves the wheel to a tick that is not after the start of any non-empty bucket. */
  private void moveTo(long newTick) {
    tick = newTick;
    if (newTick >= farReachable) {
      bringInFar();
    }
  }

  /**
   * Whether a linked timer may get a new deadline and stay where it is linked: if it gets a later
   * one and is above level 0, where a bucket need only start no later than its deadlines.
   */
  private boolean mayStay(int node, long newDue) {
    long due = dueOf(node);
    return newDue >= due && (due ^ tick) >>> 8 != 0 && isReachable(newDue);
  }

  private boolean isReachable(long due) {
    return (due >> TOP_SHIFT) - (tick >> TOP_SHIFT) <= TOP_REACH;
  }

  /** The first tick from which a far deadline is reachable. */
  private static long reachableFrom(long due) {
    return ((due >> TOP_SHIFT) - TOP_REACH) << TOP_SHIFT;
  }

  /** The full deadline of a linked node: the one tick from now on with these low 32 bits. */
  private long dueOf(int node) {
    return tick + Integer.toUnsignedLong(nodes[node + DUE] - (int) tick);
  }

  /** The bucket of a reachable deadline. */
  private int bucketOf(long due) {
    long differing = due ^ tick;
    if (differing >>> 8 == 0) {
      return (int) due & (TICKS - 1);
    }
    int highest = Math.min(63 - Long.numberOfLeadingZeros(differing), 31);
    int level = (highest - 2) / 6;
    return (level + 3) * 64 + ((int) (due >>> shift(level)) & 63);
  }

  /** The bit at which the digit of a level from 1 on begins. */
  private static int shift(int level) {
    return 2 + 6 * level;
  }

  /** The non-empty bucket that comes first, or none. */
  private int firstBucket() {
    for (int word = 0; word < TOP_WORD; word++) {
      if (occupied[word] != 0) {
        return word * 64 + Long.numberOfTrailingZeros(occupied[word]);
      }
    }
    long top = occupied[TOP_WORD];
    if (top == 0) {
      return NONE;
    }
    int here = (int) (tick >> TOP_SHIFT);
    int ahead = Long.numberOfTrailingZeros(Long.rotateRight(top, here));
    return TOP_WORD * 64 + ((here + ahead) & 63);
  }

  /** The first tick of a non-empty bucket's window. */
  private long startOf(int bucket) {
    if (bucket < TICKS) {
      return (tick & -TICKS) + bucket;
    }
    int shift = shift(bucket / 64 - 3);
    long window = tick >> shift;
    return (window + ((bucket - (int) window) & 63)) << shift;
  }

  private void place(int node, long due) {
    if (isReachable(due)) {
      link(node, due);
    } else {
      addFar(node, due);
    }
  }

  private void link(int node, long due) {
    int bucket = bucketOf(due);
    int head = heads[bucket];
    nodes[node + DUE] = (int) due;
    nodes[node + NEXT] = head;
    nodes[node + PREVIOUS] = ~bucket;
    if (head == NONE) {
      occupied[bucket >>> 6] |= 1L << bucket;
    } else {
      nodes[head + PREVIOUS] = node;
    }
    heads[bucket] = node;
  }

  private void unlink(int node) {
    int next = nodes[node + NEXT];
    int previous = nodes[node + PREVIOUS];
    if (previous >= 0) {
      nodes[previous + NEXT] = next;
    } else {
      int bucket = ~previous;
      heads[bucket] = next;
      if (next == NONE) {
        occupied[bucket >>> 6] &= ~(1L << bucket);
      }
    }
    if (next != NONE) {
      nodes[next + PREVIOUS] = previous;
    }
  }

  private void disarm(int node) {
    if (nodes[node + PREVIOUS] == FAR) {
      removeFar(node);
    } else {
      unlink(node);
    }
    nodes[node + PREVIOUS] = UNARMED;
    size--;
  }

  private void addFar(int node, long due) {
    nodes[node + DUE] = far.add(node / NODE_INTS, due);
    nodes[node + PREVIOUS] = FAR;
    farReachable = Math.min(farReachable, reachableFrom(due));
  }

  private void removeFar(int node) {
    int index = nodes[node + DUE];
    if (far.remove(index)) {
      nodes[far.slot(index) * NODE_INTS + DUE] = index;
    }
    if (far.count() == 0) {
      farReachable = Long.MAX_VALUE;
    }
    // Else farReachable may now be too early; that costs a scan and loses nothing.
  }

  /** Links the far timers that can now be reached. */
  private void bringInFar() {
    long rest = Long.MAX_VALUE;
    // Backwards, as a removal fills its place with the last, which was looked at before.
    for (int index = far.count() - 1; index >= 0; index--) {
      int node = far.slot(index) * NODE_INTS;
      long due = far.deadline(index);
      if (isReachable(due)) {
        removeFar(node);
        link(node, due);
      } else {
        rest = Math.min(rest, reachableFrom(due));
      }
    }
    farReachable = rest;
  }

  /** In steps of a sixteenth, so that little is held unused. */
  private void grow(int slot) {
    int slots = nodes.length / NODE_INTS;
    int wanted = Math.max(slot + 1, slots + Math.max(MIN_GROWTH, slots >>> 4));
    int[] grown = Arrays.copyOf(nodes, Math.min(wanted, MAX_SLOTS) * NODE_INTS);
    for (int node = nodes.length; node < grown.length; node += NODE_INTS) {
      grown[node + PREVIOUS] = UNARMED;
    }
    nodes = grown;
  }
}
