package dev.curfew.directory;

import dev.curfew.config.Secret;
import java.util.UUID;

/**
 * Lets its bearer join a session, once.
 *
 * @param expiresAt epoch milliseconds
 */
public record JoinTicket(UUID sessionId, Secret token, long expiresAt, JoinRequest request) {}
