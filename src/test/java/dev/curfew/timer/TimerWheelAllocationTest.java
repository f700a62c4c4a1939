package dev.curfew.timer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class TimerWheelAllocationTest {
  private static final int TIMERS = 100_000;
  private static final long START = 1_790_000_000_000L;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final TimerWheel wheel = new TimerWheel(START);

  @Test
  void rearm_allocatesNothing() {
    rearmAll(START + 1_000);
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int round = 1; round <= 5; round++) {
      rearmAll(START + round * 3_600_000L);
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(wheel.size()).isEqualTo(TIMERS);
    // Measuring itself may allocate a little; one byte a re-arm would be 500,000.
    assertThat(allocated).isLessThan(4_096);
  }

  private void rearmAll(long from) {
    for (int slot = 0; slot < TIMERS; slot++) {
      wheel.schedule(slot, from + slot * 7_919L % 3_600_000);
    }
  }
}
