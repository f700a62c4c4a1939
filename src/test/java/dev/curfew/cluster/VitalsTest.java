package dev.curfew.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.store.Member;
import dev.curfew.store.MemberStore.Sighting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VitalsTest {
  private static final long LIMIT = 3_500;
  private static final UUID SELF = new UUID(0, 1);
  private static final UUID OTHER = new UUID(0, 2);

  private final Vitals vitals = new Vitals(SELF, Duration.ofMillis(LIMIT));

  /** The reader beats whenever it reads, by a database's clock that is nothing like its own. */
  private static Sighting row(UUID id, long seenAt, boolean connected) {
    return new Sighting(
        Member.starting(id, "node", Set.of("sessions")).seen(1_000_000 + seenAt), connected);
  }

  private Set<UUID> read(long now, long otherSeenAt, boolean connected, boolean inTouch) {
    return vitals
        .read(
            now * 1_000_000,
            List.of(row(SELF, now, true), row(OTHER, otherSeenAt, connected)),
            inTouch ? Set.of(SELF, OTHER) : Set.of(SELF))
        .keySet();
  }

  /** Reads every second, in which the other beats too. */
  private long readHealthily(long from, long to) {
    for (long now = from; now <= to; now += 1000) {
      assertThat(read(now, now, true, true)).contains(OTHER);
    }
    return to;
  }

  @Test
  void silence_isCountedFromWhenTheLastBeatWasRead() {
    long last = readHealthily(0, 5_000);
    assertThat(read(6_000, last, true, true)).contains(OTHER);
    assertThat(read(7_000, last, true, true)).contains(OTHER);
    assertThat(read(8_500, last, true, true)).contains(OTHER);
    assertThat(read(8_501, last, true, true)).doesNotContain(OTHER);
    assertThat(read(9_000, 9_000, true, true)).contains(OTHER);
  }

  @Test
  void notConnectedAndNotInTouch_isDeadAtOnce() {
    long last = readHealthily(0, 5_000);
    assertThat(read(6_000, last, false, true)).contains(OTHER);
    assertThat(read(6_100, last, true, false)).contains(OTHER);
    assertThat(read(6_200, last, false, false)).doesNotContain(OTHER);
  }

  @Test
  void dead_staysSoUntilItBeats() {
    long last = readHealthily(0, 5_000);
    read(6_000, last, false, false);
    assertThat(read(6_500, last, true, true)).doesNotContain(OTHER);
    // Nor is it forgotten for a gap of the reader's.
    assertThat(read(16_500, last, true, true)).doesNotContain(OTHER);
    assertThat(read(17_000, 17_000, false, false)).contains(OTHER);
  }

  @Test
  void gapOfTheReader_makesItCountAnew() {
    long last = readHealthily(0, 5_000);
    assertThat(read(9_000, last, true, true)).contains(OTHER);
    assertThat(read(10_000, last, true, true)).contains(OTHER);
    assertThat(read(11_000, last, true, true)).contains(OTHER);
    assertThat(read(12_500, last, true, true)).contains(OTHER);
    assertThat(read(13_000, last, true, true)).doesNotContain(OTHER);
  }

  @Test
  void gapOfTheReader_excusesOthersConnections() {
    long last = readHealthily(0, 5_000);
    assertThat(read(9_000, last, false, false)).contains(OTHER);
    assertThat(read(10_500, last, false, false)).contains(OTHER);
    assertThat(read(11_500, 11_400, false, false)).contains(OTHER);
    assertThat(read(12_500, 11_400, false, false)).contains(OTHER);
    assertThat(read(12_600, 11_400, false, false)).doesNotContain(OTHER);
  }

  @Test
  void joiningReader_takesAnOldRowOfNobodyForDead() {
    assertThat(read(60_000, 55_000, false, false)).doesNotContain(OTHER);
  }

  @Test
  void joiningReader_givesTimeToWhoeverIsThere() {
    assertThat(read(60_000, 55_000, true, false)).contains(OTHER);
    assertThat(read(60_100, 55_000, false, true)).contains(OTHER);
    assertThat(read(61_500, 55_000, true, false)).contains(OTHER);
    assertThat(read(63_000, 55_000, true, false)).contains(OTHER);
    assertThat(read(63_600, 55_000, true, false)).doesNotContain(OTHER);
  }

  @Test
  void reader_neverThinksItselfDead() {
    for (long now = 0; now < 20_000; now += 1000) {
      assertThat(vitals.read(now * 1_000_000, List.of(row(SELF, 0, false)), Set.of(SELF)).keySet())
          .containsExactly(SELF);
    }
  }

  /**
   * A database and two members that are answered with whatever delay: as long as the reader is
   * answered often enough to judge at all, and the other no less often, it is never found silent;
   * once the other stops, it is found so within the limit and one reading.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void random_findsSilentWhoIsAndNobodyElse(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int run = 0; run < 200; run++) {
      Vitals reader = new Vitals(SELF, Duration.ofMillis(LIMIT));
      // The database's clock goes astray, which must not matter.
      long skew = random.nextLong(-1_000_000, 1_000_000);
      List<Long> beats = new ArrayList<>(List.of(0L));
      long stopsAt = random.nextLong(5_000, 60_000);
      for (long at = 0; at < stopsAt; at += random.nextLong(900, LIMIT / 2)) {
        beats.add(at);
      }
      long lastBeat = beats.get(beats.size() - 1);
      boolean silent = false;
      long now = 0;
      while (!silent) {
        long step = random.nextLong(200, LIMIT / 2);
        now += step;
        long present = now;
        long seenAt = beats.stream().filter(at -> at <= present).reduce(0L, Math::max);
        if (random.nextInt(20) == 0) {
          skew += random.nextLong(-5_000, 600_000);
        }
        silent =
            !reader
                .read(
                    now * 1_000_000,
                    List.of(row(SELF, now + skew, true), row(OTHER, seenAt * 7, true)),
                    Set.of(SELF, OTHER))
                .containsKey(OTHER);
        if (silent) {
          assertThat(now).as("seed %d run %d", seed, run).isGreaterThan(lastBeat + LIMIT);
        } else {
          assertThat(now)
              .as("seed %d run %d", seed, run)
              .isLessThanOrEqualTo(lastBeat + LIMIT + LIMIT);
        }
      }
    }
  }
}
