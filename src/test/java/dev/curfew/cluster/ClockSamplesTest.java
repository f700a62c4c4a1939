package dev.curfew.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.cluster.ClockSamples.Sample;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All values are microseconds. */
final class ClockSamplesTest {
  private static final long SECOND = 1_000_000;
  private static final long OFFSET = 1_700_000_000 * SECOND;

  private final ClockSamples samples = new ClockSamples();

  /** As the clock does it. */
  private ClockReading after(ClockReading before, Sample sample) {
    Sample best = samples.best(sample);
    return before.corrected(best.offset(), best.errorAt(sample.takenAt()), sample.takenAt());
  }

  private ClockReading first(Sample sample) {
    samples.best(sample);
    return new ClockReading(sample.offset(), 0, sample.takenAt(), sample.error());
  }

  @Test
  void quickestAnswer_isBelieved() {
    samples.best(new Sample(OFFSET, 50_000, 0));
    Sample quick = new Sample(OFFSET + 20_000, 300, SECOND);
    assertThat(samples.best(quick)).isEqualTo(quick);
    assertThat(samples.best(new Sample(OFFSET, 50_000, 2 * SECOND))).isEqualTo(quick);
  }

  @Test
  void oldSample_isWorthLessTheOlderItIs() {
    Sample quick = new Sample(OFFSET, 300, 0);
    samples.best(quick);
    assertThat(samples.best(new Sample(OFFSET + 100, 900, 5 * SECOND))).isEqualTo(quick);
    // 800 of drift in 8 seconds.
    Sample slower = new Sample(OFFSET + 100, 1_000, 8 * SECOND);
    assertThat(samples.best(slower)).isEqualTo(slower);
  }

  @Test
  void pauseOfTheProcess_isInTheError() {
    ClockReading before = first(new Sample(OFFSET, 300, 0));
    long hour = 3600 * SECOND;
    assertThat(before.errorAt(hour)).isEqualTo(300 + 360_000);
    // The first answer after it was slow, as the pause was in the middle of it.
    ClockReading after = after(before, new Sample(OFFSET, hour, hour));
    assertThat(after.errorAt(hour)).isEqualTo(300 + 360_000);
    assertThat(after(after, new Sample(OFFSET, 400, hour + SECOND)).errorAt(hour + SECOND))
        .isEqualTo(400);
  }

  @Test
  void databaseClockSetForward_isFollowedAtOnce() {
    ClockReading reading = first(new Sample(OFFSET, 300, 0));
    reading = after(reading, new Sample(OFFSET + 600 * SECOND, 5_000, SECOND));
    assertThat(reading.at(SECOND)).isEqualTo(OFFSET + 601 * SECOND);
    assertThat(reading.errorAt(SECOND)).isEqualTo(5_000);
  }

  @Test
  void databaseClockSetBack_isApproachedWithoutSteppingBack() {
    ClockReading reading = first(new Sample(OFFSET, 300, 0));
    long behind = 600 * SECOND;
    long shown = reading.at(SECOND);
    for (long now = SECOND; now < 1300 * SECOND; now += SECOND) {
      reading = after(reading, new Sample(OFFSET - behind, 300, now));
      long ahead = reading.at(now) - (now + OFFSET - behind);
      assertThat(reading.at(now)).isGreaterThanOrEqualTo(shown);
      assertThat(reading.errorAt(now)).isGreaterThanOrEqualTo(ahead);
      shown = reading.at(now + SECOND - 1);
    }
    assertThat(reading.errorAt(1300 * SECOND)).isLessThan(1_000);
  }

  /** Drifting within bounds, asked with whatever delay, and set by whatever amount now and then. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void random_staysWithinItsErrorAndNeverStepsBack(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double drift = random.nextDouble(-0.000_09, 0.000_09);
    long set = OFFSET;
    ClockReading reading = null;
    long now = 0;
    long shown = Long.MIN_VALUE;
    for (int i = 0; i < 5_000; i++) {
      now += random.nextLong(random.nextInt(50) == 0 ? 600 * SECOND : 2 * SECOND) + 1;
      if (reading != null) {
        assertThat(reading.at(now)).isGreaterThanOrEqualTo(shown);
        long server = now + set + (long) (now * drift);
        assertThat(Math.abs(reading.at(now) - server))
            .as("seed %d step %d", seed, i)
            .isLessThanOrEqualTo(reading.errorAt(now) + 2);
      }
      // Further than what the slowest answer leaves open.
      if (random.nextInt(200) == 0) {
        set += (random.nextBoolean() ? 1 : -1) * random.nextLong(10 * SECOND, 600 * SECOND);
      }
      long there = random.nextLong(random.nextInt(10) == 0 ? SECOND : 2_000);
      long back = random.nextLong(random.nextInt(10) == 0 ? SECOND : 2_000);
      long server = now + there + set + (long) ((now + there) * drift);
      long answered = now + there + back;
      Sample sample = new Sample(server - answered, answered - now + 1, answered);
      now = answered;
      if (reading != null) {
        shown = reading.at(now);
      }
      reading = reading == null ? first(sample) : after(reading, sample);
      assertThat(reading.at(now)).isGreaterThanOrEqualTo(shown);
      shown = reading.at(now);
    }
  }
}
