package dev.curfew.directory;

import dev.curfew.session.RecordingRetention;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A policy as an administrator writes it. Whatever is null is the node's default, or no limit where
 * there is none.
 *
 * @param maxDuration null for what the tier allows
 * @param maxIdle null for any
 * @param staleAfter null for the node's default
 * @param warnBefore null for what the realm says; empty for no warning
 * @param quota null for any number
 * @param approvalMaxDuration null for 8 hours
 * @param recordingRetention null for what the realm says
 */
public record PolicyTerms(
    String name,
    @Nullable Duration maxDuration,
    @Nullable Duration maxIdle,
    @Nullable Duration staleAfter,
    @Nullable List<Duration> warnBefore,
    @Nullable Integer quota,
    boolean approvalRequired,
    @Nullable Duration approvalMaxDuration,
    @Nullable RecordingRetention recordingRetention) {

  /** Terms that leave to the realm how long recordings are kept. */
  public PolicyTerms(
      String name,
      @Nullable Duration maxDuration,
      @Nullable Duration maxIdle,
      @Nullable Duration staleAfter,
      @Nullable List<Duration> warnBefore,
      @Nullable Integer quota,
      boolean approvalRequired,
      @Nullable Duration approvalMaxDuration) {
    this(
        name,
        maxDuration,
        maxIdle,
        staleAfter,
        warnBefore,
        quota,
        approvalRequired,
        approvalMaxDuration,
        null);
  }

  /** A policy that says nothing of its own. */
  public static PolicyTerms named(String name) {
    return new PolicyTerms(name, null, null, null, null, null, false, null);
  }
}
