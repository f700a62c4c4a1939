package dev.curfew.directory;

import java.time.Duration;

/**
 * A jump session that somebody asks for.
 *
 * @param userId numeric id of the user whose it shall be
 * @param startsAt epoch milliseconds
 */
public record JumpRequestTerms(
    long userId, String itemType, long itemId, long startsAt, Duration duration, String reason) {}
