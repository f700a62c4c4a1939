package dev.curfew.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RateLimiterTest {
  private static final UUID USER = UUID.randomUUID();

  private long nanos = -5_000_000_000L;
  private final RateLimiter limiter = new RateLimiter(10, Duration.ofSeconds(1), () -> nanos);

  private long admitted(UUID user, int asked) {
    return IntStream.range(0, asked).filter(i -> limiter.take(user) >= 0).count();
  }

  @Test
  void burst_ofOnePeriodIsAdmittedAndNoMore() {
    assertThat(admitted(USER, 50)).isEqualTo(10);
  }

  @Test
  void remaining_countsDownToRefusal() {
    assertThat(IntStream.range(0, 12).mapToLong(i -> limiter.take(USER)))
        .containsExactly(9L, 8L, 7L, 6L, 5L, 4L, 3L, 2L, 1L, 0L, -1L, -1L);
  }

  @Test
  void bucket_fillsSteadily() {
    admitted(USER, 50);
    nanos += Duration.ofMillis(100).toNanos();
    assertThat(admitted(USER, 50)).isEqualTo(1);
    nanos += Duration.ofMillis(350).toNanos();
    assertThat(admitted(USER, 50)).isEqualTo(3);
    nanos += Duration.ofHours(5).toNanos();
    assertThat(admitted(USER, 50)).isEqualTo(10);
  }

  @Test
  void refusals_costNothing() {
    admitted(USER, 10_000);
    nanos += Duration.ofSeconds(1).toNanos();
    assertThat(admitted(USER, 50)).isEqualTo(10);
  }

  @Test
  void users_doNotShareABucket() {
    admitted(USER, 50);
    assertThat(admitted(UUID.randomUUID(), 50)).isEqualTo(10);
  }

  @Test
  void noLimit_admitsEverything() {
    RateLimiter unlimited = RateLimiter.perSecond(0);
    assertThat(unlimited.take(USER)).isEqualTo(Long.MAX_VALUE);
    assertThat(unlimited.permits()).isZero();
  }
}
