package dev.curfew.directory;

import dev.curfew.config.CurfewConfig;
import java.time.Duration;
import java.util.List;

/**
 * What a policy that does not say otherwise allows, in milliseconds; from the configuration's
 * {@code policy.default}.
 *
 * @param maxIdle 0 for any
 */
public record PolicyDefaults(
    long maxDuration, long maxIdle, long staleAfter, List<Long> warnBefore) {
  public PolicyDefaults {
    warnBefore = List.copyOf(warnBefore);
  }

  public static PolicyDefaults of(CurfewConfig.PolicyDefaults settings) {
    return new PolicyDefaults(
        settings.maxDuration().toMillis(),
        settings.maxIdle().map(Duration::toMillis).orElse(0L),
        settings.staleAfter().toMillis(),
        settings.warnBefore().stream().map(Duration::toMillis).toList());
  }
}
