package dev.curfew.auth;

import org.jspecify.annotations.Nullable;

/**
 * Which part of the event log a caller may read.
 *
 * @param realmId null for every realm
 * @param userId numeric id of the only user whose events may be seen; null for everybody's
 * @param sessionsOnly whether logins, administration and their like stay hidden
 */
public record EventReach(
    @Nullable Integer realmId, @Nullable Integer userId, boolean sessionsOnly) {}
