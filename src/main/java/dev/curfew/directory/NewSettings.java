package dev.curfew.directory;

import dev.curfew.config.Secret;
import org.jspecify.annotations.Nullable;

/**
 * A resource's settings as they were asked for, of whichever provider; null where nothing was said.
 *
 * @param secret {@code whsec_...}, with which a webhook's calls are signed
 * @param port both the first and the last
 */
public record NewSettings(
    @Nullable String applyUrl,
    @Nullable String removeUrl,
    @Nullable Secret secret,
    @Nullable String groupId,
    @Nullable String region,
    @Nullable String protocol,
    @Nullable Integer port,
    @Nullable Integer fromPort,
    @Nullable Integer toPort,
    @Nullable String accessKeyId,
    @Nullable Secret secretAccessKey,
    @Nullable String endpoint) {
  /** Nothing said. */
  public static final NewSettings NONE =
      new NewSettings(null, null, null, null, null, null, null, null, null, null, null, null);
}
