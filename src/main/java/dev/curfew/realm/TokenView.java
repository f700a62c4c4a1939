package dev.curfew.realm;

import java.util.UUID;

/**
 * A live session of kind TOKEN, as whoever presents its token is shown it. Times are epoch
 * milliseconds of the cluster clock, durations milliseconds.
 *
 * @param handle names the session without opening it: for administrators who end sessions of others
 * @param userId the user's numeric id
 * @param realm a realm's name; {@code root} is AM's {@code /}
 * @param administrator whether the user administers their realm or all of them
 * @param maxDuration the longest the session may last, counted from its start
 * @param maxIdle the longest it may lie idle; 0 for any
 * @param now when this was so
 */
public record TokenView(
    UUID id,
    String handle,
    int userId,
    UUID userUuid,
    String username,
    int realmId,
    String realm,
    boolean administrator,
    long startedAt,
    long expiresAt,
    long maxDuration,
    long maxIdle,
    long lastAccess,
    long now) {}
