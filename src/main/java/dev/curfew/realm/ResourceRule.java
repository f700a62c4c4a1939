package dev.curfew.realm;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a session opened at a resource's provider and must take away again.
 *
 * @param ipVersion 4 or 6
 * @param appliedAt 0 when it was not applied
 * @param removedAt 0 while it stands
 */
public record ResourceRule(
    UUID id,
    UUID sessionId,
    UUID resourceId,
    String resourceName,
    int ipVersion,
    String ipAddress,
    Status status,
    @Nullable String providerRuleId,
    long appliedAt,
    long removedAt,
    @Nullable String errorMessage) {

  public enum Status {
    PENDING,
    APPLIED,
    FAILED,
    REMOVING,
    REMOVED
  }
}
