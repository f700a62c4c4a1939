package dev.curfew.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartPlanTest {
  /** PITFALLS 16: every part has one place, and together they are the object, once. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        1,
        (8 << 20) - 1,
        8 << 20,
        (8 << 20) + 1,
        20 << 20,
        80_000L << 20,
        (80_000L << 20) + 1,
        5L << 40,
        10_000L << 30
      })
  void parts_areTheObjectOnceAndNotTooMany(long size) {
    PartPlan plan = PartPlan.of(size);

    assertThat(plan.count()).isBetween(1, PartPlan.MOST_PARTS);
    assertThat(plan.partSize()).isGreaterThanOrEqualTo(8 << 20);
    long next = 0;
    for (int part = 1; part <= plan.count(); part++) {
      assertThat(plan.offset(part)).isEqualTo(next);
      assertThat(plan.length(part)).isPositive();
      next += plan.length(part);
    }
    assertThat(next).isEqualTo(size);
    assertThat(PartPlan.of(size)).isEqualTo(plan);
  }

  @Test
  void objectThatNoServiceTakes_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> PartPlan.of((10_000L << 30) + 1));
    assertThatIllegalArgumentException().isThrownBy(() -> PartPlan.of(Long.MAX_VALUE));
  }
}
