package dev.curfew.session;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that became true of a session, committed together with the change itself.
 *
 * @param at when it was decided, by the cluster clock
 * @param threshold for a warning: the threshold reached, in milliseconds; else 0
 * @param deadline for an end by time: the deadline that passed; else 0. {@code at - deadline} is
 *     how late the engine was
 */
public record SessionEvent(
    EventType type,
    UUID sessionId,
    long numericId,
    SessionKind kind,
    int realmId,
    long userId,
    long at,
    long expiresAt,
    int generation,
    @Nullable SessionState from,
    @Nullable SessionState to,
    @Nullable EndReason reason,
    long threshold,
    long deadline,
    Initiator by,
    @Nullable String remark) {}
