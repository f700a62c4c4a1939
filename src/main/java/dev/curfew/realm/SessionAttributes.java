package dev.curfew.realm;

import org.jspecify.annotations.Nullable;

/** What a session is for; only what applies to its kind is there. */
public record SessionAttributes(
    @Nullable Long jumpItemId,
    @Nullable String jumpItemType,
    @Nullable String deviceId,
    @Nullable String deviceName,
    @Nullable String resourceId,
    @Nullable String resourceName) {
  public static final SessionAttributes NONE =
      new SessionAttributes(null, null, null, null, null, null);

  public static SessionAttributes jump(long jumpItemId, String jumpItemType) {
    return new SessionAttributes(jumpItemId, jumpItemType, null, null, null, null);
  }
}
