package dev.curfew.directory;

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
 */
public record PolicyTerms(
    String name,
    @Nullable Duration maxDuration,
    @Nullable Duration maxIdle,
    @Nullable Duration staleAfter,
    @Nullable List<Duration> warnBefore,
    @Nullable Integer quota,
    boolean approvalRequired,
    @Nullable Duration approvalMaxDuration) {

  /** A policy that says nothing of its own. */
  public static PolicyTerms named(String name) {
    return new PolicyTerms(name, null, null, null, null, null, false, null);
  }
}
