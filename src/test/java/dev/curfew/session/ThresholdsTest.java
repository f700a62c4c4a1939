package dev.curfew.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.curfew.fault.CurfewException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThresholdsTest {
  private static final Thresholds SOME = Thresholds.of(30, 10, 20, 10);

  @Test
  void order_andRepetitionDoNotMatter() {
    assertThat(SOME)
        .isEqualTo(Thresholds.of(10, 20, 30))
        .hasSameHashCodeAs(Thresholds.of(10, 20, 30));
    assertThat(SOME.millis()).containsExactly(10, 20, 30);
    assertThat(Thresholds.of(20).and(Thresholds.of(30, 10, 20))).isEqualTo(SOME);
    assertThat(SOME.and(Thresholds.NONE)).isSameAs(SOME);
    assertThat(Thresholds.of()).isEqualTo(Thresholds.NONE);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE, Terms.LONGEST + 1, Long.MAX_VALUE})
  void senselessThreshold_isRefused(long senseless) {
    assertThatThrownBy(() -> Thresholds.of(1, senseless))
        .isInstanceOfSatisfying(
            CurfewException.class, refusal -> assertThat(refusal.field()).isEqualTo("warnBefore"));
  }

  @Test
  void due_isTheSmallestReachedIfItWasNotTold() {
    assertThat(SOME.due(31, Long.MAX_VALUE)).isZero();
    assertThat(SOME.due(30, Long.MAX_VALUE)).isEqualTo(30);
    assertThat(SOME.due(15, Long.MAX_VALUE)).isEqualTo(20);
    assertThat(SOME.due(15, 30)).isEqualTo(20);
    assertThat(SOME.due(15, 20)).isZero();
    assertThat(SOME.due(0, 20)).isEqualTo(10);
    assertThat(SOME.due(-5, 10)).isZero();
    assertThat(Thresholds.NONE.due(0, Long.MAX_VALUE)).isZero();
  }

  @Test
  void next_isTheLargestThatIsLeft() {
    assertThat(SOME.next(Long.MAX_VALUE)).isEqualTo(30);
    assertThat(SOME.next(30)).isEqualTo(20);
    assertThat(SOME.next(25)).isEqualTo(20);
    assertThat(SOME.next(10)).isZero();
    assertThat(Thresholds.NONE.next(Long.MAX_VALUE)).isZero();
  }

  @Test
  void place_leadsBackToTheThreshold() {
    for (long threshold : new long[] {10, 20, 30, Long.MAX_VALUE}) {
      assertThat(SOME.at(SOME.below(threshold))).isEqualTo(threshold);
    }
  }

  @Test
  void warning_comesNoEarlierThanTheSession() {
    assertThat(Deadlines.warning(SOME, 100, 1_000, Long.MAX_VALUE)).isEqualTo(970);
    assertThat(Deadlines.warning(SOME, 985, 1_000, Long.MAX_VALUE)).isEqualTo(985);
    assertThat(Deadlines.warning(SOME, 985, 1_000, 10)).isEqualTo(Deadlines.NEVER);
  }

  @Test
  void realmsThatAskForNothing_needNotBeNamed() {
    RealmThresholds some = new RealmThresholds(Map.of(1, SOME));
    assertThat(some.of(1)).isEqualTo(SOME);
    assertThat(some.of(2)).isEqualTo(Thresholds.NONE);
  }
}
