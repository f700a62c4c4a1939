package dev.curfew.realm;

import dev.curfew.session.EndReason;
import dev.curfew.session.SessionState;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Access to a device or resource that an administrator granted, together with the session it is.
 *
 * @param sessionId of the session, and of the grant
 * @param userId whose access it is
 * @param resourceId the device's or resource's id
 * @param version grows with every change, by whichever call
 */
public record AccessGrant(
    UUID sessionId,
    int realmId,
    UUID userId,
    @Nullable String resourceId,
    SessionState state,
    @Nullable EndReason reason,
    long startedAt,
    long expiresAt,
    @Nullable String remarks,
    Sudo sudo,
    UUID createdBy,
    UUID updatedBy,
    long createdAt,
    long updatedAt,
    int version) {}
