package dev.curfew.store;

import dev.curfew.lease.RecordingStage;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which recordings to list; null for all.
 *
 * @param userId numeric id
 */
public record RecordingFilter(
    @Nullable UUID sessionId,
    @Nullable RecordingStage stage,
    @Nullable Long userId,
    @Nullable Integer realmId) {
  public static final RecordingFilter ALL = new RecordingFilter(null, null, null, null);
}
