package dev.curfew.realm;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An ordered stream of messages to one target, and how it fares.
 *
 * @param kind {@code webhook}, {@code set} or {@code agent}
 * @param reason why it is not enabled, where somebody said so
 * @param pending messages that are laid out and not delivered yet; more may wait in the log
 * @param dead messages that were given up
 * @param lostEvents events that it wanted, and that retention took from the log before their turn
 * @param lostUntil when the newest of those was recorded, in epoch milliseconds; 0 for none
 */
public record Lane(
    UUID id,
    String kind,
    int realmId,
    LaneState state,
    @Nullable String reason,
    LaneFilter filter,
    long pending,
    long dead,
    long lostEvents,
    long lostUntil) {}
