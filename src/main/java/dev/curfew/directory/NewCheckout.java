package dev.curfew.directory;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A checkout to be opened.
 *
 * @param policyId what its session is granted under; null for the realm's default
 * @param userId for whom, in any form; null for the caller
 * @param processInstance the process that owns the session from the start; null for the first that
 *     polls
 */
public record NewCheckout(
    int credentialId,
    Duration duration,
    @Nullable String targetHost,
    @Nullable Integer policyId,
    @Nullable String userId,
    @Nullable String processInstance) {}
