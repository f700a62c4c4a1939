package dev.curfew.bench;

import dev.curfew.timer.TimerWheel;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.agrona.DeadlineTimerWheel;
import org.agrona.collections.Long2LongHashMap;

/** The timer implementations that are compared, each with a tick of one millisecond. */
public enum TimerContender {
  /** One {@link TimerWheel} with all timers. */
  CURFEW("Curfew, one wheel") {
    @Override
    Timers open(int capacity, int reported, IntConsumer fired) {
      return new OneWheel(fired);
    }
  },

  /** The timers spread over 256 wheels, as the shards of a node have them. */
  CURFEW_256("Curfew, 256 wheels") {
    @Override
    Timers open(int capacity, int reported, IntConsumer fired) {
      return new ManyWheels(fired);
    }
  },

  /**
   * Moving a timer is cancelling it and scheduling another; the caller keeps a long id for each.
   */
  AGRONA("Agrona DeadlineTimerWheel") {
    @Override
    Timers open(int capacity, int reported, IntConsumer fired) {
      return new Agrona(capacity, reported, fired);
    }
  },

  /** Moving a timer is cancelling it and making another; driven by its own thread and clock. */
  NETTY("Netty HashedWheelTimer") {
    @Override
    Timers open(int capacity, int reported, IntConsumer fired) {
      return new Netty(capacity, reported, fired);
    }
  };

  /** Of Agrona's and Netty's wheels: the best for them of the sizes tried, 512 to 262,144. */
  static final int TICKS_PER_WHEEL = Integer.getInteger("bench.ticks", 65_536);

  private static final int AGRONA_TICK_ALLOCATION = Integer.getInteger("bench.allocation", 32);

  private final String title;

  TimerContender(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /**
   * Timers without any armed, at time 0.
   *
   * @param capacity slots are below this
   * @param reported the slots below this are passed to {@code fired} when they fire
   */
  abstract Timers open(int capacity, int reported, IntConsumer fired);

  /** One implementation behind the few calls that are measured. Times are milliseconds from 0. */
  abstract static class Timers implements AutoCloseable {
    /** Arms a timer that is not armed. */
    abstract void arm(int slot, long deadline);

    /** Moves a timer that is armed. */
    abstract void rearm(int slot, long deadline);

    /** Fires what is due; returns how many. */
    abstract int poll(long now);

    /** Drops what the caller must keep for each timer, so that what is left is the timers' own. */
    void dropHandles() {}

    @Override
    public void close() {}
  }

  private static final class OneWheel extends Timers {
    private final TimerWheel wheel = new TimerWheel(0);
    private final TimerWheel.Expiry expiry;

    OneWheel(IntConsumer fired) {
      expiry = fired::accept;
    }

    @Override
    void arm(int slot, long deadline) {
      wheel.schedule(slot, deadline);
    }

    @Override
    void rearm(int slot, long deadline) {
      wheel.schedule(slot, deadline);
    }

    @Override
    int poll(long now) {
      return wheel.advance(now, expiry);
    }
  }

  private static final class ManyWheels extends Timers {
    private final TimerWheel[] wheels = new TimerWheel[256];
    private final TimerWheel.Expiry[] expiries = new TimerWheel.Expiry[256];

    ManyWheels(IntConsumer fired) {
      for (int shard = 0; shard < wheels.length; shard++) {
        int low = shard;
        wheels[shard] = new TimerWheel(0);
        expiries[shard] = slot -> fired.accept(slot << 8 | low);
      }
    }

    @Override
    void arm(int slot, long deadline) {
      wheels[slot & 255].schedule(slot >>> 8, deadline);
    }

    @Override
    void rearm(int slot, long deadline) {
      wheels[slot & 255].schedule(slot >>> 8, deadline);
    }

    @Override
    int poll(long now) {
      int count = 0;
      for (int shard = 0; shard < wheels.length; shard++) {
        count += wheels[shard].advance(now, expiries[shard]);
      }
      return count;
    }
  }

  private static final class Agrona extends Timers {
    private final DeadlineTimerWheel wheel =
        new DeadlineTimerWheel(
            TimeUnit.MILLISECONDS, 0, 1, TICKS_PER_WHEEL, AGRONA_TICK_ALLOCATION);
    private long[] ids;
    private final int reported;
    private final Long2LongHashMap slotOfId = new Long2LongHashMap(-1);
    private final DeadlineTimerWheel.TimerHandler handler;

    Agrona(int capacity, int reported, IntConsumer fired) {
      ids = new long[capacity];
      this.reported = reported;
      handler =
          (unit, now, id) -> {
            long slot = reported == 0 ? -1 : slotOfId.remove(id);
            if (slot >= 0) {
              fired.accept((int) slot);
            }
            return true;
          };
    }

    @Override
    void arm(int slot, long deadline) {
      long id = wheel.scheduleTimer(deadline);
      ids[slot] = id;
      if (slot < reported) {
        slotOfId.put(id, slot);
      }
    }

    @Override
    void rearm(int slot, long deadline) {
      wheel.cancelTimer(ids[slot]);
      ids[slot] = wheel.scheduleTimer(deadline);
    }

    @Override
    int poll(long now) {
      int count = 0;
      while (wheel.currentTickTime() <= now) {
        count += wheel.poll(now, handler, Integer.MAX_VALUE);
      }
      // The tick that has begun: its time is its end, so the loop leaves it out.
      return count + wheel.poll(now, handler, Integer.MAX_VALUE);
    }

    @Override
    void dropHandles() {
      ids = new long[0];
    }
  }

  private static final class Netty extends Timers {
    private static final TimerTask SILENT = timeout -> {};

    static {
      // Its debug lines would be all over the table.
      InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    }

    private final HashedWheelTimer timer =
        new HashedWheelTimer(
            new DefaultThreadFactory("netty-timer", true),
            1,
            TimeUnit.MILLISECONDS,
            TICKS_PER_WHEEL,
            false);
    private Timeout[] timeouts;
    private final int reported;
    private final IntConsumer fired;
    private final long start;

    Netty(int capacity, int reported, IntConsumer fired) {
      timeouts = new Timeout[capacity];
      this.reported = reported;
      this.fired = fired;
      timer.start();
      start = System.nanoTime();
    }

    @Override
    void arm(int slot, long deadline) {
      TimerTask task = slot < reported ? timeout -> fired.accept(slot) : SILENT;
      long delay = deadline * 1_000_000 - (System.nanoTime() - start);
      timeouts[slot] = timer.newTimeout(task, delay, TimeUnit.NANOSECONDS);
    }

    @Override
    void rearm(int slot, long deadline) {
      timeouts[slot].cancel();
      arm(slot, deadline);
    }

    @Override
    int poll(long now) {
      throw new UnsupportedOperationException("driven by its own thread");
    }

    @Override
    void dropHandles() {
      timeouts = new Timeout[0];
    }

    @Override
    public void close() {
      timer.stop();
    }
  }
}
