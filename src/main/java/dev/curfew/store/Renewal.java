package dev.curfew.store;

import dev.curfew.lease.RecordingStage;

/**
 * The answer to a process that says it is alive.
 *
 * @param leaseUntil until when a worker is believed, epoch milliseconds; 0 when it holds no claim
 * @param gateway whether it is the gateway that owned the session when it ended: it is to terminate
 */
public record Renewal(RecordingStage stage, long leaseUntil, boolean gateway) {}
