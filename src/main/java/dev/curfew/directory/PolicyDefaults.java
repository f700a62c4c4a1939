package dev.curfew.directory;

import dev.curfew.config.CurfewConfig;
import dev.curfew.session.RecordingRetention;
import dev.curfew.store.PolicyRow;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/**
 * What a policy that does not say otherwise allows, in milliseconds; from the configuration's
 * {@code policy.default}, and from {@code recording.retention}.
 *
 * @param maxIdle 0 for any
 */
public record PolicyDefaults(
    long maxDuration,
    long maxIdle,
    long staleAfter,
    List<Long> warnBefore,
    RecordingRetention recordingRetention) {
  /** Longest duration that may be asked for under a policy that does not say: 8 hours. */
  static final long APPROVAL_MAX_DURATION = Duration.ofHours(8).toMillis();

  /** The name of the policy that every realm begins with. */
  static final String POLICY_NAME = "default";

  public PolicyDefaults {
    warnBefore = warnBefore.stream().distinct().sorted(Comparator.reverseOrder()).toList();
  }

  /**
   * The policy that every realm begins with. The realm says when its sessions are warned and how
   * long their recordings are kept.
   */
  PolicyRow policy() {
    return new PolicyRow(
        POLICY_NAME, maxDuration, maxIdle, staleAfter, null, null, 0, false, APPROVAL_MAX_DURATION);
  }

  public static PolicyDefaults of(CurfewConfig config) {
    CurfewConfig.PolicyDefaults settings = config.policy().defaults();
    return new PolicyDefaults(
        settings.maxDuration().toMillis(),
        settings.maxIdle().map(Duration::toMillis).orElse(0L),
        settings.staleAfter().toMillis(),
        settings.warnBefore().stream().map(Duration::toMillis).toList(),
        recordingRetention(config.recording()));
  }

  /** How long recordings are kept where neither policy nor realm says. */
  public static RecordingRetention recordingRetention(CurfewConfig.Recording settings) {
    return settings
        .retention()
        .map(kept -> new RecordingRetention(kept.toMillis()))
        .orElse(RecordingRetention.FOREVER);
  }
}
