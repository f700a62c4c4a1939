package dev.curfew.realm;

/**
 * A secret that can be checked out, without the secret.
 *
 * @param username whom the secret logs in
 * @param rotateOnCheckin whether it is replaced when a checkout of it closes
 * @param rotatedAt 0 when it is still the one that was stored at first
 */
public record Credential(
    int id,
    int realmId,
    String name,
    String username,
    boolean rotateOnCheckin,
    long createdAt,
    long rotatedAt) {}
