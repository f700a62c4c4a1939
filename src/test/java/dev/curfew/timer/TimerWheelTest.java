package dev.curfew.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TimerWheelTest {
  private static final long START = 1_790_000_000_123L;

  private final TimerWheel wheel = new TimerWheel(START);
  private final List<Integer> fired = new ArrayList<>();

  @Test
  void timer_firesAtItsMillisecondAndNotBefore() {
    wheel.schedule(7, START + 1_000);

    assertThat(wheel.advance(START + 999, fired::add)).isZero();
    assertThat(wheel.isArmed(7)).isTrue();
    assertThat(wheel.advance(START + 1_000, fired::add)).isOne();

    assertThat(fired).containsExactly(7);
    assertThat(wheel.isArmed(7)).isFalse();
    assertThat(wheel.size()).isZero();
  }

  @Test
  void timer_ofEveryDistanceFiresAtItsMillisecondWhenFollowingNextDeadline() {
    for (int bits = 0; bits < 63; bits++) {
      for (long distance : new long[] {(1L << bits) - 1, 1L << bits, (1L << bits) + 1}) {
        TimerWheel one = new TimerWheel(START);
        long deadline = Math.min(START + distance, Long.MAX_VALUE - 1);
        one.schedule(0, deadline);
        int calls = 0;
        long now = START;
        while (one.size() > 0) {
          assertThat(one.nextDeadline()).isBetween(now, deadline);
          now = one.nextDeadline();
          one.advance(now, fired::add);
          assertThat(++calls).isLessThan(8);
        }
        assertThat(now).as("distance %d", distance).isEqualTo(deadline);
      }
    }
  }

  @Test
  void timers_fireByDeadlineWhateverTheOrderOfArming() {
    long[] distances = {
      3_600_000, 5, 300, Duration.ofDays(60).toMillis(), 70_000, 6, Duration.ofDays(3).toMillis()
    };
    for (int slot = 0; slot < distances.length; slot++) {
      wheel.schedule(slot, START + distances[slot]);
    }

    wheel.advance(START + Duration.ofDays(365).toMillis(), fired::add);

    assertThat(fired).containsExactly(1, 5, 2, 4, 0, 6, 3);
  }

  @Test
  void schedule_ofAnArmedTimerMovesIt() {
    wheel.schedule(1, START + 10);
    wheel.schedule(1, START + 100_000);
    assertThat(wheel.size()).isOne();
    assertThat(wheel.advance(START + 99_999, fired::add)).isZero();

    wheel.schedule(1, START + 100_020);
    wheel.schedule(1, START + 100_010);
    assertThat(wheel.advance(START + 100_009, fired::add)).isZero();
    assertThat(wheel.advance(START + 100_010, fired::add)).isOne();
  }

  @Test
  void schedule_inThePastFiresAtTheNextAdvanceEvenIfTimeStandsStill() {
    wheel.advance(START + 50, fired::add);
    wheel.schedule(1, START - 1_000);
    wheel.schedule(2, Long.MIN_VALUE);
    wheel.schedule(3, START + 50);

    assertThat(wheel.nextDeadline()).isEqualTo(START + 50);
    assertThat(wheel.advance(START + 50, fired::add)).isEqualTo(3);
  }

  @Test
  void schedule_beyondTheHorizonFiresWhenTrulyDue() {
    long inTenYears = START + Duration.ofDays(3_652).toMillis();
    wheel.schedule(1, inTenYears);
    wheel.schedule(2, Long.MAX_VALUE);
    for (long now = START; now < inTenYears; now += Duration.ofDays(9).toMillis()) {
      assertThat(wheel.advance(now, fired::add)).isZero();
    }
    wheel.advance(inTenYears - 1, fired::add);
    assertThat(fired).isEmpty();

    wheel.advance(inTenYears, fired::add);
    assertThat(fired).containsExactly(1);

    wheel.advance(Long.MAX_VALUE, fired::add);
    assertThat(wheel.isArmed(2)).isTrue();
    assertThat(wheel.nextDeadline()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void schedule_movesFarTimersNearAndNearTimersFar() {
    long far = START + Duration.ofDays(400).toMillis();
    for (int slot = 0; slot < 100; slot++) {
      wheel.schedule(slot, far + slot);
    }
    for (int slot = 0; slot < 100; slot += 2) {
      wheel.schedule(slot, START + 1 + slot);
    }
    assertThat(wheel.cancel(99)).isTrue();

    assertThat(wheel.advance(START + 100, fired::add)).isEqualTo(50);
    wheel.schedule(0, far);
    assertThat(wheel.advance(far + 100, fired::add)).isEqualTo(50);
    assertThat(fired.subList(50, 53)).containsExactly(0, 1, 3);
  }

  @Test
  void schedule_refusesANegativeSlot() {
    assertThatIllegalArgumentException().isThrownBy(() -> wheel.schedule(-1, START));
    assertThat(wheel.isArmed(-1)).isFalse();
    assertThat(wheel.cancel(-1)).isFalse();
  }

  @Test
  void cancel_disarmsOnce() {
    wheel.schedule(4, START + 10);
    assertThat(wheel.cancel(4)).isTrue();
    assertThat(wheel.cancel(4)).isFalse();
    assertThat(wheel.cancel(1_000_000)).isFalse();
    assertThat(wheel.nextDeadline()).isEqualTo(Long.MAX_VALUE);
    assertThat(wheel.advance(START + 10, fired::add)).isZero();
  }

  @Test
  void advance_ignoresTimeGoingBack() {
    wheel.advance(START + 1_000, fired::add);
    wheel.schedule(1, START + 1_001);
    assertThat(wheel.advance(START, fired::add)).isZero();
    assertThat(wheel.advance(START + 1_001, fired::add)).isOne();
  }

  @Test
  void advance_withALimitFiresTheRestInFollowingCalls() {
    for (int slot = 0; slot < 1_000; slot++) {
      wheel.schedule(slot, START + 100_000 + slot / 500);
    }
    long now = START + 200_000;
    List<Integer> perCall = new ArrayList<>();
    while (wheel.nextDeadline() <= now) {
      perCall.add(wheel.advance(now, 7, fired::add));
    }

    assertThat(perCall).allMatch(count -> count <= 7).hasSizeLessThan(1_000 / 7 + 20);
    assertThat(fired).hasSize(1_000).doesNotHaveDuplicates();
    assertThat(fired.subList(0, 500)).allMatch(slot -> slot < 500);
    assertThatIllegalArgumentException().isThrownBy(() -> wheel.advance(now, 0, fired::add));
  }

  @Test
  void callback_canCancelAndMoveTimersOfItsOwnMillisecond() {
    for (int slot = 0; slot < 4; slot++) {
      wheel.schedule(slot, START + 10);
    }
    // The first to fire disarms one of the others and moves another.
    wheel.advance(
        START + 10,
        slot -> {
          fired.add(slot);
          if (fired.size() == 1) {
            wheel.cancel((slot + 1) % 4);
            wheel.schedule((slot + 2) % 4, START + 20);
          }
        });
    int first = fired.get(0);
    assertThat(fired).containsExactly(first, (first + 3) % 4);

    wheel.advance(START + 20, fired::add);
    assertThat(fired).containsExactly(first, (first + 3) % 4, (first + 2) % 4);
  }

  @Test
  void callback_armingForThePastFiresOneMillisecondAfterNow() {
    wheel.schedule(1, START + 10);
    TimerWheel.Expiry again =
        slot -> {
          fired.add(slot);
          wheel.schedule(slot, START);
          wheel.schedule(slot + 1, START + 5_000);
        };

    assertThat(wheel.advance(START + 5_000, again)).isOne();
    assertThat(wheel.nextDeadline()).isEqualTo(START + 5_001);
    assertThat(wheel.advance(START + 5_000, again)).isZero();
    assertThat(wheel.advance(START + 5_001, fired::add)).isEqualTo(2);
    assertThat(fired).containsExactlyInAnyOrder(1, 1, 2);
  }

  @Test
  void callback_thatThrowsLosesNoOtherTimer() {
    for (int slot = 0; slot < 3; slot++) {
      wheel.schedule(slot, START + 10);
    }
    assertThatThrownBy(
            () ->
                wheel.advance(
                    START + 10,
                    slot -> {
                      fired.add(slot);
                      throw new UnsupportedOperationException("callback");
                    }))
        .isInstanceOf(UnsupportedOperationException.class);

    assertThat(wheel.size()).isEqualTo(2);
    assertThat(wheel.nextDeadline()).isEqualTo(START + 10);
    wheel.advance(START + 10, fired::add);
    assertThat(fired).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void callback_cannotAdvanceTheWheel() {
    wheel.schedule(0, START);
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                wheel.advance(START, slot -> wheel.advance(START + 1, other -> fired.add(other))));
  }

  @Test
  void footprint_isBelowFourteenBytesATimerInAShardOfAMillionSessionNode() {
    long bytes = 0;
    int timers = 0;
    for (int count = 3_700; count < 4_100; count++) {
      TimerWheel shard = new TimerWheel(START);
      for (int slot = 0; slot < count; slot++) {
        shard.schedule(slot, START + slot * 1_000L);
      }
      assertThat(shard.footprintBytes()).as("%d timers", count).isLessThan(14L * count);
      bytes += shard.footprintBytes();
      timers += count;
    }
    assertThat((double) bytes / timers).isLessThan(13.3);
  }
}
