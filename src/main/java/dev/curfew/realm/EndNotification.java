package dev.curfew.realm;

import dev.curfew.config.Secret;
import dev.curfew.session.EndReason;
import java.util.UUID;

/**
 * Somebody asked to be told when a session ends, and it has ended.
 *
 * @param id what the listener may know the notification by; the same over all attempts
 * @param token the session's token, by which the listener knows it; opens nothing any more
 * @param url where to
 * @param endedAt epoch milliseconds
 */
public record EndNotification(
    long id, UUID sessionId, Secret token, String url, EndReason reason, long endedAt) {}
